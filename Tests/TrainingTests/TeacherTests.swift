import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// A teacher whose logits are computed a few rows at a time, beside the student's.
@Suite struct TeacherTests {
    /// Sequences of up to 60 targets.
    private static func batch(targets: Int) -> TrainingBatch {
        var random = SeededGenerator(seed: 21)
        var batch = TrainingBatch()
        for begin in stride(from: 0, to: targets, by: 60) {
            let tokens = (0...min(60, targets - begin)).map { _ in Int32.random(in: 0..<23, using: &random) }
            batch.append(tokens, weights: tokens.map { _ in 1 })
        }
        return batch
    }

    /// Logits at every target at once.
    static func wholeLogits(
        _ transformer: Transformer, _ batch: TrainingBatch, _ backend: MatrixBackend = .oneDNN
    ) throws -> Matrix {
        let model = try TrainableModel(transformer, ownsEmbedding: false)
        let space = TrainingSpace(
            model.configuration, backend: backend, rows: batch.rowCount, recomputes: true, threads: 1)
        var pass = try TrainingPass(model, batch, space: space, dropout: nil, hook: NoGradientHook())
        try pass.forward()
        let logits = Matrix(rows: batch.targets.count, columns: model.configuration.vocabularySize)
        try pass.logits(pass.finalRows(), into: logits.slice)
        return logits
    }

    private func compare(_ transformer: Transformer, _ batch: TrainingBatch, _ backend: MatrixBackend) throws {
        let whole = try Self.wholeLogits(transformer, batch, backend)
        let teacher = try Teacher(
            transformer, student: transformer.configuration, rows: batch.rowCount, backend: backend, threads: 2)
        #expect(teacher.logits.rowCount == min(batch.rowCount, backend == .bf16 ? 256 : 128))
        #expect(teacher.logitRows == teacher.logits.rowCount)
        try teacher.read(batch)
        for begin in stride(from: 0, to: batch.targets.count, by: teacher.logitRows) {
            let chunk = begin..<min(batch.targets.count, begin + teacher.logitRows)
            try teacher.computeLogits(chunk)
            expectIdentical(
                teacher.logits.rows(0..<chunk.count).copy(), whole.rows(chunk).copy(), "targets \(chunk)")
        }
    }

    /// The last piece of 129 targets is one row, of 300 and of 257 a part of the room.
    @Test(arguments: [MatrixBackend.oneDNN, .bf16, .reference], [1, 129, 257, 300])
    func aRowHasTheBitsThatItHasAmongAll(backend: MatrixBackend, targets: Int) throws {
        try compare(TinyModel(seed: 2).makeModel(backend: backend), Self.batch(targets: targets), backend)
    }

    @Test func soDoRowsOfQuantisedWeights() throws {
        let file = try GGUFFile(path: Places.root.appendingPathComponent("fixtures/models/tiny.gguf").path)
        try compare(Transformer(file, backend: .oneDNN, threads: 1), Self.batch(targets: 129), .oneDNN)
    }

    /// Losses and gradients from logits that exist for 128 rows are those from logits that exist for all.
    @Test(arguments: [Divergence.forward, .reverse, .jensenShannon(share: 0.3)], [1.0, 2.0])
    func theLossHasTheBitsOfWholeLogits(divergence: Divergence, temperature: Double) throws {
        let batch = Self.batch(targets: 300)
        let transformer = try TinyModel(seed: 2).makeModel()
        func accumulate(_ loss: DistillationLoss) throws -> (losses: [Float], gradients: [Float]) {
            let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: true)
            model.train { _ in true }
            let space = TrainingSpace(
                model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: false, threads: 2)
            #expect(space.logits.rowCount == 128)
            let outcomes = try model.accumulateGradient(of: loss, on: batch, space: space)
            let gradients = model.trained.flatMap { $0.gradient?.slice.copy() ?? [] }
            return (outcomes.map { Float($0.loss) }, gradients)
        }
        let whole = try accumulate(
            DistillationLoss(
                batch.targets, teacher: .whole(Self.wholeLogits(transformer, batch)), divergence: divergence,
                temperature: temperature, scale: 0.5))
        let teacher = try Teacher(
            transformer, student: transformer.configuration, rows: batch.rowCount, backend: .oneDNN, threads: 2)
        try teacher.read(batch)
        let found = try accumulate(
            DistillationLoss(
                batch.targets, teacher: teacher, divergence: divergence, temperature: temperature, scale: 0.5))
        #expect(whole.losses.contains { $0 > 0.1 })
        expectIdentical(found.losses, whole.losses)
        expectIdentical(found.gradients, whole.gradients)
    }
}
