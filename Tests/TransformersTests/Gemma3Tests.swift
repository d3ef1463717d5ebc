import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

private let modelPath = Places.cache.appendingPathComponent("models/gemma-3-270m/gemma-3-270m-q4_k_m.gguf").path

/// Agreement with transformers in float32 on the same dequantised weights, on a text longer than the sliding window;
/// values by scripts/reference/gemma3.py.
@Suite(
    .enabled(
        if: FileManager.default.fileExists(atPath: modelPath),
        "the model is not in the cache: assay model pull gemma-3-270m --accept-terms"))
struct Gemma3Tests {
    struct Reference: Decodable {
        var ids: [Int32]
        var positions: [Int]
        var logprobs: [Double]
    }

    @Test func gemmaAgreesOnRealText() throws {
        let data = try Data(contentsOf: Places.fixture("gemma3/reference.json"))
        let reference = try JSONDecoder().decode(Reference.self, from: data)
        let model = try Transformer(GGUFFile(path: modelPath), backend: .oneDNN, threads: 2)
        let found = try Scoring(model, threads: 2).logProbabilities(of: reference.ids)
        let differences = zip(found, reference.logprobs).map { abs(Double($0) - $1) }
        #expect(found.count == reference.logprobs.count)
        #expect(differences.max() ?? 1 < 2e-3)
        #expect(differences.reduce(0, +) / Double(differences.count) < 1e-4)

        let file = try SafetensorsFile(path: Places.fixture("gemma3/residual.safetensors").path)
        let points = (0..<model.configuration.layerCount).map { HookPoint(.residPost, layer: $0) }
        var recorder = Recorder(wanted: Set(points))
        let space = Workspace(model.configuration, rows: reference.ids.count, threads: 2)
        let cache = KVCache(model.configuration, capacity: reference.ids.count)
        let final = try model.forward(TokenBatch(reference.ids, cache: cache), space: space, hooks: &recorder)
        var worst = 0.0
        for point in points {
            let seen = try #require(recorder.seen[point])
            let width = model.configuration.modelDimension
            let chosen = reference.positions.flatMap { Array(seen[($0 * width)..<(($0 + 1) * width)]) }
            let expected = try file.floats(of: point.description)
            expectClose(chosen, expected, ofLargest: 5e-5, "\(point)")
            worst = max(worst, Self.difference(chosen, expected))
        }
        let logits = Matrix(rows: 1, columns: model.configuration.vocabularySize)
        var thinned: [Float] = []
        for position in reference.positions {
            try model.logits(final.rows(position..<(position + 1)), into: logits.slice, space: space)
            let row = logits.slice.copy()
            thinned += stride(from: 0, to: row.count, by: 256).map { row[$0] }
        }
        let expected = try file.floats(of: "logits")
        expectClose(thinned, expected, ofLargest: 5e-5, "logits")
        print(
            "Gemma 3 270M: residual stream \(worst), logits \(Self.difference(thinned, expected)), largest difference "
                + "of a log-probability \(differences.max() ?? 0)")
    }

    /// The largest difference over the largest magnitude.
    private static func difference(_ found: [Float], _ expected: [Float]) -> Double {
        let largest = expected.map(abs).max() ?? 1
        return Double(zip(found, expected).map { abs($0 - $1) }.max() ?? 0) / Double(largest)
    }
}
