import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// What scripts/reference/training.py has written.
private struct Reference: Decodable {
    var sequences: [[Int32]]
    var losses: [Double]
    var norms: [Double]
    var rate: Double

    init(_ name: String) throws {
        self = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: Places.fixture("training/\(name).json")))
    }

    var data: TrainingData {
        let sequences = sequences.map { TrainingSequence(tokens: $0, weights: $0.map { _ in 1 }) }
        return TrainingData(
            examples: sequences.enumerated().map { TrainingExample(id: "\($0)", sequences: [$1]) }, heldOut: [])
    }

    var settings: TrainingSettings {
        var optimizer = OptimizerSettings()
        optimizer.weightDecay = 0.1
        optimizer.maxGradientNorm = 1
        return TrainingSettings(
            method: .supervised,
            schedule: LearningRateSchedule(peak: rate, shape: .constant, warmup: 0, steps: losses.count),
            optimizer: optimizer, batch: sequences.count, tokensPerPass: sequences.reduce(0) { $0 + $1.count })
    }

    /// Losses and gradient norms of a run with the reference's settings.
    func run(_ model: TrainableModel, threads: Int) throws -> (losses: [Double], norms: [Double]) {
        model.train { _ in true }
        let trainer = try Trainer(model, data: data, settings: settings, backend: .oneDNN, threads: threads)
        var losses: [Double] = []
        var norms: [Double] = []
        try trainer.run { event in
            if case .step(let metrics) = event {
                losses.append(metrics.loss)
                norms.append(metrics.gradientNorm)
            }
        }
        return (losses, norms)
    }
}

/// The tiny Llama of the fixture.
private struct FixtureModel: ModelSource {
    let file: SafetensorsFile

    init() throws { file = try SafetensorsFile(path: Places.fixture("training/tiny-llama.safetensors").path) }

    func string(_ key: String) -> String? { key == "general.architecture" ? "llama" : nil }

    func integer(_ key: String) -> Int? {
        [
            "llama.embedding_length": 32, "llama.block_count": 2, "llama.attention.head_count": 4,
            "llama.attention.head_count_kv": 2, "llama.feed_forward_length": 48, "llama.context_length": 64,
        ][key]
    }

    func float(_ key: String) -> Float? {
        ["llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.freq_base": 10_000][key]
    }

    var tensorNames: [String] {
        file.tensors.map(\.name).filter { $0.hasPrefix("weights/") }.map { String($0.dropFirst(8)) }
    }

    func shape(ofTensor name: String) -> [Int]? { file.tensor(named: "weights/\(name)")?.shape }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        let values = try file.floats(of: "weights/\(name)")
        let width = matrix.columnCount
        matrix.assign(Array(values[(rows.lowerBound * width)..<(rows.upperBound * width)]))
    }
}

@Suite struct TorchTests {
    @Test func everyGradientIsTorchs() throws {
        let reference = try Reference("tiny-llama")
        let source = try FixtureModel()
        let model = try TrainableModel(Transformer(source, backend: .oneDNN, threads: 1), ownsEmbedding: true)
        model.train { _ in true }
        var batch = TrainingBatch()
        for tokens in reference.sequences { batch.append(tokens, weights: tokens.map { _ in 1 }) }
        let space = TrainingSpace(
            model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: false, threads: 2)
        let loss = CrossEntropyLoss(batch.targets, scale: 1 / Double(batch.targets.count))
        let outcomes = try model.accumulateGradient(of: loss, on: batch, space: space)
        #expect(abs(outcomes.reduce(0) { $0 + $1.loss } - reference.losses[0]) < 1e-5)
        for weights in try model.namedWeights() {
            let gradient = try #require(weights.parameter.gradient)
            let rows = gradient.rows(weights.rows).copy()
            let found = weights.ggufOrder.map { RowOrder.gather(rows, rows: $0) } ?? rows
            expectClose(found, try source.file.floats(of: "gradients/\(weights.ggufName).weight"), ofLargest: 1e-4)
        }
    }

    @Test func twentyStepsOfAdamWFollowTorch() throws {
        let reference = try Reference("tiny-llama")
        let model = try TrainableModel(
            Transformer(FixtureModel(), backend: .oneDNN, threads: 1), ownsEmbedding: true)
        let found = try reference.run(model, threads: 1)
        for (loss, expected) in zip(found.losses, reference.losses) { #expect(abs(loss - expected) < 1e-4) }
        // Later ones, of a loss near zero, are small differences of large numbers.
        for (norm, expected) in zip(found.norms, reference.norms).prefix(10) {
            #expect(abs(norm - expected) < 1e-3 * expected)
        }
    }

    private static let modelPath = Places.cache.appendingPathComponent(
        "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
    ).path

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: modelPath)
                && FileManager.default.fileExists(atPath: Places.fixture("training/smollm2.json").path),
            "needs the model (assay model pull smollm2-135m-instruct) and scripts/reference/training.py smollm2"))
    func twentyStepsOnSmolLM2FollowTorch() throws {
        let reference = try Reference("smollm2")
        let model = try TrainableModel(
            Transformer(GGUFFile(path: Self.modelPath), backend: .oneDNN, threads: 2, isEditable: true),
            ownsEmbedding: true)
        let found = try reference.run(model, threads: 2)
        for (loss, expected) in zip(found.losses, reference.losses) { #expect(abs(loss - expected) < 1e-4) }
    }
}
