import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// Products of the forward pass in bfloat16, everything else in float32.
@Suite struct BFloat16Tests {
    private let tokens: [Int32] = [3, 9, 1, 22, 9, 14, 0, 7, 5, 17, 2, 11]

    private var batch: TrainingBatch {
        var batch = TrainingBatch()
        batch.append(tokens, weights: tokens.map { _ in 1 })
        return batch
    }

    private func model(_ backend: MatrixBackend) throws -> TrainableModel {
        let model = try TrainableModel(
            TinyModel().makeModel(backend: backend, isEditable: true), ownsEmbedding: true)
        model.train { _ in true }
        return model
    }

    private func space(_ model: TrainableModel, _ backend: MatrixBackend) -> TrainingSpace {
        TrainingSpace(model.configuration, backend: backend, rows: 16, recomputes: false, threads: 2)
    }

    @Test func theTrainerStartsFromTheSamplersLogProbabilities() throws {
        let model = try model(.bf16)
        let expected = try Scoring(model.transformer, threads: 1).logProbabilities(of: tokens)
        #expect(try model.logProbabilities(of: batch, space: space(model, .bf16)) == expected)
        let exact = try self.model(.oneDNN)
        #expect(try exact.logProbabilities(of: batch, space: space(exact, .oneDNN)) != expected)
    }

    /// bfloat16 has 8 bits of significand: gradients differ in the second or third digit.
    @Test func gradientsAreThoseOfFloat32UpToRounding() throws {
        func gradients(_ backend: MatrixBackend) throws -> [[Float]] {
            let model = try model(backend)
            _ = try model.accumulateGradient(
                of: CrossEntropyLoss(batch.targets, scale: 1), on: batch, space: space(model, backend))
            return model.parameters.map { $0.gradient?.slice.copy() ?? [] }
        }
        for (rounded, exact) in zip(try gradients(.bf16), try gradients(.oneDNN)) {
            expectClose(rounded, exact, ofLargest: 0.06)
            #expect(rounded != exact)
        }
    }

    /// The first pass of a step writes gradients without zeros before them: nothing of the step before may stay, neither where a
    /// pass comes nor where none does, and the second pass adds.
    @Test func aStepBeginsWithoutTheGradientsBefore() throws {
        let model = try model(.bf16)
        let space = space(model, .bf16)
        func step(passes: Int) throws -> [[Float]] {
            model.clearGradients(threads: 2)
            for _ in 0..<passes {
                _ = try model.accumulateGradient(
                    of: CrossEntropyLoss(batch.targets, scale: 1), on: batch, space: space)
            }
            return model.parameters.map { $0.gradient?.slice.copy() ?? [] }
        }
        let once = try step(passes: 1)
        let twice = try step(passes: 2)
        #expect(try step(passes: 1) == once)
        for (double, single) in zip(twice, once) { expectClose(double, single.map { 2 * $0 }, ofLargest: 1e-5) }
        #expect(try step(passes: 0).allSatisfy { $0.allSatisfy { $0 == 0 } })
    }

    /// A weight of 1 has neighbours 1/128 away in bfloat16: steps of a thousandth add up only in float32.
    @Test func smallStepsAddUp() throws {
        let parameter = Parameter(
            "w", try PackedWeights(Matrix([[Float](repeating: 1, count: 32)]), backend: .bf16, isEditable: true))
        parameter.train()
        parameter.gradient?.slice.assign([Float](repeating: 1, count: 32))
        var settings = OptimizerSettings()
        settings.kind = .sgd
        let optimizer = Optimizer(settings, for: [parameter], threads: 1)
        for _ in 0..<100 { try optimizer.step(rate: 0.001, norm: 1) }
        expectClose(try parameter.values(), [Float](repeating: 0.9, count: 32), ofLargest: 1e-5)
    }
}
