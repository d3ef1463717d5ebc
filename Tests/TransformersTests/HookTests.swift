import Tensors
import TestSupport
import Testing

@testable import Transformers

private let ids: [Int32] = [4, 8, 15, 16, 23, 42]

private func run(_ model: Transformer, _ recorder: inout Recorder, _ ids: [Int32] = ids) throws -> [Float] {
    let space = Workspace(model.configuration, rows: 8, threads: 1)
    let cache = KVCache(model.configuration, capacity: 8)
    return try model.forward(TokenBatch(ids, cache: cache), space: space, hooks: &recorder).copy()
}

extension HookPoint {
    /// All but the logits, which are computed apart.
    fileprivate static func inForwardPass(of configuration: TransformerConfiguration) -> [HookPoint] {
        all(of: configuration).filter { $0.site != .logits }
    }
}

@Test func everyPointIsVisitedOnceAndInOrderAndChangesNothing() throws {
    let model = try TinyModel().makeModel()
    var none = Recorder(wanted: [])
    let plain = try run(model, &none)
    let all = try HookPoint.inForwardPass(of: TransformerConfiguration(TinyModel()))
    var recorder = Recorder(wanted: Set(all))
    expectIdentical(try run(model, &recorder), plain)
    #expect(recorder.order == all)
    #expect(recorder.shapes[HookPoint(.query, layer: 1)] == [6, 4, 6])
    #expect(recorder.shapes[HookPoint(.key, layer: 1)] == [6, 2, 6])
    #expect(recorder.shapes[HookPoint(.pattern, layer: 0)] == [4, 6, 6])
    #expect(recorder.shapes[HookPoint(.residPost, layer: 1)] == [6, 24])
    #expect(recorder.shapes[HookPoint(.finalNormScale)] == [6, 1])
    #expect(HookPoint(.rotatedKey, layer: 3).description == "blocks.3.attn.hook_rot_k")
    #expect(HookPoint(.finalNormalized).description == "ln_final.hook_normalized")
}

@Test func activationsAddUpAsTheNamesSay() throws {
    var recorder = try Recorder(wanted: Set(HookPoint.all(of: TransformerConfiguration(TinyModel()))))
    _ = try run(TinyModel().makeModel(), &recorder)
    func values(_ site: HookPoint.Site, _ layer: Int? = nil) throws -> [Float] {
        try #require(recorder.seen[HookPoint(site, layer: layer)])
    }
    expectIdentical(try values(.residPre, 0), try values(.embed))
    expectIdentical(try values(.residPre, 1), try values(.residPost, 0))
    expectIdentical(try values(.residMid, 0), try zip(values(.residPre, 0), values(.attentionOut, 0)).map { $0 + $1 })
    expectIdentical(try values(.residPost, 1), try zip(values(.residMid, 1), values(.mlpOut, 1)).map { $0 + $1 })
    for row in 0..<24 {
        let pattern = try values(.pattern, 1)[(row * 6)..<(row * 6 + 6)]
        #expect(abs(pattern.reduce(0, +) - 1) < 1e-6)
        #expect(pattern.suffix(5 - row % 6).allSatisfy { $0 == 0 })
        let scores = try values(.attentionScores, 1)[(row * 6)..<(row * 6 + 6)]
        #expect(scores.suffix(5 - row % 6).allSatisfy { $0 == -.infinity })
    }
}

/// An edit at a site must have the effect that the name promises.
@Test func editsReachWhatComesAfter() throws {
    let model = try TinyModel().makeModel()
    var none = Recorder(wanted: [])
    let plain = try run(model, &none)
    for point in try HookPoint.inForwardPass(of: TransformerConfiguration(TinyModel())) where point.site != .tokens {
        var doubled = Recorder(wanted: [point])
        doubled.edit = { point, rows in
            for row in 0..<rows.rowCount {
                rows.withMutableRow(row) { for index in $0.indices { $0[index] *= 1.5 } }
            }
        }
        #expect(try run(model, &doubled) != plain, "an edit at \(point) changes nothing")
    }
    var replaced = Recorder(wanted: [HookPoint(.residPost, layer: 1)])
    replaced.edit = { _, rows in rows.assign([Float](repeating: 1, count: rows.rowCount * rows.columnCount)) }
    let tiny = TinyModel()
    let weight = try #require(tiny.tensors["output_norm.weight"]?.values)
    expectClose(Array(try run(model, &replaced).suffix(24)), weight, absolute: 1e-5, relative: 1e-5)
}

/// Other ids in their places are read as if they had been asked for; what is no id is an error.
@Test func tokensAreSeenAndReplaced() throws {
    let model = try TinyModel().makeModel()
    let point = HookPoint(.tokens)
    var none = Recorder(wanted: [])
    let plain = try run(model, &none)
    let replaced = try run(model, &none, ids.map { $0 + 1 })
    var recorder = Recorder(wanted: [point])
    recorder.edit = { _, rows in
        for row in 0..<rows.rowCount { rows.withMutableRow(row) { $0[0] += 1 } }
    }
    #expect(try run(model, &recorder) == replaced)
    #expect(replaced != plain)
    #expect(recorder.seen[point] == ids.map { Float($0 + 1) })
    #expect(recorder.shapes[point] == [6, 1])
    let size = model.configuration.vocabularySize
    for wrong in [Float(size), -1, 0.5, .infinity] {
        recorder.edit = { _, rows in rows.assign([Float](repeating: wrong, count: rows.rowCount)) }
        #expect(throws: TransformerError.editedToken(wrong, vocabularySize: size)) { try run(model, &recorder) }
    }
}
