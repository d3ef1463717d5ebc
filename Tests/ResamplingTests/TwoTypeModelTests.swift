import Foundation
import Resampling
import TestSupport
import Testing

struct TwoTypeModelTests {
    private static func model(_ name: String) throws -> TwoTypeModel {
        let (easy, hard, soundness) = name == "stylised" ? (0.87, 0.13, 0.75) : (0.87382, 0.13824, 0.7516)
        return try TwoTypeModel(
            easy: .init(share: 0.58, accuracy: easy), hard: .init(share: 0.42, accuracy: hard), soundness: soundness)
    }

    /// Cost ratio, best K, and the largest reward with the paper's reach factor and with the corrected one.
    @Test(arguments: [
        ("stylised", 0.7, 3, 0.5541, 0.5246), ("stylised", 1, 2, 0.4884, 0.4724), ("stylised", 2, 1, 0.3388, 0.3388),
        ("stylised", 4, 1, 0.1184, 0.1184), ("fitted", 0.7, 3, 0.5687, 0.5353), ("fitted", 1, 2, 0.5004, 0.4825),
        ("fitted", 2, 1, 0.3487, 0.3487), ("fitted", 4, 1, 0.1325, 0.1325),
    ])
    func publishedOptimaAgree(
        name: String, ratio: Double, attempts: Int, published: Double, corrected: Double
    ) throws {
        let model = try Self.model(name)
        let utility = Utility(falsePositive: ratio)
        // The fitted set is printed to five digits of beta, which leave half a unit of the fourth digit open.
        let tolerance = name == "stylised" ? 5e-5 : 2e-4
        for (reach, expected) in [(TwoTypeModel.ReachFactor.posterior, published), (.prior, corrected)] {
            let rewards = model.rewards(utility, upTo: 800, reach: reach)
            let best = try #require(rewards.max())
            #expect(abs(best - expected) < tolerance)
            #expect(rewards.firstIndex(of: best) == attempts)
        }
        let optimum = model.reward(utility).optimum
        #expect(optimum.attempts == .attempts(attempts))
        #expect(abs(optimum.reward - corrected) < tolerance)
        #expect(model.closedFormOptimum(utility) == .attempts(attempts))
    }

    @Test func atTenToOneNoTryPays() throws {
        for (name, first) in [("stylised", -0.5428), ("fitted", -0.5160)] {
            let model = try Self.model(name)
            let utility = Utility(falsePositive: 10)
            #expect(abs(model.rewards(utility, upTo: 1, reach: .posterior)[1] - first) < 2e-4)
            #expect(model.reward(utility).optimum.attempts == .abstain)
            #expect(model.closedFormOptimum(utility) == .abstain)
        }
    }

    @Test func closedFormEqualsTheSearchOverTries() throws {
        let model = try Self.model("stylised")
        let ratios = [0.60, 0.61, 0.7, 0.8, 1, 2, 4, 10]
        let found = ratios.map { model.closedFormOptimum(Utility(falsePositive: $0))?.magnitude }
        #expect(found == [5, 4, 3, 2, 2, 1, 1, 0])
        for ratio in stride(from: 0.599, through: 12, by: 0.037) {
            let utility = Utility(falsePositive: ratio)
            #expect(model.closedFormOptimum(utility) == model.reward(utility).optimum.attempts, "ratio \(ratio)")
        }
    }

    /// A verifier that accepts hard tasks more often than easy ones: losses die out first, and the first try loses.
    @Test func theFormulaSaysNothingWhereLossesDieOutFirst() throws {
        let model = try TwoTypeModel(
            easy: .init(share: 0.7, accuracy: 0.9), hard: .init(share: 0.3, accuracy: 0), completeness: 0.1,
            soundness: 0.2)
        let utility = Utility(falsePositive: 0.5)
        #expect(model.closedFormOptimum(utility) == nil)
        #expect(model.reward(utility).optimum.attempts == .unbounded)
    }

    @Test func belowTheSwitchTheBestNumberHasNoBound() throws {
        let stylised = try Self.model("stylised")
        #expect(abs(stylised.unboundedRatio - 0.5977) < 5e-5)
        #expect(abs(try Self.model("fitted").unboundedRatio - 0.6458) < 2e-4)
        for ratio in [0.0, 0.3, 0.5, 0.597] {
            let utility = Utility(falsePositive: ratio)
            #expect(stylised.closedFormOptimum(utility) == .unbounded)
            #expect(stylised.reward(utility).optimum.attempts == .unbounded)
        }
        // The limit of the series, sum p_i u_i / (1 - beta_i).
        let reward = stylised.reward(Utility(falsePositive: 0.5))
        #expect(abs(reward.reward(100_000) - reward.limit) < 1e-12)
    }

    @Test func rewardsWithBothReachFactorsEqualTheReference() throws {
        struct Row: Decodable {
            struct Reach: Decodable {
                var best: Int
                var reward: Double
            }
            var set: String
            var ratio: Double
            var prior: Reach
            var posterior: Reach
        }
        let data = try Data(contentsOf: Places.fixture("resampling/two_type.json"))
        for row in try JSONDecoder().decode([Row].self, from: data) where row.set == "stylised" {
            let model = try Self.model(row.set)
            let utility = Utility(falsePositive: row.ratio)
            for (reach, expected) in [(TwoTypeModel.ReachFactor.prior, row.prior), (.posterior, row.posterior)] {
                let rewards = model.rewards(utility, upTo: 800, reach: reach)
                #expect(abs(try #require(rewards.max()) - expected.reward) < 1e-12)
            }
            #expect(
                abs(model.reward(utility).reward(800) - model.rewards(utility, upTo: 800, reach: .prior)[800]) < 1e-12)
        }
    }

    @Test func parametersComeBackFromVerdicts() throws {
        let tasks = MadeUp.twoTypes(tasks: 400, samples: 200, seed: 9)
        let model = try TwoTypeModel.estimated(from: tasks)
        #expect(model.easy.share == 0.5)
        #expect(abs(model.easy.accuracy - 0.85) < 0.01 && abs(model.hard.accuracy - 0.04) < 0.01)
        #expect(abs(model.soundness - 0.8) < 0.01)
        #expect(throws: ResamplingError.oneType(easy: 1, tasks: 1)) {
            try TwoTypeModel.estimated(from: [.counts("a", 4, 0, 0, 0)])
        }
        #expect(throws: ResamplingError.self) {
            try TwoTypeModel(
                easy: .init(share: 0.5, accuracy: 0.2), hard: .init(share: 0.5, accuracy: 0.4), soundness: 1)
        }
    }

    @Test func costsOfSamplesBoundTheTries() throws {
        let model = try Self.model("stylised")
        let free = model.reward(Utility(falsePositive: 0.3)).optimum.attempts
        let priced = model.reward(Utility(falsePositive: 0.3, sample: 0.1)).optimum.attempts
        #expect(free == .unbounded)
        #expect(priced.magnitude < 10 && priced.magnitude > 0)
        // Abstaining that pays more than any try could.
        #expect(model.reward(Utility(falsePositive: 0, abstention: 1.5)).optimum.attempts == .abstain)
    }
}

struct StoppingPolicyTests {
    private func model() throws -> TwoTypeModel {
        try TwoTypeModel(
            easy: .init(share: 0.58, accuracy: 0.87), hard: .init(share: 0.42, accuracy: 0.13), soundness: 0.75)
    }

    /// The policy, followed, draws as many samples as the best limit allows.
    @Test(arguments: [0.6, 0.61, 0.7, 0.8, 1, 2, 4, 10])
    func policyStopsAtTheBestNumberOfTries(ratio: Double) throws {
        let model = try model()
        let utility = Utility(falsePositive: ratio)
        let policy = try StoppingPolicy(model, utility: utility)
        var rejections = 0
        while policy.decision(afterRejections: rejections).samplesAgain, rejections < 100 { rejections += 1 }
        #expect(Double(rejections) == model.closedFormOptimum(utility)?.magnitude)
        #expect(policy.plannedAttempts == model.closedFormOptimum(utility))
    }

    @Test func beliefFollowsBayes() throws {
        let policy = try StoppingPolicy(model(), utility: Utility(falsePositive: 1))
        let belief = try #require(policy.posterior(afterRejections: 1))
        let easy = 0.58 * 0.0975
        let hard = 0.42 * 0.6525
        #expect(abs(belief[0] - easy / (easy + hard)) < 1e-15)
        let chance = try #require(policy.chanceRight(acceptedAfterRejections: 0))
        let right = 0.58 * 0.87 + 0.42 * 0.13
        let wrong = 0.58 * 0.0325 + 0.42 * 0.2175
        #expect(abs(chance - right / (right + wrong)) < 1e-15)
        let late = try #require(policy.chanceRight(acceptedAfterRejections: 5))
        #expect(late < chance)
    }

    @Test func budgetEndsTheSearch() throws {
        let policy = try StoppingPolicy(model(), utility: Utility(falsePositive: 0), budget: 3)
        #expect(policy.plannedAttempts == .attempts(3))
        #expect(policy.decision(afterRejections: 2).samplesAgain)
        #expect(!policy.decision(afterRejections: 3).samplesAgain)
    }

    @Test func tasksOfEarlierRunsMakeAPolicy() throws {
        let tasks = MadeUp.twoTypes(tasks: 100, samples: 64, seed: 3)
        let careful = try StoppingPolicy(tasks, utility: Utility(falsePositive: 2)).plannedAttempts
        let free = try StoppingPolicy(tasks, utility: Utility(falsePositive: 0)).plannedAttempts
        #expect(careful.magnitude <= 5 && careful != .abstain)
        #expect(free == .unbounded)
    }

    @Test func impossibleKindsAreRefused() {
        let kind = StoppingPolicy.Kind(share: 0.5, right: 0.5, wrong: 0.1)
        for kinds in [
            [], [kind], [kind, .init(share: 0.5, right: 0.9, wrong: 0.2)], [.init(share: .nan, right: 0, wrong: 0)],
        ] {
            #expect(throws: ResamplingError.invalidKinds) {
                try StoppingPolicy(kinds: kinds, utility: Utility(falsePositive: 1))
            }
        }
        #expect(throws: ResamplingError.self) {
            try StoppingPolicy(kinds: [kind, kind], utility: Utility(falsePositive: -1))
        }
    }
}

struct GeometricRewardTests {
    /// Random mixtures: the search for the optimum finds what trying every number up to 3,000 finds.
    @Test func optimumEqualsEnumeration() {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let terms = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                GeometricReward.Term(
                    rejection: Double.random(in: 0...0.98, using: &generator),
                    value: Double.random(in: -1...1, using: &generator))
            }
            let reward = GeometricReward(base: 0, terms: terms)
            let values = (0...3000).map { reward.reward($0) }
            let best = values.max() ?? 0
            let optimum = reward.optimum
            #expect(abs(optimum.reward - best) < 1e-9, "seed \(seed)")
            if case .attempts(let count) = optimum.attempts {
                #expect(abs(values[count] - best) < 1e-9, "seed \(seed)")
            }
        }
    }
}
