import Resampling
import TestSupport
import Testing

struct AttemptCurveTests {
    @Test func exactCurveEqualsTheDistributionOfTheFirstAcceptedSample() throws {
        let reference = try AttemptReference.load()
        let curve = try AttemptCurve.exact(reference.tallies)
        #expect(close(curve.truePositive, reference.true_positive))
        #expect(close(curve.falsePositive, reference.false_positive))
        #expect(close(curve.draws, reference.draws))
    }

    @Test func figuresOfAPairEqualTheReference() throws {
        let reference = try AttemptReference.load()
        let statistics = try PairStatistics(reference.tallies)
        #expect(abs(statistics.singleSampleAccuracy.value - reference.single) < 1e-12)
        #expect(abs(try #require(statistics.conditionalAccuracy).value - reference.conditional) < 1e-12)
        #expect(abs(statistics.ceiling.value - reference.ceiling) < 1e-12)
        let rate = try #require(statistics.falsePositiveRate)
        #expect(abs(rate.value - (1 - reference.conditional)) < 1e-12)
        #expect(try #require(rate.lower) < rate.value && rate.value < #require(rate.upper))
    }

    @Test func rewardsAndTheBestNumberOfTriesEqualTheReference() throws {
        let reference = try AttemptReference.load()
        let curve = try AttemptCurve.exact(reference.tallies)
        for row in reference.rewards {
            let utility = Utility(falsePositive: row.false_positive, sample: row.sample, abstention: row.abstention)
            #expect(close(curve.rewards(utility), row.rewards))
            #expect(curve.best(utility).attempts == row.best, "c = \(row.false_positive)")
        }
    }

    /// 1,000 shuffles of 100 tasks: every point within five standard errors, and below the 0.01 of the published check.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func shufflesAgreeWithTheFormula(seed: UInt64) throws {
        let tasks = MadeUp.twoTypes(tasks: 100, samples: 60, seed: seed)
        let exact = try AttemptCurve.exact(tasks)
        let shuffled = try AttemptCurve.shuffled(tasks, shuffles: 1000, seed: seed)
        for attempts in 0...exact.budget {
            // Each task adds a Bernoulli mean over the shuffles: at most 1/4 of variance.
            let error = 0.5 / (100.0 * 1000).squareRoot()
            #expect(abs(exact.truePositive[attempts] - shuffled.truePositive[attempts]) < 5 * error, "seed \(seed)")
            #expect(abs(exact.falsePositive[attempts] - shuffled.falsePositive[attempts]) < 5 * error)
            #expect(abs(exact.draws[attempts] - shuffled.draws[attempts]) < 60 * 5 * error)
        }
        #expect(5 * 0.5 / (100.0 * 1000).squareRoot() < 0.01)
        #expect(exact.truePositive != shuffled.truePositive)
    }

    /// One kind of task, q = 0.5 and g = 0.3: (g/q)(1 - (1-q)^K).
    @Test func extrapolationIsTheFormulaOfIndependentSamples() throws {
        let curve = try AttemptCurve.extrapolated([.counts("a", 3, 2, 0, 5)], budget: 40)
        for attempts in 0...40 {
            let stopped = 1 - power(0.5, attempts)
            #expect(abs(curve.truePositive[attempts] - 0.6 * stopped) < 1e-14)
            #expect(abs(curve.falsePositive[attempts] - 0.4 * stopped) < 1e-14)
        }
    }

    /// Drawn from independent samples many times, the mean of the exact curve is the formula's value.
    @Test func exactCurveIsUnbiased() throws {
        var sum = 0.0
        let repeats = 400
        for seed in 0..<repeats {
            let tasks = MadeUp.twoTypes(tasks: 20, samples: 6, seed: UInt64(seed))
            sum += try AttemptCurve.exact(tasks).truePositive[4]
        }
        func expected(_ right: Double, _ wrong: Double) -> Double {
            let accepted = right + wrong
            return right / accepted * (1 - power(1 - accepted, 4))
        }
        let truth = (expected(0.85, 0.15 * 0.2) + expected(0.04, 0.96 * 0.2)) / 2
        #expect(abs(sum / Double(repeats) - truth) < 4 * 0.5 / (20.0 * Double(repeats)).squareRoot())
    }

    @Test func stopBucketsEqualTheReference() throws {
        let reference = try AttemptReference.load()
        let buckets = try reference.tallies.stopBuckets()
        #expect(buckets.map(\.positions.lowerBound) == reference.buckets.map(\.low))
        #expect(buckets.map(\.positions.upperBound) == reference.buckets.map(\.high))
        for (bucket, expected) in zip(buckets, reference.buckets) {
            #expect(abs((bucket.falsePositiveShare?.value ?? -1) - (expected.share ?? -1)) < 1e-12)
        }
    }

    @Test func falsePositivesGatherAtLateStops() throws {
        let buckets = try MadeUp.twoTypes(tasks: 200, samples: 64, seed: 4).stopBuckets()
        let shares = buckets.compactMap { $0.falsePositiveShare?.value }
        #expect(shares[0] < 0.35 && (shares.last ?? 0) > 0.5)
        #expect(zip(shares, shares.dropFirst().prefix(3)).allSatisfy { $0 < $1 })
    }

    @Test func aPerfectVerifierHasNoPrice() throws {
        let tasks = try AttemptReference.load().tallies.map(\.underPerfectVerifier)
        let statistics = try PairStatistics(tasks)
        #expect(statistics.conditionalAccuracy?.value == 1)
        for cost in [0.0, 1, 8, 1000] {
            #expect(try GeometricReward(tasks, utility: Utility(falsePositive: cost)).optimum.attempts != .abstain)
            #expect(try AttemptCurve.exact(tasks).isBestAtBudget(Utility(falsePositive: cost)))
        }
    }

    @Test func oddInputIsNamed() throws {
        let good = VerdictTally.counts("good", 2, 1, 0, 1)
        #expect(throws: ResamplingError.noTasks) { try AttemptCurve.exact([]) }
        #expect(throws: ResamplingError.emptyTask("none")) {
            try AttemptCurve.exact([good, .counts("none", 0, 0, 0, 0, unscored: 3)])
        }
        let short = TaskTotal(task: "short", scored: 2, correct: 0, unscored: 0)
        #expect(throws: ResamplingError.notEnoughSamples(k: 4, short: [short], count: 1)) {
            try AttemptCurve.exact([good, .counts("short", 1, 0, 0, 1)], budget: 4)
        }
        #expect(throws: ResamplingError.self) { try AttemptCurve.exact([.counts("bad", -1, 0, 0, 3)]) }
        #expect(throws: ResamplingError.self) { try AttemptCurve.exact([.counts("huge", Int.max, 1, 0, 3)]) }
        // Zero passes: a curve of zeros, no conditional accuracy, and no try pays.
        let zero = [VerdictTally.counts("a", 0, 0, 0, 4), .counts("b", 0, 0, 1, 3)]
        #expect(try AttemptCurve.exact(zero).truePositive == [0, 0, 0, 0, 0])
        let statistics = try PairStatistics(zero)
        #expect(statistics.conditionalAccuracy == nil && statistics.tasksNeverAccepted == 2)
        #expect(statistics.conditionalBand == 0...1)
        #expect(try AttemptCurve.exact(zero).best(Utility(falsePositive: 1)).attempts == 0)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}

struct VerdictGroupTests {
    private func row(_ run: String, _ seed: UInt64?, _ task: String, model: String = "m", tp: Int = 1) -> RunVerdicts {
        RunVerdicts(
            run: run, modelDigest: model, settingsDigest: "s", seed: seed,
            tally: .counts(task, tp, 1, 0, 2, unscored: 1))
    }

    @Test func modelsAreNeverAveraged() throws {
        let groups = try VerdictGroup.pool([row("a", 1, "t"), row("b", 2, "t"), row("c", 1, "t", model: "other")])
        #expect(groups.map(\.modelDigest) == ["m", "other"])
        #expect(groups[0].tasks == [.counts("t", 2, 2, 0, 4, unscored: 2)])
        #expect(groups[1].tasks == [.counts("t", 1, 1, 0, 2, unscored: 1)])
    }

    @Test func copiesOfASeedCountOnce() throws {
        let groups = try VerdictGroup.pool([row("a", 1, "t"), row("b", 1, "t", tp: 5), row("c", nil, "t")])
        #expect(groups[0].tasks == [.counts("t", 6, 2, 0, 4, unscored: 2)])
        #expect(groups[0].repeatedRuns == ["a"])
    }

    @Test func aTaskTwiceInOneRunIsRefused() {
        #expect(throws: ResamplingError.repeatedTask(run: "a", task: "t")) {
            try VerdictGroup.pool([row("a", 1, "t"), row("a", 1, "t")])
        }
    }
}
