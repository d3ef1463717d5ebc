import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

private let modelPath = Places.cache.appendingPathComponent(
    "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
).path

/// Agreement with transformers in float32 on the same dequantised weights; values by scripts/reference/smollm2.py.
@Suite(
    .enabled(
        if: FileManager.default.fileExists(atPath: modelPath),
        "the model is not in the cache: assay model pull smollm2-135m-instruct"))
struct SmolLM2Tests {
    struct Reference: Decodable {
        var ids: [Int32]
        var logprobs: [Double]
        var continuations: [Continuation]
    }

    struct Continuation: Decodable {
        var prompt_ids: [Int32]
        var ids: [Int32]
    }

    static let model = Result { try Transformer(GGUFFile(path: modelPath), backend: .oneDNN, threads: 2) }

    let reference: Reference
    let model: Transformer

    init() throws {
        let data = try Data(contentsOf: Places.fixture("smollm2/reference.json"))
        reference = try JSONDecoder().decode(Reference.self, from: data)
        model = try Self.model.get()
    }

    @Test func logProbabilitiesAgree() throws {
        let found = try Scoring(model, threads: 2).logProbabilities(of: reference.ids)
        #expect(found.count == 1000)
        let differences = zip(found, reference.logprobs).map { abs(Double($0) - $1) }
        #expect(differences.max() ?? 1 < 1e-3)
        #expect(differences.reduce(0, +) / Double(differences.count) < 5e-5)
    }

    @Test func greedyContinuationsAreIdentical() throws {
        for continuation in reference.continuations {
            let generator = Generator(
                model, sampling: .greedy,
                limits: Generator.Limits(maxTokens: continuation.ids.count, endTokens: [], batch: 1), threads: 2)
            var ids: [Int32] = []
            var hook = NoHook()
            let prompt = Generator.Prompt(
                ids: continuation.prompt_ids, samples: [0], random: CounterRandom(seed: 0, promptID: ""))
            try generator.run([prompt], hooks: &hook) { ids = $0.ids }
            #expect(ids == continuation.ids)
        }
    }

    @Test func residualStreamAgreesAtEveryLayer() throws {
        /// Keeps the residual stream after every block at some positions.
        struct Capture: ActivationHook {
            var positions: [Int]
            var found: [String: [Float]] = [:]

            func wants(_ point: HookPoint) -> Bool { point.site == .residPost || point.site == .embed }

            mutating func visit(_ point: HookPoint, _ activation: Activation) {
                found[point.description] = positions.flatMap { activation.rows.rows($0..<($0 + 1)).copy() }
            }
        }
        let file = try SafetensorsFile(path: Places.fixture("smollm2/residual.safetensors").path)
        let space = Workspace(model.configuration, rows: 512, threads: 2)
        var capture = Capture(positions: try file.integers(of: "positions"))
        let cache = KVCache(model.configuration, capacity: 512)
        let final = try model.forward(
            TokenBatch(reference.ids.prefix(512), cache: cache), space: space, hooks: &capture)
        #expect(capture.found.count == 31)
        for (name, values) in capture.found {
            expectClose(values, try file.floats(of: name), ofLargest: 5e-5)
        }
        let logits = Matrix(rows: 1, columns: model.configuration.vocabularySize)
        try model.logits(final.rows(511..<512), into: logits.slice, space: space)
        let thinned = stride(from: 0, to: logits.columnCount, by: 16).map { logits.slice.copy()[$0] }
        expectClose(thinned, try file.floats(of: "logits.511"), ofLargest: 5e-5)
    }
}
