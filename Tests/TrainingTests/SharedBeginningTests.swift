import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training
@testable import Transformers

/// Sequences whose common beginning is computed once give what they give one by one.
@Suite struct SharedBeginningTests {
    /// Sequences of different lengths with `shared` equal tokens; the first target is a little after these.
    private static func sequences(shared: Int, vocabulary: Int) -> [TrainingSequence] {
        var random = SeededGenerator(seed: 21)
        func tokens(_ count: Int) -> [Int32] {
            (0..<count).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) }
        }
        let beginning = tokens(shared)
        return [20, 3, 11, 6].enumerated().map { index, length in
            let own = [Int32(index)] + tokens(length)
            let weights = (beginning + own).indices.map { $0 <= shared ? 0 : Float(1 + index) }
            return TrainingSequence(tokens: beginning + own, weights: weights)
        }
    }

    private static func batches(_ sequences: [TrainingSequence]) -> [TrainingBatch] {
        var alone = TrainingBatch()
        for sequence in sequences { alone.append(sequence.tokens, weights: sequence.weights) }
        var together = TrainingBatch()
        together.append(sharing: sequences)
        return [alone, together]
    }

    @Test func rowsStandOnce() {
        let sequences = [[7, 8, 9, 1, 2], [7, 8, 9, 3, 4, 5]].map { tokens in
            TrainingSequence(tokens: tokens.map(Int32.init), weights: tokens.indices.map { $0 < 4 ? 0 : 1 })
        }
        var batch = TrainingBatch()
        batch.append(sharing: sequences)
        #expect(batch.ids == [7, 8, 9, 1, 3, 4])
        #expect(batch.positions == [0, 1, 2, 3, 3, 4])
        #expect(batch.spans.map(\.rows) == [0..<3, 3..<4, 4..<6])
        #expect(batch.spans.map(\.beginning) == [nil, 0, 0])
        #expect(batch.spans.map(\.sequence) == [nil, 0, 1])
        #expect(batch.targets.map(\.row) == [3, 4, 5])
        #expect(batch.targets.map(\.id) == [2, 4, 5])
        #expect(batch.targets.map(\.sequence) == [0, 1, 1])
        #expect(SharedBeginning(sequences).rowCount == batch.rowCount)
    }

    @Test(arguments: [true, false]) func whatIsUnlikelyStandsAtItsTarget(shares: Bool) {
        let sequences = [[7, 8, 9, 1, 2], [7, 8, 9, 3, 4, 5]].map { tokens in
            TrainingSequence(
                tokens: tokens.map(Int32.init), weights: tokens.indices.map { $0 < 3 ? 0 : 1 },
                unlikely: UnlikelyToken(place: 3, id: Int32(tokens.count), weight: 2))
        }
        var batch = TrainingBatch()
        if shares { batch.append(sharing: sequences) } else { for sequence in sequences { batch.append(sequence) } }
        #expect(batch.targets.map(\.id) == [1, 2, 3, 4, 5])
        #expect(batch.targets.map { $0.unlikely?.id } == [5, nil, 6, nil, nil])
    }

    /// A row is shared only where nobody is to predict what follows it.
    @Test(
        arguments: [
            ([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]], 2), ([[0, 1, 1, 1, 1], [0, 0, 0, 0, 1]], 0),
            ([[0, 0, 0, 0, 1], [0, 0, 0, 0, 1]], 3), ([[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]], 3),
        ] as [([[Float]], Int)])
    func targetsAreNotShared(weights: [[Float]], length: Int) {
        let sequences = weights.map { TrainingSequence(tokens: [4, 4, 4, 4, 4], weights: $0) }
        #expect(SharedBeginning(sequences).length == length)
        #expect(SharedBeginning([sequences[0]]).length == 0)
    }

    @Test(arguments: FamilyTests.families) func nothingButTheOrderOfSumsChanges(family: String) throws {
        let source = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let transformer = try Transformer(source, backend: .oneDNN, threads: 1)
        let sequences = Self.sequences(shared: 19, vocabulary: transformer.configuration.vocabularySize)
        let results = try Self.batches(sequences).map { batch in
            let model = try TrainableModel(transformer, ownsEmbedding: true)
            model.train { _ in true }
            let space = TrainingSpace(
                model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: false, threads: 2)
            let loss = CrossEntropyLoss(batch.targets, scale: 0.1)
            // Twice: what a pass leaves in the space must not reach the next one.
            _ = try model.evaluate(loss, on: batch, space: space)
            let outcomes = try model.accumulateGradient(of: loss, on: batch, space: space)
            return (batch, outcomes, model.parameters.map { ($0.name, $0.gradient?.slice.copy() ?? []) })
        }
        #expect(results[0].0.rowCount - results[1].0.rowCount == 3 * 19)
        #expect(results[0].1 == results[1].1)
        for (alone, together) in zip(results[0].2, results[1].2) {
            expectClose(together.1, alone.1, ofLargest: 2e-5, alone.0)
        }
    }

    @Test func aRunThatSharesLosesTheSame() throws {
        let sequences = Self.sequences(shared: 6, vocabulary: 23)
        let data = TrainingData(
            examples: sequences.enumerated().map { TrainingExample(id: "e\($0)", sequences: [$1]) }, heldOut: [])
        let losses = try [false, true].map { shares in
            let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: true)
            model.train { _ in true }
            let settings = TrainingSettings(
                method: .supervised, schedule: LearningRateSchedule(peak: 0.01, shape: .constant, warmup: 0, steps: 6),
                batch: 4, tokensPerPass: 52, sharesBeginnings: shares)
            let trainer = try Trainer(model, data: data, settings: settings, backend: .oneDNN, threads: 1)
            var losses: [Double] = []
            var rows: [Int] = []
            try trainer.run { event in
                if case .step(let metrics) = event {
                    losses.append(metrics.loss)
                    rows.append(metrics.tokens)
                }
            }
            #expect(rows.allSatisfy { $0 == (shares ? 46 : 64) }, "\(rows)")
            return losses
        }
        for (alone, together) in zip(losses[0], losses[1]) { #expect(abs(alone - together) < 1e-4 * alone) }
        #expect(losses[0].last ?? 9 < losses[0][0])
    }

    /// The two sides of a pair have their prompt once; pairs have nothing in common with each other.
    @Test func pairsShareTheirPrompts() throws {
        let examples = [[1, 2, 3, 4, 5], [9, 8, 7, 6, 5]].enumerated().map { index, prompt in
            let sides = [[10, 11], [12, 13, 14]].map { answer in
                TrainingSequence(
                    tokens: (prompt + answer).map(Int32.init),
                    weights: (prompt + answer).indices.map { $0 < prompt.count ? 0 : 1 })
            }
            return TrainingExample(id: "p\(index)", sequences: sides)
        }
        let results = try [false, true].map { shares in
            let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: true)
            model.train { _ in true }
            // Unshared a pair takes 13 rows, shared 9: two of these fit.
            let settings = TrainingSettings(
                method: .preference(beta: 0.5),
                schedule: LearningRateSchedule(peak: 0.01, shape: .constant, warmup: 0, steps: 4), batch: 2,
                tokensPerPass: 18, sharesBeginnings: shares)
            let trainer = try Trainer(
                model, data: TrainingData(examples: examples, heldOut: []), settings: settings, backend: .oneDNN,
                threads: 2)
            var steps: [StepMetrics] = []
            var referenced: [Int] = []
            try trainer.run { event in
                if case .step(let metrics) = event { steps.append(metrics) }
                if case .referenced(let pairs, of: 2) = event { referenced.append(pairs) }
            }
            #expect(referenced == [1, 2])
            return steps
        }
        #expect(results[0].map(\.tokens) == [26, 26, 26, 26])
        #expect(results[1].map(\.tokens) == [18, 18, 18, 18])
        for (alone, together) in zip(results[0], results[1]) {
            #expect(abs(alone.loss - together.loss) < 1e-4)
            #expect(abs((alone.margin ?? 0) - (together.margin ?? 1)) < 1e-4)
        }
        #expect(results[1][3].loss < results[1][0].loss)
    }

    /// A run without sharing is known by what it was known by before there was any.
    @Test func settingsWithoutSharingDoNotSpeakOfIt() throws {
        func settings(_ shares: Bool) throws -> String {
            let settings = TrainingSettings(
                method: .supervised, schedule: LearningRateSchedule(peak: 1, shape: .constant, warmup: 0, steps: 1),
                sharesBeginnings: shares)
            return String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        }
        #expect(try !settings(false).lowercased().contains("shar"))
        #expect(try settings(true).contains("\"sharing\":true"))
    }
}
