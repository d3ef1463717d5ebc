import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training
@testable import Transformers

/// What a hook sees of gradients, and what it may change.
@Suite struct GradientHookTests {
    private let tokens: [Int32] = [3, 9, 1, 22, 9, 14, 0]
    private let weights: [Float] = [0, 0, 1, 1, 0.5, 1, 2]

    /// Keeps the gradients at some sites.
    private struct Watch: GradientHook {
        let sites: [HookPoint.Site]
        var gradients: [HookPoint: [Float]] = [:]

        func wants(_ point: HookPoint) -> Bool { false }

        func wantsGradient(_ point: HookPoint) -> Bool { sites.contains(point.site) }

        mutating func visit(_ point: HookPoint, _ rows: MatrixSlice, _ batch: TrainingBatch) {}

        mutating func visitGradient(_ point: HookPoint, _ gradient: MatrixSlice, _ batch: TrainingBatch) {
            gradients[point] = gradient.copy()
        }
    }

    /// Makes what a sublayer adds nothing, on the way forward and on the way back, and keeps the embedding's gradient.
    private struct Silencer: GradientHook {
        let points: Set<HookPoint>
        var gradient: [Float] = []

        func wants(_ point: HookPoint) -> Bool { points.contains(point) }

        func wantsGradient(_ point: HookPoint) -> Bool { points.contains(point) || point.site == .embed }

        mutating func visit(_ point: HookPoint, _ rows: MatrixSlice, _ batch: TrainingBatch) {
            rows.assign(rows.copy().map { _ in 0 })
        }

        mutating func visitGradient(_ point: HookPoint, _ gradient: MatrixSlice, _ batch: TrainingBatch) {
            guard points.contains(point) else { return self.gradient = gradient.copy() }
            gradient.assign(gradient.copy().map { _ in 0 })
        }
    }

    private func run(_ source: TinyModel, _ hook: inout some GradientHook) throws {
        let model = try TrainableModel(source.makeModel(), ownsEmbedding: false)
        let space = TrainingSpace(model.configuration, backend: .oneDNN, rows: 16, recomputes: false, threads: 1)
        var batch = TrainingBatch()
        batch.append(tokens, weights: weights)
        _ = try model.accumulateGradient(
            of: CrossEntropyLoss(batch.targets, scale: 1), on: batch, space: space, hooks: &hook)
    }

    private func loss(_ definition: Definition) -> Double {
        -zip(definition.logProbabilities(tokens), weights.dropFirst()).reduce(0.0) { $0 + $1.0 * Double($1.1) }
    }

    /// Central differences of the definition in double, for every component of every position.
    private func differences(at point: HookPoint, count: Int, of source: TinyModel) -> [Float] {
        var definition = Definition(source)
        return (0..<count).map { index in
            let sides = [1e-5, -1e-5].map { step in
                definition.offsets[point] = (0..<count).map { $0 == index ? step : 0 }
                return loss(definition)
            }
            return Float((sides[0] - sides[1]) / 2e-5)
        }
    }

    @Test(arguments: HookPoint.gradientSites)
    func everySiteAgreesWithCentralDifferences(site: HookPoint.Site) throws {
        let source = TinyModel()
        var watch = Watch(sites: [site])
        try run(source, &watch)
        let points = site == .embed ? [HookPoint(site)] : (0..<source.layers).map { HookPoint(site, layer: $0) }
        #expect(Set(watch.gradients.keys) == Set(points))
        for point in points {
            let found = try #require(watch.gradients[point])
            let expected = differences(at: point, count: found.count, of: source)
            #expect(expected.contains { abs($0) > 1e-3 }, "\(point)")
            expectClose(found, expected, ofLargest: 1e-4, "\(point)")
        }
    }

    private struct Text: Decodable { var ids: [Int32] }

    /// Blocks of every build: norms around, norms behind, parallel, learned positions with biases; values by
    /// scripts/reference/hook_gradients.py.
    @Test(arguments: ["gemma2", "olmo2", "gptneox", "gpt2"], [false, true])
    func everySiteOfAFamilyIsTorchs(family: String, recomputes: Bool) throws {
        let folder = Places.fixture("families/\(family)")
        let text = try Data(contentsOf: folder.appendingPathComponent("reference.json"))
        let ids = Array(try JSONDecoder().decode(Text.self, from: text).ids.prefix(16))
        let source = try HuggingFaceFolder(path: folder.appendingPathComponent("folder").path)
        let model = try TrainableModel(Transformer(source, backend: .oneDNN, threads: 1), ownsEmbedding: false)
        var batch = TrainingBatch()
        batch.append(ids, weights: ids.map { _ in 1 })
        let space = TrainingSpace(
            model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: recomputes, threads: 1)
        var watch = Watch(sites: HookPoint.gradientSites)
        _ = try model.accumulateGradient(
            of: CrossEntropyLoss(batch.targets, scale: 1 / Double(batch.targets.count)), on: batch, space: space,
            hooks: &watch)
        let expected = try SafetensorsFile(path: Places.fixture("training/hooks/\(family).safetensors").path)
        #expect(watch.gradients.count == expected.tensors.count)
        for (point, found) in watch.gradients {
            let name = point.names(in: model.configuration)[0]
            expectClose(found, try expected.floats(of: name), ofLargest: 1e-4, name)
        }
    }

    /// A sublayer that is silenced has the gradient of one whose last matrix is zero: what the hook writes reaches what was
    /// added, and not the residual stream beside it.
    @Test(arguments: [(HookPoint.Site.attentionOut, "attn_output"), (.mlpOut, "ffn_down")])
    func whatAHookWritesGoesOnToWhatWasAdded(site: HookPoint.Site, matrix: String) throws {
        var source = TinyModel()
        var hook = Silencer(points: [HookPoint(site, layer: 1)])
        try run(source, &hook)
        let name = "blk.1.\(matrix).weight"
        let tensor = try #require(source.tensors[name])
        source.tensors[name] = (tensor.shape, tensor.values.map { _ in 0 })
        var watch = Watch(sites: [.embed])
        try run(source, &watch)
        let expected = try #require(watch.gradients[HookPoint(.embed)])
        #expect(expected.contains { abs($0) > 1e-3 })
        expectClose(hook.gradient, expected, ofLargest: 1e-5)
    }

    /// Nobody waits for a gradient that is never computed.
    @Test(arguments: [
        (HookPoint.Site.query, "blocks.0.attn.hook_q"), (.pattern, "blocks.0.attn.hook_pattern"),
        (.mlpPre, "blocks.0.mlp.hook_pre"), (.attentionNormOut, "blocks.0.ln1.hook_out"),
        (.finalNormOut, "ln_final.hook_out"), (.logits, "unembed.hook_out"),
    ])
    func aSiteThatIsNotMetIsRefusedByName(site: HookPoint.Site, name: String) throws {
        var watch = Watch(sites: [site])
        let error = try #require(throws: TrainingError.self) { try run(TinyModel(), &watch) }
        #expect(error == .noGradient(point: name))
        #expect("\(error)".contains("gradients can be seen at hook_embed, hook_resid_pre, attn.hook_z"))
    }
}
