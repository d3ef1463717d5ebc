import TestSupport
import Tensors
import Testing

@testable import Transformers

private let ids: [Int32] = (0..<60).map { Int32(($0 * 31 + 7) % 50) }

/// Logits of every position of `ids`, read in pieces.
private func logits(_ model: Transformer, pieces: [Int], threads: Int = 1) throws -> [Float] {
    let space = Workspace(model.configuration, rows: 64, threads: threads)
    let cache = KVCache(model.configuration, capacity: ids.count)
    let row = Matrix(rows: 64, columns: model.configuration.vocabularySize)
    var result: [Float] = []
    var begin = 0
    for piece in pieces {
        let final = try model.forward(TokenBatch(ids[begin..<(begin + piece)], cache: cache), space: space)
        try model.logits(final, into: row.rows(0..<piece), space: space)
        result += row.rows(0..<piece).copy()
        begin += piece
    }
    return result
}

@Test func forwardFollowsTheDefinition() throws {
    let tiny = TinyModel()
    let all = try logits(tiny.makeModel(), pieces: [60])
    for length in [1, 2, 17, 60] {
        let expected = Definition(model: tiny).logits(Array(ids.prefix(length))).map { Float($0) }
        expectClose(Array(all[((length - 1) * 50)..<(length * 50)]), expected, ofLargest: 2e-6)
    }
}

@Test func cachedPiecesGiveTheSameBits() throws {
    let model = try TinyModel().makeModel()
    let whole = try logits(model, pieces: [60])
    expectIdentical(try logits(model, pieces: [Int](repeating: 1, count: 60)), whole)
    expectIdentical(try logits(model, pieces: [13, 1, 1, 45]), whole)
    expectIdentical(try logits(model, pieces: [60], threads: 2), whole)
}

@Test func loadingOnSeveralThreadsGivesTheSameModel() throws {
    expectIdentical(
        try logits(TinyModel().makeModel(threads: 3), pieces: [60]),
        try logits(TinyModel().makeModel(threads: 1), pieces: [60]))
}

@Test func raggedBatchesGiveTheBitsOfSingleSequences() throws {
    let model = try TinyModel().makeModel()
    let space = Workspace(model.configuration, rows: 64, threads: 2)
    let sequences: [[Int32]] = [[3], [1, 2, 3, 4, 5, 6, 7], [9, 9], Array(ids.prefix(40))]
    var batch = TokenBatch()
    for (index, sequence) in sequences.enumerated() {
        batch.append(
            sequence, cache: KVCache(model.configuration, capacity: 64), tag: SequenceTag(prompt: index))
    }
    let together = try model.forward(batch, space: space).copy()
    var apart: [Float] = []
    for sequence in sequences {
        let cache = KVCache(model.configuration, capacity: 64)
        apart += try model.forward(TokenBatch(sequence, cache: cache), space: space).copy()
    }
    expectIdentical(together, apart)
}

@Test func forkedCachesContinueLikeTheOriginal() throws {
    let model = try TinyModel().makeModel()
    let space = Workspace(model.configuration, rows: 64, threads: 1)
    let whole = try model.forward(
        TokenBatch(ids.prefix(40), cache: KVCache(model.configuration, capacity: 40)), space: space
    ).rows(30..<40).copy()
    let prompt = KVCache(model.configuration, capacity: 30)
    _ = try model.forward(TokenBatch(ids.prefix(30), cache: prompt), space: space)
    for _ in 0..<2 {
        let fork = prompt.fork(capacity: 10)
        expectIdentical(try model.forward(TokenBatch(ids[30..<40], cache: fork), space: space).copy(), whole)
        #expect(fork.length == 40)
        #expect(prompt.length == 30)
    }
}

@Test func badTokensAndTooManyPositionsAreErrors() throws {
    let model = try TinyModel().makeModel()
    let space = Workspace(model.configuration, rows: 128, threads: 1)
    let cache = KVCache(model.configuration, capacity: 128)
    #expect(throws: TransformerError.tokenOutOfRange(id: 50, vocabularySize: 50)) {
        try model.forward(TokenBatch([1, 50], cache: cache), space: space)
    }
    #expect(throws: TransformerError.tokenOutOfRange(id: -1, vocabularySize: 50)) {
        try model.forward(TokenBatch([-1], cache: cache), space: space)
    }
    #expect(throws: TransformerError.contextExceeded(length: 97, limit: 96)) {
        try model.forward(TokenBatch([Int32](repeating: 1, count: 97), cache: cache), space: space)
    }
    #expect(cache.length == 0)
}

@Test func incompleteAndSuperfluousTensorsAreErrors() {
    var missing = TinyModel()
    missing.tensors["blk.1.ffn_up.weight"] = nil
    #expect(throws: TransformerError.missingTensor("blk.1.ffn_up.weight")) { try missing.makeModel() }
    var extra = TinyModel()
    extra.tensors["blk.0.attn_gate.bias"] = ([24], [Float](repeating: 0, count: 24))
    #expect(throws: TransformerError.unexpectedTensor("blk.0.attn_gate.bias")) { try extra.makeModel() }
    var wrong = TinyModel()
    wrong.tensors["output_norm.weight"]?.shape = [23]
    #expect(throws: TransformerError.shape(tensor: "output_norm.weight", found: [23], expected: [24])) {
        try wrong.makeModel()
    }
}
