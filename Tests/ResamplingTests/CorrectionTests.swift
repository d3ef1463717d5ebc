import Foundation
import Resampling
import TestSupport
import Testing

struct CorrectionTests {
    private struct Row: Decodable {
        var n: Int
        var c: Int
        var k: Int
        var se: Double
        var sp: Double
        var pass: Double
        var best: Double
        var majority: Double
    }

    /// Exact means over all k-subsets of signed weights. Counts of a million make the rates exact.
    @Test func estimatorsEqualEnumeration() throws {
        let data = try Data(contentsOf: Places.fixture("resampling/corrected.json"))
        for row in try JSONDecoder().decode([Row].self, from: data) {
            let quality = try VerifierQuality(
                acceptedRight: Int((row.se * 1_000_000).rounded()), right: 1_000_000,
                rejectedWrong: Int((row.sp * 1_000_000).rounded()), wrong: 1_000_000)
            let task = TaskTotal(task: "t", scored: row.n, correct: row.c)
            for (metric, expected) in [
                (CorrectedMetric.passAtK, row.pass), (.bestOfK, row.best), (.majority, row.majority),
            ] {
                let curve = try CorrectedCurve(
                    of: metric, tasks: [task], quality: quality, at: [row.k], bootstrap: Bootstrap(resamples: 100))
                #expect(abs(try curve.points[0].raw.get() - expected) < 1e-9, "\(metric) of \(row)")
            }
        }
    }

    /// Noisy verdicts on tasks of known difficulty: the correction finds the truth, which what was observed misses.
    @Test func correctionRecoversTheTruth() throws {
        var generator = SeededGenerator(seed: 21)
        let (sensitivity, specificity, k) = (0.9, 0.85, 3)
        var truth = 0.0
        let tasks = (0..<600).map { index in
            let accuracy = Double(index % 10) / 20
            truth += (1 - pow(1 - accuracy, Double(k))) / 600
            let accepted = (0..<40).count { _ in
                let isRight = Double.random(in: 0..<1, using: &generator) < accuracy
                let chance = isRight ? sensitivity : 1 - specificity
                return Double.random(in: 0..<1, using: &generator) < chance
            }
            return TaskTotal(task: "t\(index)", scored: 40, correct: accepted)
        }
        let quality = try VerifierQuality(acceptedRight: 1800, right: 2000, rejectedWrong: 1700, wrong: 2000)
        let curve = try CorrectedCurve(
            of: .passAtK, tasks: tasks, quality: quality, at: [k], bootstrap: Bootstrap(resamples: 400))
        let point = curve.points[0]
        #expect(abs(try point.raw.get() - truth) < 0.02)
        #expect(abs(point.observed - truth) > 0.08)
        guard case .bounds(let lower, let upper) = point.interval else { return #expect(Bool(false)) }
        #expect(lower < truth && truth < upper)
    }

    /// What is not known of the error rates widens the interval.
    @Test func uncertainErrorRatesWidenTheInterval() throws {
        let tasks = (0..<50).map { TaskTotal(task: "t\($0)", scored: 20, correct: 4 + $0 % 12) }
        func width(_ scale: Int) throws -> Double {
            let quality = try VerifierQuality(
                acceptedRight: 9 * scale, right: 10 * scale, rejectedWrong: 9 * scale, wrong: 10 * scale)
            let point = try CorrectedCurve(
                of: .passAtK, tasks: tasks, quality: quality, at: [1], bootstrap: Bootstrap(resamples: 1000)
            ).points[0]
            guard case .bounds(let lower, let upper) = point.interval else { return 0 }
            return upper - lower
        }
        #expect(try width(4) > 1.3 * width(4000))
    }

    @Test func aVerifierNoBetterThanChanceCorrectsNothing() throws {
        let tasks = [TaskTotal(task: "a", scored: 10, correct: 5)]
        for (accepted, rejected) in [(50, 50), (30, 60), (52, 52)] {
            let quality = try VerifierQuality(acceptedRight: accepted, right: 100, rejectedWrong: rejected, wrong: 100)
            #expect(
                throws: ResamplingError.noBetterThanChance(
                    sensitivity: quality.sensitivity, specificity: quality.specificity)
            ) {
                try CorrectedCurve(of: .passAtK, tasks: tasks, quality: quality, at: [1])
            }
        }
        #expect(throws: ResamplingError.invalidQuality(accepted: 3, of: 2)) {
            try VerifierQuality(acceptedRight: 3, right: 2, rejectedWrong: 1, wrong: 1)
        }
        #expect(throws: ResamplingError.invalidQuality(accepted: 0, of: 0)) {
            try VerifierQuality(of: [.counts("all wrong", 0, 1, 0, 3)])
        }
    }

    @Test func aKAboveTheLimitIsToldTheLimit() throws {
        let tasks = [TaskTotal(task: "a", scored: 600, correct: 300)]
        let quality = try VerifierQuality(acceptedRight: 90, right: 100, rejectedWrong: 90, wrong: 100)
        func refusal(_ grid: [Int]) throws -> ResamplingError {
            try #require(throws: ResamplingError.self) {
                try CorrectedCurve(of: .passAtK, tasks: tasks, quality: quality, at: grid)
            }
        }
        #expect(try refusal([1, 513]) == .kAbove(513, limit: 512))
        #expect(try refusal([513]).description == "k is 513; allowed: at most 512.")
        #expect(try refusal([0, 4]) == .invalidK(0))
    }

    private static func curve(
        _ metric: CorrectedMetric, _ tasks: [(n: Int, c: Int)], _ quality: VerifierQuality, _ grid: [Int]
    ) throws -> CorrectedCurve {
        try CorrectedCurve(
            of: metric,
            tasks: tasks.enumerated().map {
                TaskTotal(task: "t\($0.offset)", scored: $0.element.n, correct: $0.element.c)
            },
            quality: quality, at: grid, bootstrap: Bootstrap(resamples: 100))
    }

    /// The expected figures are exact fractions. A little further on, floating point has -230 in the place of 0.99998.
    @Test func figuresThatRoundingDrownsAreRefused() throws {
        let quarter = try VerifierQuality(acceptedRight: 750, right: 1000, rejectedWrong: 750, wrong: 1000)
        let majority = try Self.curve(.majority, [(1000, 600)], quarter, [1, 26, 27, 64])
        #expect(abs(try majority.points[1].raw.get() - 0.9878342325856463) < 1e-6)
        for point in majority.points.suffix(2) {
            let reason = ResamplingError.roundingAbove(k: point.k, metric: .majority, limit: 26)
            #expect(point.raw == .failure(reason) && point.corrected == nil && point.refusal == reason)
            #expect(point.interval == .absent(.noEstimate) && !point.saysNothing)
        }
        #expect(
            majority.points[3].refusal?.description == """
                k is 64; allowed: at most 26 for majority@k with these error rates. Above that, rounding could change the \
                corrected figure by more than 1e-06.
                """)
        let third = try VerifierQuality(acceptedRight: 700, right: 1000, rejectedWrong: 700, wrong: 1000)
        let pass = try Self.curve(.passAtK, [(1000, 300)], third, [31, 128])
        #expect(abs(try pass.points[0].raw.get() - 0.4777018106517744) < 1e-6)
        #expect(pass.points[1].refusal == .roundingAbove(k: 128, metric: .passAtK, limit: 31))
        // Without errors nothing cancels, and best-of-k multiplies no weights.
        let perfect = try VerifierQuality(acceptedRight: 1000, right: 1000, rejectedWrong: 1000, wrong: 1000)
        for metric in CorrectedMetric.allCases {
            let raw = try Self.curve(metric, [(200, 100)], perfect, [128]).points[0].raw.get()
            #expect(metric == .majority ? abs(raw - 0.5) < 1e-9 : raw > 1 - 1e-9, "\(metric)")
        }
        #expect(try Self.curve(.bestOfK, [(1000, 600)], quarter, [512]).points[0].refusal == nil)
    }

    /// Near the largest k some draws of the rates lie beyond it. They could be anything, and widen the interval.
    @Test func drawsThatRoundingDrownsLeaveTheIntervalOpen() throws {
        let quality = try VerifierQuality(acceptedRight: 75, right: 100, rejectedWrong: 75, wrong: 100)
        let tasks = (0..<20).map { (n: 200, c: 110 + $0) }
        let points = try Self.curve(.majority, tasks, quality, [1, 26]).points
        #expect(!points[0].saysNothing && points[1].saysNothing && points[1].corrected != nil)
    }

    @Test func oneTaskHasNoInterval() throws {
        let quality = try VerifierQuality(acceptedRight: 90, right: 100, rejectedWrong: 90, wrong: 100)
        for metric in CorrectedMetric.allCases {
            #expect(
                try Self.curve(metric, [(20, 8)], quality, [1, 4]).points.map(\.interval) == [
                    .absent(.oneTask), .absent(.oneTask),
                ])
        }
        guard case .bounds = try Self.curve(.passAtK, [(20, 8), (20, 9)], quality, [1]).points[0].interval else {
            return #expect(Bool(false))
        }
    }

    @Test func qualityComesFromThePair() throws {
        let quality = try VerifierQuality(of: [.counts("a", 8, 1, 2, 9), .counts("b", 1, 3, 0, 0)])
        #expect(quality.sensitivity == 9.0 / 11 && quality.specificity == 9.0 / 13)
        #expect(quality.intervals.sensitivity.contains(quality.sensitivity))
    }
}

struct VerifierRatesTests {
    /// One task in ten fools the verifier with all of its samples. Of ten drawn tasks 0 to 3 are that one, and in 1.3%
    /// of draws more: a binomial of 10 and 0.1. Wilson over 500 samples has [0.871, 0.923].
    @Test func intervalsAreOverTasks() throws {
        let tasks = (0..<9).map { VerdictTally.counts("t\($0)", 50, 0, 0, 50) } + [.counts("fooled", 50, 50, 0, 0)]
        let rates = try VerifierRates(of: tasks)
        #expect(abs(rates.specificity.value - 0.9) < 1e-12)
        #expect(abs(try #require(rates.specificity.lower) - 0.7) < 1e-12)
        #expect(abs(try #require(rates.specificity.upper) - 1) < 1e-12)
        #expect(rates.sensitivity == Estimate(value: 1, interval: .absent(.noSpread)))
        #expect(try VerifierRates(of: [.counts("a", 4, 1, 1, 4)]).specificity.interval == .absent(.oneTask))
    }

    /// Each task's pass@1 by the weak verifier is its share of accepted samples, and the draw that gives it also gives
    /// the rates: corrected pass@1 is then the share of right samples of the drawn tasks, exactly.
    @Test func verdictsAndRatesComeFromTheSameDraw() throws {
        let tasks = (0..<12).map { index in
            VerdictTally.counts(
                "t\(index)", 2 + index % 5, index % 3, index % 2, 20 - 2 - index % 5 - index % 3 - index % 2)
        }
        let bootstrap = try Bootstrap(resamples: 1000)
        let point = try CorrectedCurve(of: .passAtK, verdicts: tasks, at: [1], bootstrap: bootstrap).points[0]
        let right = try PairStatistics(tasks, bootstrap: bootstrap).singleSampleAccuracy
        #expect(abs(try point.raw.get() - right.value) < 1e-12)
        guard case .bounds(let lower, let upper) = point.interval else { return #expect(Bool(false)) }
        #expect(abs(try #require(right.lower) - lower) < 1e-9)
        #expect(abs(try #require(right.upper) - upper) < 1e-9)
    }

    /// 600 of 1,000 wrong samples are rejected, for sure better than chance if they were independent. They are of ten
    /// tasks, and of those four fool the verifier throughout.
    @Test func ratesThatTasksCannotTellFromChanceCorrectNothing() throws {
        let tasks =
            (0..<6).map { VerdictTally.counts("good\($0)", 65, 0, 35, 100) }
            + (0..<4).map { .counts("bad\($0)", 65, 100, 35, 0) }
        let quality = try VerifierQuality(of: tasks)
        #expect(throws: ResamplingError.noBetterThanChance(sensitivity: 0.65, specificity: 0.6)) {
            try CorrectedCurve(of: .passAtK, verdicts: tasks, at: [1])
        }
        let totals = tasks.map { TaskTotal(task: $0.task, scored: $0.samples, correct: $0.accepted) }
        #expect(throws: Never.self) {
            try CorrectedCurve(
                of: .passAtK, tasks: totals, quality: quality, at: [1], bootstrap: Bootstrap(resamples: 100))
        }
    }
}

struct ComparisonTests {
    private struct Line: Decodable {
        var x: [Double]
        var y: [Double]
        var slope: Double
        var intercept: Double
        var r2: Double
        var p: Double
    }

    @Test func linesEqualTheReference() throws {
        let data = try Data(contentsOf: Places.fixture("resampling/fits.json"))
        let lines = try JSONDecoder().decode([Line].self, from: data)
        for line in lines {
            let fit = try #require(LinearFit(x: line.x, y: line.y))
            #expect(abs(fit.slope - line.slope) < 1e-12 && abs(fit.intercept - line.intercept) < 1e-12)
            #expect(abs(try #require(fit.determination) - line.r2) < 1e-12)
            #expect(abs(try #require(fit.pValue) - line.p) < 1e-9)
        }
        // The line through the table of the paper: 0.22 x + 0.72, R^2 = .892 there, from rounded figures here.
        let published = try #require(LinearFit(x: lines[0].x, y: lines[0].y))
        #expect(abs(published.slope - 0.22) < 0.005 && abs(published.intercept - 0.72) < 0.005)
        #expect(abs(try #require(published.determination) - 0.892) < 0.003)
        #expect(LinearFit(x: [1, 1, 1], y: [0, 1, 2]) == nil)
        // A flat line is no evidence of a slope.
        let flat = try #require(LinearFit(x: [0.2, 0.5, 0.8], y: [1, 1, 1]))
        #expect(flat.slope == 0 && flat.pValue == nil && flat.determination == nil)
    }

    @Test func generatorsWithTheSameTasksShareTheirDraws() throws {
        let generators = (1...4).map { level in
            (0..<40).map { task in
                VerdictTally.counts("t\(task)", level * 2, max(0, 6 - level - task % 3), 0, 12 - level)
            }
        }
        let result = try GeneratorFit(generators)
        #expect(result.fit.slope > 0 && result.generators == [0, 1, 2, 3])
        guard case .bounds(let lower, let upper) = result.slopeInterval else { return #expect(Bool(false)) }
        #expect(lower <= result.fit.slope && result.fit.slope <= upper)
        #expect(throws: ResamplingError.tooFewModels(found: 2, needed: 3)) {
            try GeneratorFit(Array(generators.prefix(2)))
        }
        let other = generators[3].map { VerdictTally.counts("x" + $0.task, 1, 1, 0, 2) }
        #expect(try GeneratorFit(generators + [other]).slopeInterval == .absent(.differentTasks))
    }

    @Test func aWeakModelUnderTheLineCanNeverCatchUp() throws {
        let strong = (0..<60).map { VerdictTally.counts("t\($0)", 9, 0, 0, 1) }
        let weak = (0..<60).map { VerdictTally.counts("t\($0)", 2 + $0 % 2, 3, 0, 4) }
        #expect(try ImpossibilityTest(weak: weak, strong: strong).outcome == .impossible)
        #expect(try ImpossibilityTest(weak: strong, strong: weak).outcome == .possible)
        let few = Array(strong.prefix(2))
        #expect(
            throws: ResamplingError.differentTasks(
                missing: Array(strong.map(\.task).sorted().filter { !["t0", "t1"].contains($0) }.prefix(10)), count: 58)
        ) {
            try ImpossibilityTest(weak: few, strong: strong)
        }
    }

    @Test func pairedComparisonSeesASmallShiftThatTasksWouldHide() throws {
        // Tasks differ widely, the runs by 0.05 on every task.
        let first = (0..<80).map { VerdictTally.counts("t\($0)", ($0 % 10) * 10, 0, 0, 100 - ($0 % 10) * 10) }
        let second = first.map { VerdictTally.counts($0.task, $0.truePositives + 5, 0, 0, $0.trueNegatives - 5) }
        let comparison = try PairedComparison(first, second)
        #expect(abs(comparison.difference.value - 0.05) < 1e-12)
        #expect(comparison.difference.interval == .absent(.noSpread))
        let noisy = second.enumerated().map { index, task in
            VerdictTally.counts(
                task.task, task.truePositives + (index % 3) - 1, 0, 0, task.trueNegatives - (index % 3) + 1)
        }
        let shifted = try PairedComparison(first, noisy)
        #expect(try #require(shifted.difference.lower) > 0.04 && shifted.pValue < 0.001)
        let none = try PairedComparison(first, first)
        #expect(none.difference.value == 0 && none.pValue == 1)
        #expect(throws: ResamplingError.self) { try PairedComparison(first, first, k: 101) }
    }

    /// Known variances: tasks needed grow with 1 / effect^2, and samples help only against the noise of sampling.
    @Test func sizesFollowTheVariances() throws {
        var generator = SeededGenerator(seed: 8)
        func run(_ rates: [Double]) -> [VerdictTally] {
            rates.enumerated().map { index, rate in
                let right = (0..<50).count { _ in Double.random(in: 0..<1, using: &generator) < rate }
                return .counts("t\(index)", right, 0, 0, 50 - right)
            }
        }
        let rates = (0..<400).map { Double($0 % 8) / 10 + 0.05 }
        let same = try #require(PairedComparison(run(rates), run(rates)).size)
        // No difference between true rates: nearly all variance is sampling.
        let binomial = 2 * rates.map { $0 * (1 - $0) }.reduce(0, +) / 400
        #expect(abs(try #require(same.sampling.within) / binomial - 1) < 0.05 && same.between < 0.002)
        let large = try same.tasksNeeded(effect: 0.1)
        let small = try same.tasksNeeded(effect: 0.05)
        #expect((3.2...4.6).contains(Double(small) / Double(large)))
        #expect(try #require(try same.samplesNeeded(effect: 0.05).count) < 60)
        let changed = rates.enumerated().map { $0.offset.isMultiple(of: 2) ? 0.9 : 0.05 }
        let different = try #require(PairedComparison(run(rates), run(changed)).size)
        #expect(try different.samplesNeeded(effect: 0.001) == .noNumber)
        #expect(throws: ResamplingError.invalidSizeQuestion) { try same.tasksNeeded(effect: 0) }
    }
}
