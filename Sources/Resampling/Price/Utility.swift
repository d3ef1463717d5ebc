/// What the outcomes of a search are worth, in units of one right answer.
public struct Utility: Codable, Hashable, Sendable {
    /// Reward for a right answer.
    public var truePositive: Double
    /// Cost of a wrong answer that was accepted; 0 or more. The paper's ratio c where a right answer is worth 1.
    public var falsePositive: Double
    /// Cost of every sample drawn.
    public var sample: Double
    /// Value of giving no answer: what K = 0 earns, and every search that ends without an accepted sample.
    public var abstention: Double

    public init(truePositive: Double = 1, falsePositive: Double, sample: Double = 0, abstention: Double = 0) {
        self.truePositive = truePositive
        self.falsePositive = falsePositive
        self.sample = sample
        self.abstention = abstention
    }

    func validate() throws(ResamplingError) {
        let values = [truePositive, falsePositive, sample, abstention]
        guard values.allSatisfy({ $0.isFinite && abs($0) <= 1e12 }), falsePositive >= 0, sample >= 0 else {
            throw .invalidUtility(self)
        }
    }

    /// What one try is worth at a task whose samples are accepted and right, and accepted and wrong, this often.
    func valueOfTry(right: Double, wrong: Double) -> Double {
        truePositive * right - falsePositive * wrong - abstention * (right + wrong) - sample
    }
}

extension AttemptCurve {
    /// The expected reward of at most K tries, for K in 0...budget.
    public func rewards(_ utility: Utility) -> [Double] {
        truePositive.indices.map { attempts in
            let right = truePositive[attempts]
            let wrong = falsePositive[attempts]
            return utility.truePositive * right - utility.falsePositive * wrong - utility.sample * draws[attempts]
                + utility.abstention * (1 - right - wrong)
        }
    }

    /// The best number of tries within the budget, and what it earns. The smallest one where several earn the same, so
    /// that 0 means: better not to try.
    public func best(_ utility: Utility) -> (attempts: Int, reward: Double) {
        let rewards = rewards(utility)
        var best = 0
        // Rounding of the sums must not move the optimum along a plateau.
        for attempts in rewards.indices where rewards[attempts] > rewards[best] + 1e-12 { best = attempts }
        return (best, rewards[best])
    }

    /// Whether nothing is lost by going on to the end of the budget.
    public func isBestAtBudget(_ utility: Utility) -> Bool {
        let rewards = rewards(utility)
        return best(utility).attempts > 0 && (rewards.last ?? 0) >= best(utility).reward - 1e-12
    }
}
