import Foundation
import TestSupport
import Testing

@testable import LatentGuard

private struct Reference: Decodable {
    var scores: [Double]
    var labels: [Int]
    var auroc: Double
    var delongError: Double
    var auprc: Double
    var isotonic: [Double]

    static func load() throws -> Reference {
        try JSONDecoder().decode(Reference.self, from: Data(contentsOf: Places.fixture("steering/reference.json")))
    }

    func scores(_ label: Int) -> [Double] { zip(labels, scores).filter { $0.0 == label }.map(\.1) }
}

@Test func areasAndTheirErrorsEqualTheReference() throws {
    let reference = try Reference.load()
    let metrics = try #require(RankMetrics(positives: reference.scores(1), negatives: reference.scores(0)))
    #expect(abs(metrics.auroc - reference.auroc) < 1e-12)
    #expect(abs(metrics.auprc - reference.auprc) < 1e-12)
    let upper = min(1, reference.auroc + 1.959963984540054 * reference.delongError)
    #expect(abs(metrics.aurocUpper - upper) < 1e-9)
    #expect(abs(metrics.aurocLower - (reference.auroc - 1.959963984540054 * reference.delongError)) < 1e-9)
}

@Test func areasAreUndefinedWithoutBothSidesOrForNumbersThatAreNone() {
    #expect(RankMetrics(positives: [], negatives: [1]) == nil)
    #expect(RankMetrics(positives: [1, .nan], negatives: [1]) == nil)
    #expect(RankMetrics(positives: [1, 2], negatives: [1, 2])?.auroc == 0.5)
    #expect(RankMetrics(positives: [3, 2], negatives: [1])?.auroc == 1)
}

@Test func isotonicStepsEqualScikitLearn() throws {
    let reference = try Reference.load()
    let calibration = CalibrationFit.isotonic(harmful: reference.scores(1), harmless: reference.scores(0))
    guard case .isotonic(let scores, let probabilities) = calibration else {
        Issue.record("another calibration")
        return
    }
    #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 < $1 })
    // Steps have their knot in the middle: the set of values is scikit-learn's.
    let expected = Set(reference.isotonic.map { ($0 * 1e9).rounded() })
    #expect(Set(probabilities.map { ($0 * 1e9).rounded() }) == expected)
}

@Test func plattIsAtHalfBetweenTwoEqualSidesAndRises() {
    let calibration = CalibrationFit.platt(harmful: [1, 2, 3, 4], harmless: [-1, -2, -3, -4])
    #expect(abs(calibration.probability(0) - 0.5) < 1e-6)
    #expect(calibration.probability(2) > calibration.probability(1))
    #expect(calibration.probability(1000) <= 1)
    #expect(calibration.probability(-1000) >= 0)
}

@Test func ratesHaveWilsonIntervals() {
    let rate = RateEstimate(8, of: 40)
    #expect(rate.rate == 0.2)
    #expect(abs(rate.lower - 0.1050) < 1e-4)
    #expect(abs(rate.upper - 0.3476) < 1e-4)
    #expect(RateEstimate(0, of: 10).lower == 0)
    #expect(RateEstimate(10, of: 10).upper == 1)
}

@Test func aPromptWithoutScoresIsInNoFigure() throws {
    func row(_ id: String, isHarmful: Bool, _ score: Double?, isUnsure: Bool = false) -> GuardComparison.Row {
        GuardComparison.Row(
            prompt: GuardPrompt(id: id, text: id, isHarmful: isHarmful, group: id, set: "a"),
            scores: score.map { ["guard": $0] } ?? [:], isUnsure: isUnsure)
    }
    let comparison = GuardComparison(
        [
            row("a", isHarmful: true, 1), row("b", isHarmful: false, -1, isUnsure: true),
            row("c", isHarmful: true, nil),
        ],
        slices: [("all", { _ in true })], judges: ["guard"], thresholded: ["guard"])
    #expect(comparison.unsure.count == 1 && comparison.unsure.total == 2)
    let figures = try #require(comparison.figures.first)
    #expect(figures.ranking?.positives == 1 && figures.ranking?.negatives == 1)
    #expect(figures.accuracy?.total == 2)
    #expect(figures.unscored == 1)
}
