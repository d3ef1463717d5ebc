import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// Every gradient against central differences of the definition in double.
@Suite struct GradientTests {
    private let sequences: [[Int32]] = [[3, 9, 1, 22, 9, 14, 0, 7], [5, 5, 17, 2, 11]]
    private let weights: [[Float]] = [[0, 0, 1, 1, 0.5, 1, 2, 1], [0, 1, 1, 0, 1]]

    private var batch: TrainingBatch {
        var batch = TrainingBatch()
        for (tokens, weights) in zip(sequences, weights) { batch.append(tokens, weights: weights) }
        return batch
    }

    private func loss(_ definition: Definition) -> Double {
        zip(sequences, weights).reduce(0.0) { total, pair in
            let logProbabilities = definition.logProbabilities(pair.0)
            return total - zip(logProbabilities, pair.1.dropFirst()).reduce(0.0) { $0 + $1.0 * Double($1.1) }
        }
    }

    /// Central differences of `loss` for every weight of a tensor.
    private func differences(_ tensor: String, of definition: Definition) -> [Float] {
        let step = 1e-5
        var changed = definition
        return (definition.weights[tensor] ?? []).indices.map { index in
            let value = definition.weights[tensor]?[index] ?? 0
            changed.weights[tensor]?[index] = value + step
            let above = loss(changed)
            changed.weights[tensor]?[index] = value - step
            let below = loss(changed)
            changed.weights[tensor]?[index] = value
            return Float((above - below) / (2 * step))
        }
    }

    @Test(arguments: zip([true, false], [MatrixBackend.oneDNN, .reference]))
    func everyParameterAgreesWithCentralDifferences(isTied: Bool, backend: MatrixBackend) throws {
        let source = TinyModel(isTied: isTied)
        let model = try TrainableModel(source.makeModel(backend: backend), ownsEmbedding: true)
        model.train { _ in true }
        let space = TrainingSpace(
            model.configuration, backend: backend, rows: 16, recomputes: false, threads: 2)
        let outcomes = try model.accumulateGradient(
            of: CrossEntropyLoss(batch.targets, scale: 1), on: batch, space: space)
        let definition = Definition(source)
        #expect(abs(outcomes.reduce(0) { $0 + $1.loss } - loss(definition)) < 1e-4)
        for weights in try model.namedWeights() {
            let expected = differences("\(weights.ggufName).weight", of: definition)
            let found = try #require(weights.parameter.gradient).rows(weights.rows).copy()
            #expect(expected.contains { abs($0) > 1e-3 }, "\(weights.ggufName)")
            expectClose(weights.ggufOrder.map { RowOrder.gather(found, rows: $0) } ?? found, expected, ofLargest: 1e-4)
        }
    }

    @Test func computingBlocksAgainChangesNothing() throws {
        let source = TinyModel()
        let gradients = try [false, true].map { recomputes in
            let model = try TrainableModel(source.makeModel(), ownsEmbedding: true)
            model.train { _ in true }
            let space = TrainingSpace(
                model.configuration, backend: .oneDNN, rows: 16, recomputes: recomputes, threads: 1)
            _ = try model.accumulateGradient(of: CrossEntropyLoss(batch.targets, scale: 1), on: batch, space: space)
            return model.parameters.map { $0.gradient?.slice.copy() ?? [] }
        }
        #expect(gradients[0] == gradients[1])
    }

    @Test func threadsChangeNothing() throws {
        let source = TinyModel()
        let gradients = try [1, 2, 3].map { threads in
            let model = try TrainableModel(source.makeModel(), ownsEmbedding: true)
            model.train { _ in true }
            let space = TrainingSpace(
                model.configuration, backend: .oneDNN, rows: 16, recomputes: false, threads: threads)
            _ = try model.accumulateGradient(of: CrossEntropyLoss(batch.targets, scale: 1), on: batch, space: space)
            return model.parameters.map { $0.gradient?.slice.copy() ?? [] }
        }
        #expect(gradients[0] == gradients[1])
        #expect(gradients[0] == gradients[2])
    }

    /// A sequence in a packed batch has the log-probabilities that it has alone, and those that the sampler computes.
    @Test func logProbabilitiesAreTheSamplersToTheBit() throws {
        let transformer = try TinyModel().makeModel()
        let model = try TrainableModel(transformer, ownsEmbedding: true)
        let space = TrainingSpace(model.configuration, backend: .oneDNN, rows: 64, recomputes: false, threads: 2)
        var packed = TrainingBatch()
        for tokens in sequences { packed.append(tokens, weights: tokens.map { _ in 1 }) }
        let found = try model.logProbabilities(of: packed, space: space)
        let scoring = Scoring(transformer, threads: 1)
        #expect(found == (try sequences.flatMap { try scoring.logProbabilities(of: $0) }))
    }

    @Test func recordedLogProbabilitiesAreComputedAgain() throws {
        let transformer = try TinyModel().makeModel()
        let generator = Generator(
            transformer, sampling: try SamplingOptions(temperature: 1),
            limits: Generator.Limits(maxTokens: 9, endTokens: [], batch: 3), threads: 1)
        let prompt = Generator.Prompt(
            ids: [4, 8, 15, 16], samples: [0, 1, 2, 3, 4], random: CounterRandom(seed: 1, promptID: "p"))
        var batch = TrainingBatch()
        var recorded: [Float] = []
        var hook = NoHook()
        try generator.run([prompt], hooks: &hook) { completion in
            let tokens = prompt.ids + completion.ids
            batch.append(tokens, weights: tokens.indices.map { $0 < prompt.ids.count ? 0 : 1 })
            recorded += completion.logProbabilities
        }
        let model = try TrainableModel(transformer, ownsEmbedding: false)
        let space = TrainingSpace(model.configuration, backend: .oneDNN, rows: 64, recomputes: false, threads: 2)
        #expect(try model.logProbabilities(of: batch, space: space) == recorded)
    }
}
