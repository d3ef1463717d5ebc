import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// Held-out examples are evaluated by the loss that the run trains on.
@Suite struct HeldOutTests {
    private static func sequence(_ tokens: [Int32], after prompt: Int) -> TrainingSequence {
        TrainingSequence(tokens: tokens, weights: tokens.indices.map { $0 < prompt ? 0 : 1 })
    }

    private static func settings(
        _ method: TrainingMethod, rate: Double = 0, steps: Int = 1, evaluateEvery: Int = 0
    ) -> TrainingSettings {
        TrainingSettings(
            method: method, schedule: LearningRateSchedule(peak: rate, shape: .constant, warmup: 0, steps: steps),
            batch: 2, tokensPerPass: 64, evaluateEvery: evaluateEvery)
    }

    private static func model() throws -> TrainableModel {
        let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: true)
        model.train { _ in true }
        return model
    }

    private static func evaluations(
        _ model: TrainableModel, _ data: TrainingData, _ settings: TrainingSettings, teacher: Transformer? = nil
    ) throws -> [HeldOutMetrics] {
        var found: [HeldOutMetrics] = []
        try Trainer(model, data: data, settings: settings, teacher: teacher, backend: .oneDNN, threads: 1).run {
            if case .evaluated(let metrics) = $0 { found.append(metrics) }
        }
        return found
    }

    /// Natural-log probabilities of the targets of sequences, one list for each.
    private static func logProbabilities(
        _ model: TrainableModel, _ sequences: [TrainingSequence]
    ) throws -> [[Double]] {
        let space = TrainingSpace(model.configuration, backend: .oneDNN, rows: 16, recomputes: false, threads: 1)
        return try sequences.map { sequence in
            var batch = TrainingBatch()
            batch.append(sequence)
            return try model.logProbabilities(of: batch, space: space).map { Double($0) }
        }
    }

    @Test func nextTokensHaveTheirCrossEntropy() throws {
        let example = TrainingExample(id: "a", sequences: [Self.sequence([3, 4, 5, 6], after: 1)])
        var weighted = example
        weighted.sequences[0].weights = [0, 0, 2, 1]
        let model = try Self.model()
        let data = TrainingData(examples: [example], heldOut: [example, weighted])
        let found = try Self.evaluations(model, data, Self.settings(.supervised))
        let values = try Self.logProbabilities(model, example.sequences)[0]
        let sum = values.reduce(0, +) + 2 * values[1] + values[2]
        #expect(found.map(\.step) == [1])
        #expect(abs(found[0].loss + sum / 5) < 1e-6)
        #expect(found[0].accuracy == nil && found[0].margin == nil)
    }

    /// A pair twice, and once the other way round: in the end two of three are right, and one margin is left of three.
    @Test func preferencesHaveTheirLossAccuracyAndMargin() throws {
        let sides = [Self.sequence([3, 4, 5, 6], after: 2), Self.sequence([3, 4, 9], after: 2)]
        let pair = TrainingExample(id: "a", sequences: sides)
        let turned = TrainingExample(id: "b", sequences: sides.reversed())
        let model = try Self.model()
        func sums() throws -> [Double] { try Self.logProbabilities(model, sides).map { $0.reduce(0, +) } }
        let before = try sums()
        let data = TrainingData(examples: [pair], heldOut: [pair, turned, pair])
        let settings = Self.settings(.preference(beta: 0.5), rate: 0.01, steps: 3, evaluateEvery: 1)
        let found = try Self.evaluations(model, data, settings)
        let after = try sums()
        let margin = 0.5 * ((after[0] - before[0]) - (after[1] - before[1]))
        func softplus(_ x: Double) -> Double { log(1 + exp(x)) }
        #expect(margin > 0.01)
        #expect(found.map(\.step) == [1, 2, 3])
        let last = try #require(found.last)
        #expect(abs(last.loss - (2 * softplus(-margin) + softplus(margin)) / 3) < 1e-5)
        #expect(last.accuracy == 2.0 / 3)
        #expect(abs(try #require(last.margin) - margin / 3) < 1e-5)
    }

    /// Nothing learned, nothing gained: the loss is log 2, whatever the answers' probabilities.
    @Test func preferencesBeginAtLogTwo() throws {
        let sides = [Self.sequence([3, 4, 5], after: 2), Self.sequence([3, 4, 9], after: 2)]
        let pair = TrainingExample(id: "a", sequences: sides)
        let data = TrainingData(examples: [pair], heldOut: [pair])
        let found = try Self.evaluations(Self.model(), data, Self.settings(.preference(beta: 0.1)))
        #expect(abs(found[0].loss - log(2)) < 1e-9)
        #expect(found[0].accuracy == 0 && found[0].margin == 0)
    }

    /// Against the sum over the whole vocabulary, each token's probability being asked for by itself.
    @Test func distillationHasItsDivergence() throws {
        let tokens: [Int32] = [3, 4, 5, 6]
        let example = TrainingExample(id: "a", sequences: [Self.sequence(tokens, after: 2)])
        let data = TrainingData(examples: [example], heldOut: [example])
        let settings = Self.settings(.distillation(.forward, temperature: 1))
        let model = try Self.model()
        let found = try Self.evaluations(model, data, settings, teacher: TinyModel(seed: 2).makeModel())
        let teacher = try TrainableModel(TinyModel(seed: 2).makeModel(), ownsEmbedding: false)
        let divergences = try [2, 3].map { place in
            let sequences = (0..<23).map { Self.sequence(tokens[..<place] + [Int32($0)], after: place) }
            let (p, q) = (try Self.logProbabilities(model, sequences), try Self.logProbabilities(teacher, sequences))
            return zip(p, q).reduce(0) { $0 + exp($1.1[0]) * ($1.1[0] - $1.0[0]) }
        }
        #expect(divergences[0] > 0.1)
        #expect(abs(found[0].loss - (divergences[0] + divergences[1]) / 2) < 1e-4)
        let same = try Self.evaluations(Self.model(), data, settings, teacher: TinyModel().makeModel())
        #expect(abs(same[0].loss) < 1e-5)
    }

    @Test func theTeacherReadsHeldOutExamplesToo() throws {
        let short = TrainingExample(id: "short", sequences: [Self.sequence([3, 4, 5], after: 1)])
        let tokens = (0..<20).map { Int32($0) }
        let long = TrainingExample(id: "long", sequences: [Self.sequence(tokens, after: 1)])
        #expect(throws: TrainingError.teacherContext(id: "long", tokens: 19, limit: 16)) {
            try Trainer(
                Self.model(), data: TrainingData(examples: [short], heldOut: [long]),
                settings: Self.settings(.distillation(.forward, temperature: 1)),
                teacher: TinyModel(context: 16).makeModel(), backend: .oneDNN, threads: 1)
        }
    }

    /// An update that ruins the weights behind the last loss: nothing that is no number is handed on.
    @Test func aLossThatIsNoNumberIsAWarning() throws {
        let example = TrainingExample(id: "a", sequences: [Self.sequence([3, 4, 5, 6], after: 1)])
        let data = TrainingData(examples: [example], heldOut: [example])
        var settings = Self.settings(.supervised, rate: 1e300)
        settings.optimizer.kind = .sgd
        var (evaluated, warnings): (Int, [String]) = (0, [])
        try Trainer(Self.model(), data: data, settings: settings, backend: .oneDNN, threads: 1).run {
            if case .evaluated = $0 { evaluated += 1 }
            if case .warning(let sentence) = $0 { warnings.append(sentence) }
        }
        #expect(evaluated == 0)
        #expect(warnings == ["the held-out loss after step 1 is not a finite number"])
    }

    @Test(arguments: [
        (0.0, 0, 5, "learning_rate is 0: no weight will change"),
        (
            0.1, 5, 5,
            "warmup is 5 steps and the training has 5: the learning rate never reaches 0.1; "
                + "lower warmup, or train longer"
        ),
        (0.1, 4, 5, nil),
    ])
    func ratesThatTeachNothingAreNamed(peak: Double, warmup: Int, steps: Int, sentence: String?) throws {
        let example = TrainingExample(id: "a", sequences: [Self.sequence([3, 4, 5, 6], after: 1)])
        var settings = Self.settings(.supervised)
        settings.schedule = LearningRateSchedule(peak: peak, shape: .cosine, warmup: warmup, steps: steps)
        var warnings: [String] = []
        let data = TrainingData(examples: [example], heldOut: [])
        try Trainer(Self.model(), data: data, settings: settings, backend: .oneDNN, threads: 1).run {
            if case .warning(let sentence) = $0 { warnings.append(sentence) }
        }
        #expect(warnings == [sentence].compactMap(\.self))
    }
}
