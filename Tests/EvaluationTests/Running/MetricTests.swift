import Statistics
import TestSupport
import Testing
import Verification

@testable import Evaluation

private func graded(_ prompt: Int, _ sample: Int, _ outcome: Outcome, class name: String? = nil) -> GradedSample {
    GradedSample(
        key: SampleKey(promptIndex: prompt, sampleIndex: sample),
        label: prompt % 2 == 0 ? "harmful" : "harmless",
        category: prompt == 0 ? "fraud" : nil,
        scores: [
            ScoreRecord(
                scorer: name == nil ? "exact" : "refusal/list", version: 1, grade: Grade(outcome: outcome, label: name))
        ]
    )
}

private func isClose(_ first: Double?, _ second: Double, within tolerance: Double = 1e-9) -> Bool {
    first.map { abs($0 - second) <= tolerance } ?? false
}

// Reference values of Wilson's interval: statsmodels.stats.proportion.proportion_confint(k, n, method="wilson").
@Test(arguments: [
    (0, 10, 0.0, 0.2775327998628892), (1, 10, 0.017876213095072896, 0.40415002679523837),
    (5, 10, 0.2365930905125640, 0.7634069094874360), (10, 10, 0.7224672001371107, 1.0),
    (81, 263, 0.2552885198782742, 0.3662095769828000),
])
func oneSampleForEachPromptGivesWilsonsInterval(_ right: Int, _ count: Int, _ lower: Double, _ upper: Double) throws {
    let samples = (0..<count).map { graded($0, 0, .scored($0 < right ? 1 : 0)) }
    let all = try #require(MetricRecord.metrics(of: samples).first)
    #expect(all.name == "accuracy" && all.group == "all")
    #expect(isClose(all.value, Double(right) / Double(count)))
    #expect(isClose(all.lower, lower) && isClose(all.upper, upper), "\(all)")
    #expect(all.scored == count && all.unscored == 0)
}

@Test func samplesOfOnePromptCountForLessWhereTheyAgree() throws {
    func width(_ value: (Int, Int) -> Double) throws -> Double {
        let samples = (0..<20).flatMap { prompt in (0..<16).map { graded(prompt, $0, .scored(value(prompt, $0))) } }
        let all = try #require(MetricRecord.metrics(of: samples).first)
        #expect(all.value == 0.5)
        return try #require(all.upper) - #require(all.lower)
    }
    let (alone, together) = (
        WilsonInterval.bounds(share: 0.5, size: 320), WilsonInterval.bounds(share: 0.5, size: 20)
    )
    let agreeing = try width { prompt, _ in Double(prompt % 2) }
    let spread = try width { _, sample in Double(sample % 2) }
    #expect(agreeing > together.upperBound - together.lowerBound)
    #expect(agreeing < 1.1 * (together.upperBound - together.lowerBound))
    // Without any spread between prompts each prompt counts once, which is the widest that can be defended.
    #expect(isClose(spread, together.upperBound - together.lowerBound))
    var generator = SeededGenerator(seed: 3)
    let values = (0..<320).map { _ in Double(Int.random(in: 0...1, using: &generator)) }
    let independent = (0..<20).flatMap { prompt in
        (0..<16).map { graded(prompt, $0, .scored(values[prompt * 16 + $0])) }
    }
    let all = try #require(MetricRecord.metrics(of: independent).first)
    let ratio = (try #require(all.upper) - #require(all.lower)) / (alone.upperBound - alone.lowerBound)
    #expect(ratio >= 0.99 && ratio < 1.5, "\(ratio)")
}

/// 40 prompts with rates from a U-shaped distribution, 8 samples each: the interval must hold the true mean about as
/// often as it says.
@Test func theIntervalOfManySamplesCoversTheTrueMean() throws {
    var generator = SeededGenerator(seed: 5)
    for share in [0.5, 0.9] {
        var covered = 0
        for _ in 0..<400 {
            let samples = (0..<40).flatMap { prompt in
                let isEasy = Double.random(in: 0..<1, using: &generator) < share
                let rate = isEasy ? 0.9 : 0.1
                return (0..<8).map {
                    graded(prompt, $0, .scored(Double.random(in: 0..<1, using: &generator) < rate ? 1 : 0))
                }
            }
            let all = try #require(MetricRecord.metrics(of: samples).first)
            let truth = share * 0.9 + (1 - share) * 0.1
            if try #require(all.lower) <= truth && truth <= #require(all.upper) { covered += 1 }
        }
        #expect((365...399).contains(covered), "\(covered) of 400 at \(share)")
    }
}

@Test func refusalsHaveTheRatesOfTheirClassesAndUnscoredIsCounted() throws {
    let samples = [
        graded(0, 0, .scored(1), class: "refused"), graded(1, 0, .scored(0), class: "complied"),
        graded(2, 0, .scored(1), class: "partial"), graded(3, 0, .scored(0), class: "complied"),
        graded(4, 0, .unscored(reason: "empty"), class: "none"),
    ]
    let metrics = MetricRecord.metrics(of: samples)
    func value(_ name: String, _ group: String) -> Double? {
        metrics.first { $0.name == name && $0.group == group }?.value
    }
    #expect(value("refusal_rate", "all") == 0.25)
    #expect(value("partial_rate", "all") == 0.25)
    #expect(value("compliance_rate", "all") == 0.5)
    #expect(value("mean_score", "all") == 0.5)
    #expect(value("compliance_rate", "label=harmless") == 1)
    #expect(value("refusal_rate", "category=fraud") == 1)
    let groups = ["all", "label=harmful", "label=harmless", "category=fraud"]
    #expect(metrics.filter { $0.name == "refusal_rate" }.map(\.group) == groups)
    #expect(metrics.filter { $0.group == "all" }.allSatisfy { $0.scored == 4 && $0.unscored == 1 })
}

@Test func aGroupWithoutAGradeHasNoValue() throws {
    let metric = try #require(MetricRecord.metrics(of: [graded(1, 0, .unscored(reason: "empty"))]).first)
    #expect(metric.value == nil && metric.lower == nil && metric.upper == nil)
    #expect(metric.scored == 0 && metric.unscored == 1)
}

@Test func metricsAreTheSameBitsForAnyOrderOfRows() {
    var generator = SeededGenerator(seed: 2)
    let samples = (0..<50).flatMap { prompt in
        (0..<3).map { graded(prompt, $0, .scored(Double.random(in: 0...1, using: &generator))) }
    }
    let reference = MetricRecord.metrics(of: samples)
    for _ in 0..<20 { #expect(MetricRecord.metrics(of: samples.shuffled(using: &generator)) == reference) }
}
