import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training

/// Every loss's gradient with respect to logits against central differences in float64-like steps of float32 logits.
@Suite struct LossTests {
    private static let vocabulary = 11
    private static let targets = (0..<4).map {
        TrainingBatch.Target(row: $0, id: Int32(3 * $0 % 11), sequence: $0 / 2, weight: 0.5 + Float($0))
    }

    private static func logits(seed: UInt64 = 5) -> [[Float]] {
        var random = SeededGenerator(seed: seed)
        return targets.map { _ in random.floats(vocabulary).map { $0 * 2 } }
    }

    /// The whole loss and its gradient, row by row.
    private func evaluate(_ loss: some TokenLoss, _ rows: [[Float]]) -> (loss: Double, gradient: [Float]) {
        var loss = loss
        if loss.needsLogProbabilities {
            loss.prepare(
                rows.indices.map {
                    NoLoss(targets: Self.targets).differentiate(Matrix([rows[$0]]).slice, token: $0).logProbability
                })
        }
        var total = 0.0
        var gradient: [Float] = []
        for (token, row) in rows.enumerated() {
            let matrix = Matrix([row])
            total += loss.differentiate(matrix.slice, token: token).loss
            gradient += matrix.slice.copy()
        }
        return (total, gradient)
    }

    private func check(_ loss: some TokenLoss, sourceLocation: SourceLocation = #_sourceLocation) {
        let rows = Self.logits()
        let found = evaluate(loss, rows).gradient
        let step: Float = 1 / 256
        let expected = rows.indices.flatMap { row in
            (0..<Self.vocabulary).map { column in
                // Five points: the error of the difference is of the fourth order.
                func at(_ steps: Float) -> Double {
                    var changed = rows
                    changed[row][column] += steps * step
                    return evaluate(loss, changed).loss
                }
                let slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * Double(step))
                return Float(slope)
            }
        }
        #expect(found.contains { abs($0) > 1e-3 }, sourceLocation: sourceLocation)
        expectClose(found, expected, ofLargest: 1e-4, sourceLocation: sourceLocation)
    }

    @Test func crossEntropy() { check(CrossEntropyLoss(Self.targets, scale: 0.25)) }

    /// Targets of which some have an unlikely token in their place: another one, the target itself, or none.
    private static let targetsBesideUnlikely = targets.enumerated().map { index, target in
        var target = target
        let unlikely = [0: 5, 1: Int(target.id), 3: 1][index]
        target.unlikely = unlikely.map { UnlikelyToken(place: 0, id: Int32($0), weight: 1.5 + Float(index)) }
        return target
    }

    @Test func unlikelihood() { check(UnlikelihoodLoss(Self.targetsBesideUnlikely, scale: 0.25)) }

    /// `-w log p(y) - u log(1 - p(c))` by its words, in float64.
    @Test func unlikelihoodIsTheSumOfBothLogarithms() {
        let rows = Self.logits()
        let expected = zip(rows, Self.targetsBesideUnlikely).reduce(0.0) { sum, pair in
            let (row, target) = pair
            let exponentials = row.map { exp(Double($0)) }
            let total = exponentials.reduce(0, +)
            let own = Double(target.weight) * log(exponentials[Int(target.id)] / total)
            guard let unlikely = target.unlikely else { return sum - own }
            return sum - own - Double(unlikely.weight) * log(1 - exponentials[Int(unlikely.id)] / total)
        }
        let found = evaluate(UnlikelihoodLoss(Self.targetsBesideUnlikely, scale: 0.25), rows).loss
        #expect(abs(found - 0.25 * expected) < 1e-5)
    }

    @Test func withoutUnlikelyTokensItIsCrossEntropyToTheBit() {
        let rows = Self.logits()
        let (plain, unlikely) = (
            evaluate(CrossEntropyLoss(Self.targets, scale: 0.25), rows),
            evaluate(UnlikelihoodLoss(Self.targets, scale: 0.25), rows)
        )
        #expect(plain.loss == unlikely.loss)
        #expect(plain.gradient == unlikely.gradient)
    }

    /// A token of which the model is as good as sure: `1 - p` is far below what a float holds beside 1.
    @Test(arguments: [Float(40), 2000, 65_536]) func aSureTokenCanStillBecomeUnlikely(logit: Float) {
        var target = TrainingBatch.Target(row: 0, id: 2, sequence: 0, weight: 0)
        target.unlikely = UnlikelyToken(place: 0, id: 0, weight: 1)
        let row = Matrix([[logit, 0, 0, 0]])
        let outcome = UnlikelihoodLoss([target], scale: 1).differentiate(row.slice, token: 0)
        #expect(abs(outcome.loss - (Double(logit) - log(3))) < 1e-4)
        expectClose(row.slice.copy(), [1, -1.0 / 3, -1.0 / 3, -1.0 / 3], absolute: 1e-5, relative: 0)
    }

    @Test func preference() {
        let pair = PreferenceLoss.Pair(chosen: 0, rejected: 1, referenceChosen: -4, referenceRejected: -5)
        check(PreferenceLoss(Self.targets, pairs: [pair], beta: 0.3, scale: 1))
    }

    /// With the model still equal to the reference the loss is log 2, and the two sides pull with beta / 2.
    @Test func preferenceBeginsAtLogTwo() {
        let rows = Self.logits()
        let values = rows.indices.map {
            Double(NoLoss(targets: Self.targets).differentiate(Matrix([rows[$0]]).slice, token: $0).logProbability)
        }
        let pair = PreferenceLoss.Pair(
            chosen: 0, rejected: 1, referenceChosen: values[0] + values[1], referenceRejected: values[2] + values[3])
        var loss = PreferenceLoss(Self.targets, pairs: [pair], beta: 0.3, scale: 1)
        #expect(abs(evaluate(loss, rows).loss - log(2)) < 1e-6)
        loss.prepare(values.map { Float($0) })
        #expect(abs(loss.slope(token: 0, logProbability: 0).slope + 0.15) < 1e-6)
        #expect(abs(loss.slope(token: 3, logProbability: 0).slope - 0.15) < 1e-6)
    }

    @Test(arguments: [Divergence.forward, .reverse, .jensenShannon(share: 0.3)], [1.0, 2.0])
    func distillation(divergence: Divergence, temperature: Double) {
        let teacher = Matrix(Self.logits(seed: 9))
        check(
            DistillationLoss(
                Self.targets, teacher: .whole(teacher), divergence: divergence, temperature: temperature, scale: 0.5))
    }

    /// The gradient of one row, divided by the temperature, which it is proportional to.
    private func gradient(_ student: [Float], _ teacher: [Float], _ divergence: Divergence) -> [Float] {
        let temperature = 0.01
        let target = TrainingBatch.Target(row: 0, id: 0, sequence: 0, weight: 1)
        let row = Matrix([student])
        let outcome = DistillationLoss(
            [target], teacher: .whole(Matrix([teacher])), divergence: divergence, temperature: temperature, scale: 1
        ).differentiate(row.slice, token: 0)
        #expect(outcome.loss.isFinite)
        return row.slice.copy().map { $0 / Float(temperature) }
    }

    /// Logits this far apart, at a temperature of 0.01, are probabilities that a double rounds, or takes for 0.
    @Test(arguments: [Float(1), 7.2, 7.42, 9, 30]) func gradientsHoldAtLowTemperatures(gap: Float) {
        let (student, teacher) = ([gap, gap, 0, 0], [gap, 0, gap, 0])
        // The student's probabilities are a half and a half, and the teacher's too.
        expectClose(gradient(student, teacher, .forward), [0, 0.5, -0.5, 0], absolute: 1e-6, relative: 0)
        let reverse = 25 * gap
        expectClose(gradient(student, teacher, .reverse), [-reverse, reverse, 0, 0], ofLargest: 1e-5)
        // Outcomes 0 and 1 have 0.25 log(0.5 / 0.5) and 0.25 log(0.5 / 0.25).
        let mixed = Float(log(2.0) / 8)
        expectClose(
            gradient(student, teacher, .jensenShannon(share: 0.5)), [-mixed, mixed, 0, 0], absolute: 1e-6, relative: 0)
    }

    @Test(arguments: [Divergence.forward, .reverse, .jensenShannon(share: 0.3)])
    func distillationFromTopTokens(divergence: Divergence) {
        check(
            DistillationLoss(
                Self.targets, teacher: .top(Self.top(4)), divergence: divergence, temperature: 1, scale: 0.5))
    }

    /// With all but one token named, the tail is that token: the loss is the one of the whole distribution.
    @Test func topTokensOfAllButOneAreTheWhole() {
        let teacher = Matrix(Self.logits(seed: 9))
        let whole = DistillationLoss(
            Self.targets, teacher: .whole(teacher), divergence: .forward, temperature: 1, scale: 1)
        let top = DistillationLoss(
            Self.targets, teacher: .top(Self.top(Self.vocabulary - 1)), divergence: .forward, temperature: 1, scale: 1)
        let rows = Self.logits()
        #expect(abs(evaluate(whole, rows).loss - evaluate(top, rows).loss) < 1e-5)
        expectClose(evaluate(top, rows).gradient, evaluate(whole, rows).gradient, ofLargest: 1e-4)
    }

    /// What scripts/reference/distillation.py has written.
    private struct Reference: Decodable {
        struct Case: Decodable {
            var divergence: String
            var temperature: Double
            var teacher: [TeacherDistribution.TopTokens]
            var losses: [Float]
            var gradients: [[Float]]
        }
        var weights: [Float]
        var scale: Double
        var share: Double
        var student: [[Float]]
        var teacherLogits: [[Float]]
        var cases: [Case]
    }

    /// Divergences with one outcome for all that is not named, and whole ones, against torch. Of the third row the student leaves
    /// 1e-17 where the teacher leaves much.
    @Test func distillationIsThatOfTorch() throws {
        let reference = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: Places.fixture("training/distillation.json")))
        let kinds = [
            "forward": Divergence.forward, "reverse": .reverse,
            "jensen-shannon": .jensenShannon(share: reference.share),
        ]
        let targets = reference.weights.enumerated().map {
            TrainingBatch.Target(row: $0, id: 0, sequence: 0, weight: $1)
        }
        #expect(reference.cases.count == 12)
        for item in reference.cases {
            var teachers = [TeacherDistribution.top(item.teacher)]
            let top = item.teacher[0].ids.count
            if top == 12 { teachers.append(.whole(Matrix(reference.teacherLogits))) }
            let chosen = reference.teacherLogits.map {
                TeacherDistribution.TopTokens(Matrix([$0]).slice, count: top, temperature: item.temperature)
            }
            #expect(chosen.map(\.ids) == item.teacher.map(\.ids))
            for teacher in teachers + [.top(chosen)] {
                var loss = DistillationLoss(
                    targets, teacher: teacher, divergence: try #require(kinds[item.divergence]),
                    temperature: item.temperature, scale: reference.scale)
                try loss.begin(0..<3, vocabularySize: 12)
                for (token, student) in reference.student.enumerated() {
                    let context = "\(item.divergence), \(top) of 12, temperature \(item.temperature), row \(token)"
                    let row = Matrix([student])
                    let found = Float(loss.differentiate(row.slice, token: token).loss)
                    expectClose([found], [item.losses[token]], absolute: 1e-6, relative: 1e-5, context)
                    expectClose(row.slice.copy(), item.gradients[token], ofLargest: 1e-5, context)
                }
            }
        }
    }

    @Test func aStudentThatIsItsTeacherLearnsNothing() {
        let rows = Self.logits()
        for divergence in [Divergence.forward, .reverse, .jensenShannon(share: 0.5)] {
            let loss = DistillationLoss(
                Self.targets, teacher: .whole(Matrix(rows)), divergence: divergence, temperature: 2, scale: 1)
            let found = evaluate(loss, rows)
            #expect(abs(found.loss) < 1e-6)
            #expect(found.gradient.allSatisfy { abs($0) < 1e-6 })
        }
    }

    @Test func policy() {
        let recorded: [Float] = [-2, -1.5, -3, -2.2]
        check(
            PolicyLoss(
                Self.targets, recorded: recorded, advantages: [1, -1, 0.5, -2], objective: PlainObjective(), scale: 1))
        check(
            PolicyLoss(
                Self.targets, recorded: recorded, advantages: [1, -1, 0.5, -2],
                objective: ClippedObjective(low: 0.2, high: 0.28), scale: 1))
    }

    /// Beyond the bound that favours it, a token pulls no more; beyond the other it still does.
    @Test func clippingIsOneSided() {
        let objective = ClippedObjective(low: 0.2, high: 0.28)
        #expect(objective.loss(ratio: 1.3, advantage: 1).derivative == 0)
        #expect(objective.loss(ratio: 1.3, advantage: 1).value == -1.28)
        #expect(objective.loss(ratio: 0.7, advantage: 1).derivative == -1)
        #expect(objective.loss(ratio: 0.7, advantage: -1).derivative == 0)
        #expect(objective.loss(ratio: 1.5, advantage: -1).derivative == 1)
    }

    /// pi = (.7, .2, .1): the numbers of the digest of Zhu et al. 2025, section 5.2, at a ratio of 1.
    @Test func reinforcementMovesLogitsAsThePaperSays() {
        let logits = [Float(0.7), 0.2, 0.1].map { log($0) }
        func direction(_ id: Int32, _ advantage: Float) -> [Float] {
            let target = TrainingBatch.Target(row: 0, id: id, sequence: 0, weight: 1)
            let matrix = Matrix([logits])
            _ = PolicyLoss(
                [target], recorded: [logits[Int(id)]], advantages: [advantage], objective: PlainObjective(), scale: 1
            ).differentiate(matrix.slice, token: 0)
            return matrix.slice.copy().map { -$0 * exp(logits[Int(id)]) }
        }
        expectClose(direction(0, 1), [0.21, -0.14, -0.07], absolute: 1e-6, relative: 0)
        expectClose(direction(1, -1), [0.14, -0.16, 0.02], absolute: 1e-6, relative: 0)
    }

    private static func top(_ count: Int) -> [TeacherDistribution.TopTokens] {
        logits(seed: 9).map { row in
            let total = log(row.reduce(0.0) { $0 + exp(Double($1)) })
            let ids = row.indices.sorted { row[$0] > row[$1] }.prefix(count)
            return TeacherDistribution.TopTokens(
                ids: ids.map { Int32($0) }, logProbabilities: ids.map { Float(Double(row[$0]) - total) })
        }
    }
}
