import Resampling
import TestSupport
import Testing

struct PairAnalysisTests {
    private static let quick = PairAnalysis.Options(
        shuffles: 500, bootstrap: (try? Bootstrap(resamples: 400)) ?? .standard)

    /// Six generators of rising strength on the same tasks; wrong samples of hard tasks slip through more often.
    private func generators(tasks: Int = 120, samples: Int = 32) throws -> [ScalingClaims.Generator] {
        try (1...6).map { level in
            var generator = SeededGenerator(seed: UInt64(level))
            let tallies = (0..<tasks).map { index in
                let difficulty = Double(index % 6) / 6
                let accuracy = index % 6 == 0 ? 0.01 : min(0.97, Double(level) * 0.17 * (1.1 - difficulty))
                var tally = VerdictTally.counts("t\(index)", 0, 0, 0, 0)
                for _ in 0..<samples {
                    if Double.random(in: 0..<1, using: &generator) < accuracy {
                        tally.truePositives += 1
                    } else if Double.random(in: 0..<1, using: &generator) < 0.12 {
                        tally.falsePositives += 1
                    } else {
                        tally.trueNegatives += 1
                    }
                }
                return tally
            }
            return ScalingClaims.Generator(
                label: "level \(level)", analysis: try PairAnalysis(tallies, options: Self.quick))
        }
    }

    @Test func everyClaimGetsAVerdict() throws {
        let claims = ScalingClaims(try generators(), bootstrap: try Bootstrap(resamples: 400))
        let findings = Dictionary(uniqueKeysWithValues: claims.findings.map { ($0.number, $0.verdict) })
        #expect(Set(findings.keys) == ["1", "1b", "2", "3", "3b", "3c", "4", "5", "6", "6b"])
        #expect(claims.generators.map(\.label).first == "level 6")
        // What was built in comes out.
        for number in ["2", "3c", "4", "6", "6b"] { #expect(findings[number] == .seen, "claim \(number)") }
        #expect(findings["5"] == .undecided)
        #expect(claims.findings.allSatisfy { !$0.evidence.isEmpty })
    }

    @Test func oneGeneratorLeavesComparisonsUndecided() throws {
        let claims = ScalingClaims(Array(try generators(tasks: 12).prefix(1)), bootstrap: try Bootstrap(resamples: 200))
        let findings = Dictionary(uniqueKeysWithValues: claims.findings.map { ($0.number, $0.verdict) })
        #expect(findings["1"] == .undecided && findings["2"] == .undecided && findings["1b"] == .undecided)
    }

    private func control(_ analysis: PairAnalysis) throws -> ClaimFinding {
        let claims = ScalingClaims([.init(label: "g", analysis: analysis)])
        return try #require(claims.findings.first { $0.number == "6b" })
    }

    private func shuffled(tasks: Int, seed: UInt64) throws -> PairAnalysis {
        let tallies = (0..<tasks).map { VerdictTally.counts("t\($0)", 2, 2, 0, 12) }
        return try PairAnalysis(
            tallies, options: .init(shuffles: 1000, bootstrap: try Bootstrap(resamples: 100, seed: seed)))
    }

    /// 1,000 shuffles of one task have a standard error up to 0.016: they cannot show an agreement within 0.01. Over 32
    /// points they may be off by sqrt(ln(6400) / 2000) = 0.06620.
    @Test(arguments: [1, 10])
    func fewShufflesDecideNothing(tasks: Int) throws {
        for seed in 0..<8 as Range<UInt64> {
            let finding = try control(shuffled(tasks: tasks, seed: seed))
            #expect(finding.verdict == .undecided, "\(finding.evidence)")
            #expect(finding.evidence.contains(tasks == 1 ? "up to 0.06620" : "up to 0.02093"))
        }
    }

    @Test func shufflesThatDisagreeAreSeen() throws {
        var few = try shuffled(tasks: 1, seed: 1)
        few.shuffled.truePositive[3] += 0.2
        #expect(try control(few).verdict == .notSeen)
        var many = try shuffled(tasks: 100, seed: 1)
        #expect(try control(many).verdict == .seen)
        many.shuffled.falsePositive[16] += 0.02
        #expect(try control(many).verdict == .notSeen)
    }

    /// Twelve cells on one side of 0 have 2^-12 by a sign test; cells at 0 are on neither side.
    @Test func tiedCellsOfStyleSayNothing() throws {
        let analysis = try PairAnalysis([.counts("t", 2, 2, 0, 4)], options: Self.quick)
        func style(_ wrong: [Int]) throws -> ClaimFinding {
            let counts = wrong.enumerated().map { index, adhering in
                StyleCounts(
                    style: "s\(index)", task: "t", truePositives: 10, adheringTruePositives: 5, falsePositives: 4,
                    adheringFalsePositives: adhering)
            }
            let styles = StyleAdherence.all(counts)
            #expect(styles.allSatisfy { $0.truePositives == 10 && $0.falsePositives == 4 })
            let claims = ScalingClaims([.init(label: "g", analysis: analysis, styles: styles)])
            return try #require(claims.findings.first { $0.number == "5" })
        }
        func cells(_ lower: Int, _ tied: Int, _ higher: Int) -> [Int] {
            [(1, lower), (2, tied), (3, higher)].flatMap { Array(repeating: $0.0, count: $0.1) }
        }
        #expect(try style(cells(0, 7, 0)).verdict == .undecided)
        let found = try style(cells(12, 12, 0))
        #expect(found.verdict == .seen)
        #expect(found.evidence == "lower in 12 of 24 cells, for sure in 0; equal in 12, which say nothing.")
        #expect(try style(cells(0, 12, 12)).verdict == .notSeen)
        #expect(try style(cells(6, 0, 6)).verdict == .undecided)
    }

    @Test func noPassAtAllIsAReportAndNoFigure() throws {
        let tasks = (0..<5).map { VerdictTally.counts("t\($0)", 0, 0, 0, 8) }
        let analysis = try PairAnalysis(tasks, options: Self.quick)
        #expect(analysis.statistics.conditionalAccuracy == nil)
        #expect(analysis.stops.allSatisfy { $0.falsePositiveShare == nil })
        #expect(throws: ResamplingError.oneType(easy: 0, tasks: 5)) { try analysis.twoType.get() }
        #expect(throws: ResamplingError.invalidQuality(accepted: 0, of: 0)) { try analysis.quality.get() }
        #expect(analysis.optima.allSatisfy { $0.attempts == 0 && $0.unlimited == .abstain })
    }

    /// Half of the tasks 90% right and half 10%; the weak verifier accepts 20% of right and 25% of wrong samples. At cost
    /// 1 a try is worth .18 - .025 on easy tasks and .02 - .225 on hard ones, less than nothing together. With C = 1 it
    /// would be .875 and -.125, and one try would seem to earn .375.
    @Test func theTwoTypeModelHasTheMeasuredCompleteness() throws {
        let tasks = (0..<20).map { index in
            index.isMultiple(of: 2)
                ? VerdictTally.counts("t\(index)", 36, 5, 144, 15) : .counts("t\(index)", 4, 45, 16, 135)
        }
        let model = try PairAnalysis(tasks, options: Self.quick).twoType.get()
        #expect(abs(model.completeness - 0.2) < 1e-12 && abs(model.soundness - 0.75) < 1e-12)
        let utility = Utility(falsePositive: 1)
        #expect(abs(model.valueOfTry(model.easy, utility) - 0.155) < 1e-12)
        #expect(abs(model.valueOfTry(model.hard, utility) + 0.205) < 1e-12)
        #expect(model.reward(utility).optimum.attempts == .abstain && model.reward(utility).optimum.reward == 0)
        let paper = try TwoTypeModel.estimated(from: tasks).reward(utility).optimum
        #expect(paper.attempts == .attempts(1) && abs(paper.reward - 0.375) < 1e-12)
    }

    @Test func styleOfRightAndWrongSamplesIsCompared() {
        let counts = (0..<30).map { index in
            StyleCounts(
                style: "comments", task: "t\(index)", truePositives: 10, adheringTruePositives: 8 - index % 2,
                falsePositives: 4, adheringFalsePositives: 2)
        }
        let adherence = StyleAdherence.all(
            counts + [
                StyleCounts(
                    style: "unused", task: "t", truePositives: 3, adheringTruePositives: 1, falsePositives: 0,
                    adheringFalsePositives: 0)
            ])
        #expect(adherence.map(\.style) == ["comments"])
        #expect(abs(adherence[0].right - 0.75) < 1e-12 && abs(adherence[0].wrong - 0.5) < 1e-12)
        #expect((adherence[0].difference.upper ?? 1) < 0)
    }

    /// Runs of one seed hold the same samples: the longer one counts, task by task. Others add up to one row for each task.
    @Test func stylesOfOneTaskAreOneRow() {
        func row(_ run: String, _ task: String, seed: UInt64?, _ samples: Int, _ cells: [Int], style: String = "s")
            -> RunStyleCounts
        {
            RunStyleCounts(
                run: run, seed: seed, samples: samples,
                counts: StyleCounts(
                    style: style, task: task, truePositives: cells[0], adheringTruePositives: cells[1],
                    falsePositives: cells[2], adheringFalsePositives: cells[3]))
        }
        let pooled = StyleCounts.pool([
            row("a", "t1", seed: 1, 8, [4, 2, 2, 1]), row("b", "t1", seed: 1, 4, [3, 2, 1, 1]),
            row("a", "t2", seed: 1, 4, [1, 1, 1, 0]), row("b", "t2", seed: 1, 8, [2, 1, 3, 0]),
            row("c", "t1", seed: 2, 4, [1, 0, 1, 1]), row("a", "t1", seed: 1, 8, [4, 2, 2, 1]),
            row("d", "t1", seed: nil, 4, [1, 1, 0, 0]), row("e", "t1", seed: nil, 4, [1, 1, 0, 0]),
            row("a", "t1", seed: 1, 8, [5, 5, 5, 5], style: "other"),
        ])
        #expect(pooled.map(\.style) == ["other", "s", "s"] && pooled.map(\.task) == ["t1", "t1", "t2"])
        #expect(
            pooled.map {
                [$0.truePositives, $0.adheringTruePositives, $0.falsePositives, $0.adheringFalsePositives]
            } == [[5, 5, 5, 5], [7, 4, 3, 2], [2, 1, 3, 0]])
    }

    /// A copy without grades of style does not displace the one that has them.
    @Test func theOrderOfRunsDoesNotChooseAmongStyles() {
        func row(_ run: String, _ right: Int) -> RunStyleCounts {
            RunStyleCounts(
                run: run, seed: 1, samples: 8,
                counts: StyleCounts(
                    style: "s", task: "t", truePositives: right, adheringTruePositives: 0, falsePositives: 0,
                    adheringFalsePositives: 0))
        }
        for rows in [[row("a", 0), row("b", 4)], [row("b", 4), row("a", 0)]] {
            #expect(StyleCounts.pool(rows).map(\.truePositives) == [4])
        }
    }

    /// Searches that follow a policy earn what the formula says, within the error of the simulation.
    @Test(arguments: [0.7, 1, 2, 4] as [Double])
    func simulationAgreesWithTheFormula(cost: Double) throws {
        let model = try TwoTypeModel(
            easy: .init(share: 0.58, accuracy: 0.87), hard: .init(share: 0.42, accuracy: 0.13), soundness: 0.75)
        let utility = Utility(falsePositive: cost)
        let optimum = model.reward(utility).optimum
        let result = try SearchSimulation(policy: StoppingPolicy(model, utility: utility), seed: 5).run(trials: 40_000)
        #expect(abs(result.reward - optimum.reward) < 4.5 * result.standardError, "cost \(cost)")
    }
}
