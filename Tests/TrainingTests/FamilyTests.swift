import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training
@testable import Transformers

/// The gradients of every family's tiny model against torch; values by scripts/reference/training.py.
@Suite struct FamilyTests {
    static let families = [
        "gemma2", "gemma3", "gpt2", "gptneox", "llama", "mistral", "olmo2", "phi3", "qwen2", "qwen3",
    ]

    private struct Text: Decodable {
        var ids: [Int32]
    }

    /// A family's model with the gradients of its reference text, and the loss.
    ///
    /// - Parameter family: the folder of its references
    private func trained(on family: URL, _ source: HuggingFaceFolder) throws -> (model: TrainableModel, loss: Double) {
        let ids = try JSONDecoder().decode(
            Text.self, from: Data(contentsOf: family.appendingPathComponent("reference.json"))
        ).ids
        let model = try TrainableModel(Transformer(source, backend: .oneDNN, threads: 1), ownsEmbedding: true)
        model.train { _ in true }
        var batch = TrainingBatch()
        batch.append(ids, weights: ids.map { _ in 1 })
        let space = TrainingSpace(
            model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: false, threads: 2)
        let loss = CrossEntropyLoss(batch.targets, scale: 1 / Double(batch.targets.count))
        let outcomes = try model.accumulateGradient(of: loss, on: batch, space: space)
        return (model, outcomes.reduce(0) { $0 + $1.loss })
    }

    @Test(arguments: families) func everyGradientIsTorchs(family: String) throws {
        let folder = Places.fixture("families/\(family)")
        let source = try HuggingFaceFolder(path: folder.appendingPathComponent("folder").path)
        let (model, loss) = try trained(on: folder, source)
        let expected = try SafetensorsFile(path: Places.fixture("training/families/\(family).safetensors").path)
        #expect(abs(loss - Double(try expected.floats(of: "loss")[0])) < 1e-4)
        try Comparison(model: model, source: source, expected: expected).check()
    }

    /// Functions of feed-forward layers, with a gate (Llama) and without one (GPT-2).
    @Test(arguments: ["gpt2", "llama"], ["relu", "relu2", "quick_gelu", "gelu_fast"])
    func gradientsOfOtherActivationsAreTorchs(family: String, activation: String) throws {
        let place = Places.fixture("families/\(family)")
        let root = try JSONDocument(path: place.appendingPathComponent("folder/config.json").path).root
        guard case .object(var keys) = root else { throw CheckpointError.missingMetadata(key: "config.json") }
        keys[family == "gpt2" ? "activation_function" : "hidden_act"] = .string(activation)
        let source = try HuggingFaceFolder(
            path: place.appendingPathComponent("folder").path, configuration: JSONDocument(.object(keys)))
        let (model, loss) = try trained(on: place, source)
        let expected = try SafetensorsFile(path: Places.fixture("training/activations.safetensors").path)
        let name = "\(family).\(activation)"
        #expect(abs(loss - Double(try expected.floats(of: "\(name).loss")[0])) < 1e-4)
        let found = try #require(model.embedding?.gradient).slice.copy()
        expectClose(found, try expected.floats(of: "\(name).gradient"), ofLargest: 1e-4, name)
    }

    /// The sampler and the trainer are one implementation, in every family.
    @Test(arguments: families) func logProbabilitiesAreTheSamplers(family: String) throws {
        let source = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let transformer = try Transformer(source, backend: .oneDNN, threads: 1)
        var random = SeededGenerator(seed: 12)
        let texts = [37, 9, 22].map { length in
            (0..<length).map { _ in
                Int32.random(in: 0..<Int32(transformer.configuration.vocabularySize), using: &random)
            }
        }
        var batch = TrainingBatch()
        for text in texts { batch.append(text, weights: text.map { _ in 1 }) }
        let model = try TrainableModel(transformer, ownsEmbedding: false)
        let space = TrainingSpace(
            model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: true, threads: 2)
        let plain = try model.logProbabilities(of: batch, space: space)
        #expect(try texts.flatMap { try Scoring(transformer, threads: 1).logProbabilities(of: $0) } == plain)
        try model.addAdapters(AdapterSettings(rank: 3), backend: .oneDNN, seed: 4)
        for adapter in model.adapters {
            try adapter.b.assign(try adapter.b.values().indices.map { Float($0 % 5) / 100 })
        }
        let adapted = try model.logProbabilities(of: batch, space: space)
        #expect(adapted != plain)
        let scoring = Scoring(model.transformer, threads: 1)
        #expect(try texts.flatMap { try scoring.logProbabilities(of: $0) } == adapted)
        // What samples sees what training changes.
        for adapter in model.adapters { try adapter.b.assign(try adapter.b.values().map { _ in 0 }) }
        #expect(try texts.flatMap { try scoring.logProbabilities(of: $0) } == plain)
    }
}

/// Finds each tensor of a checkpoint in the gradients of a model.
private struct Comparison {
    let model: TrainableModel
    let source: HuggingFaceFolder
    let expected: SafetensorsFile

    func check() throws {
        let architecture = try ArchitectureRegistry.architecture(of: source)
        let layout = try architecture.layout(source, model.configuration)
        for (block, names) in zip(model.blocks, layout.blocks) {
            try compare(block.queryKeyValue, names.queryKeyValue)
            try compare(block.attentionOutput, [names.attentionOutput])
            try compare(block.gateUp, names.gateUp)
            try compare(block.down, [names.down])
            try compare(block.attentionNorm, names.attentionNorm)
            try compare(block.mlpNorm, names.mlpNorm)
            try compare(block.attentionPostNorm, names.attentionPostNorm)
            try compare(block.mlpPostNorm, names.mlpPostNorm)
            try compare(block.queryNorm, names.queryNorm?.weightName)
            try compare(block.keyNorm, names.keyNorm?.weightName)
        }
        try compare(model.finalNorm, layout.finalNorm)
        try compare(model.embedding, layout.embedding)
        try compare(model.positions, layout.positions)
        if !model.isTied { try compare(model.unembedding, [layout.unembedding]) }
    }

    private func compare(_ norm: TrainableNorm?, _ names: VectorLayout?) throws {
        try compare(norm?.weight, names?.weightName)
        if let bias = norm?.bias { try compare(bias, names?.biasName) }
    }

    private func compare(_ parameter: Parameter?, _ name: String?) throws {
        guard let parameter, let name else { return }
        expect(parameter.gradient?.slice.copy() ?? [], try expected.floats(of: name), name)
    }

    private func compare(_ linear: TrainableLinear, _ parts: [MatrixLayout]) throws {
        var first = 0
        for part in parts {
            let rows = first..<(first + part.outputs)
            first = rows.upperBound
            let found = try #require(linear.weights.gradient).rows(rows).copy()
            expect(found, try weights(part), part.weightName)
            guard let bias = linear.bias, expected.tensor(named: part.biasName) != nil else { continue }
            let all = try expected.floats(of: part.biasName)
            let order = part.order ?? Array(0..<part.outputs)
            expect(
                try #require(bias.gradient).slice.columns(rows).copy(), order.map { all[$0] }, part.biasName)
        }
    }

    /// The part of a file's tensor, in our order.
    private func weights(_ part: MatrixLayout) throws -> [Float] {
        let all = try expected.floats(of: part.weightName)
        let order = part.order ?? Array(0..<part.outputs)
        let outputs = all.count / part.inputs
        return order.flatMap { row in
            (0..<part.inputs).map { part.isTransposed ? all[$0 * outputs + row] : all[row * part.inputs + $0] }
        }
    }

    /// Gradients of key biases are zero but for rounding: the softmax does not see them.
    private func expect(_ found: [Float], _ expected: [Float], _ name: String) {
        guard found.count == expected.count else {
            Issue.record("\(name): \(found.count) values, expected \(expected.count)")
            return
        }
        let largest = expected.reduce(0) { max($0, abs($1)) }
        let worst = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(worst <= max(1e-4 * largest, 1e-6), "\(name): off by \(worst) of \(largest)")
    }
}
