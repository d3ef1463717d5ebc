internal import Foundation

/// The paper's model of why resampling stops paying: easy tasks and hard ones, which nobody can tell apart in advance.
///
/// Type i has a share p_i of the tasks and a chance r_i that a sample is right. The verifier accepts a right sample
/// with probability C (completeness) and rejects a wrong one with probability s (soundness). Then, for one try, corr_i
/// = C r_i, fluke_i = (1 - r_i)(1 - s) and beta_i = (1 - C) r_i + s (1 - r_i), the chance of a rejection.
public struct TwoTypeModel: Codable, Hashable, Sendable {
    public struct TaskType: Codable, Hashable, Sendable {
        /// p.
        public var share: Double
        /// r.
        public var accuracy: Double

        public init(share: Double, accuracy: Double) {
            self.share = share
            self.accuracy = accuracy
        }
    }

    public var easy: TaskType
    public var hard: TaskType
    /// C.
    public var completeness: Double
    /// s.
    public var soundness: Double

    /// - Throws: ``ResamplingError/invalidModel(_:)`` unless all are probabilities, the shares add up to 1 within 1e-6,
    ///   and the easy type is the easier one.
    public init(
        easy: TaskType, hard: TaskType, completeness: Double = 1, soundness: Double
    ) throws(ResamplingError) {
        self.easy = easy
        self.hard = hard
        self.completeness = completeness
        self.soundness = soundness
        let values = [easy.share, easy.accuracy, hard.share, hard.accuracy, completeness, soundness]
        guard values.allSatisfy({ (0...1).contains($0) }), abs(easy.share + hard.share - 1) <= 1e-6,
            easy.accuracy >= hard.accuracy
        else { throw .invalidModel(self) }
    }

    public var types: [TaskType] { [easy, hard] }

    public func rejection(_ type: TaskType) -> Double {
        (1 - completeness) * type.accuracy + soundness * (1 - type.accuracy)
    }

    /// Chance of a sample that is accepted and right.
    public func correct(_ type: TaskType) -> Double { completeness * type.accuracy }

    /// Chance of a sample that is accepted and wrong.
    public func fluke(_ type: TaskType) -> Double { (1 - type.accuracy) * (1 - soundness) }

    /// What one try at a task of this type is worth: u.
    public func valueOfTry(_ type: TaskType, _ utility: Utility) -> Double {
        utility.valueOfTry(right: correct(type), wrong: fluke(type))
    }

    /// Shares of the two types among tasks whose first `rejections` samples were rejected:
    /// beta_i^k p_i / sum_j beta_j^k p_j. Nil where such a task cannot be.
    public func posterior(afterRejections rejections: Int) -> [Double]? {
        StoppingPolicy.normalized(types.map { $0.share * power(rejection($0), rejections) })
    }
}

// MARK: - Reward

extension TwoTypeModel {
    /// How likely the K-th try is to happen.
    public enum ReachFactor: String, Codable, Hashable, Sendable, CaseIterable {
        /// sum_i beta_i^(k-1) p_i: weighted with the shares that the types have before the first try, as it must be.
        case prior
        /// sum_i beta_i^(k-1) p_i^(k): weighted with the shares after k - 1 rejections, as the paper's code does. It
        /// overstates rewards; the sign of a gain, and so the best K, it leaves as it is.
        case posterior
    }

    /// The reward of K tries as a sum of two geometric series, with the corrected reach factor.
    public func reward(_ utility: Utility) -> GeometricReward {
        GeometricReward(
            base: utility.abstention,
            terms: types.map { .init(rejection: rejection($0), value: $0.share * valueOfTry($0, utility)) })
    }

    /// Rewards of 0...limit tries, try by try, with either reach factor: the paper's computation.
    public func rewards(_ utility: Utility, upTo limit: Int, reach: ReachFactor) -> [Double] {
        var rewards = [utility.abstention]
        for number in 0..<min(max(limit, 0), AttemptCurve.maximumBudget) {
            guard let belief = posterior(afterRejections: number) else { break }
            let value = zip(types, belief).reduce(0) { $0 + $1.1 * valueOfTry($1.0, utility) }
            let weights = reach == .prior ? types.map(\.share) : belief
            let reached = zip(types, weights).reduce(0) { $0 + $1.1 * power(rejection($1.0), number) }
            rewards.append(rewards[number] + value * reached)
        }
        return rewards
    }

    /// The best K in closed form.
    ///
    /// With u_1 > 0 > u_2: 0 unless p_1 u_1 > p_2 |u_2|, and otherwise
    /// 1 + floor(ln(p_1 u_1 / (p_2 |u_2|)) / ln(beta_2 / beta_1)). With u_2 >= 0 and u_1 >= 0 there is no bound, and
    /// with both negative no try. Nil in the cases that the formula does not cover (``GeometricReward/optimum`` does):
    /// equal types, a hard type that pays where the easy one does not, a verifier that accepts hard tasks more often than
    /// easy ones, or a reward that stays on a plateau.
    public func closedFormOptimum(_ utility: Utility) -> OptimalAttempts? {
        let (first, second) = (valueOfTry(easy, utility), valueOfTry(hard, utility))
        let gain = easy.share * first
        let loss = -hard.share * second
        if first <= 0 && second <= 0 { return .abstain }
        guard first > 0 else { return nil }
        if second >= 0 { return .unbounded }
        guard rejection(hard) >= rejection(easy) else { return nil }
        guard gain > loss else { return .abstain }
        let (low, high) = (rejection(easy), rejection(hard))
        guard low > 0, high > low, loss > 0 else { return nil }
        let steps = log(gain / loss) / log(high / low)
        guard steps.isFinite, steps < 1e9 else { return nil }
        // A gain of exactly nothing at a whole number of steps is not worth the try.
        let whole = steps.rounded(.down)
        return .attempts(whole == steps ? max(Int(whole), 1) : 1 + Int(whole))
    }

    /// The cost ratio at which the best K loses its bound: below it even tries at hard tasks pay.
    /// r_2 C / ((1 - r_2)(1 - s)); infinite where nothing wrong is accepted.
    public var unboundedRatio: Double {
        fluke(hard) > 0 ? correct(hard) / fluke(hard) : .infinity
    }
}

// MARK: - Parameters from verdicts

extension TwoTypeModel {
    /// The paper's estimates: a task is easy where more than half of its samples are right; r_i and p_i are the mean
    /// and the share of each half; s is the share of rejections among wrong samples, from means over tasks.
    ///
    /// - Parameter completeness: 1 in the paper, which drops tasks with false negatives; nil estimates it as the share of
    ///   right samples that are accepted.
    /// - Throws: ``ResamplingError/oneType(easy:tasks:)`` where all tasks are easy or all are hard, and
    ///   ``ResamplingError/noWrongSamples`` where soundness cannot be seen.
    public static func estimated(
        from tasks: [VerdictTally],
        completeness: Double? = 1
    ) throws(ResamplingError) -> TwoTypeModel {
        guard !tasks.isEmpty else { throw .noTasks }
        for task in tasks { try task.validateNotEmpty() }
        let accuracies = tasks.compactMap(\.singleSampleAccuracy)
        let (easy, hard) = (accuracies.filter { $0 > 0.5 }, accuracies.filter { $0 <= 0.5 })
        guard !easy.isEmpty, !hard.isEmpty else { throw .oneType(easy: easy.count, tasks: tasks.count) }
        func mean(_ value: (VerdictTally) -> Int) -> Double {
            tasks.reduce(0) { $0 + Double(value($1)) / Double($1.samples) } / Double(tasks.count)
        }
        let wrong = mean { $0.falsePositives + $0.trueNegatives }
        guard wrong > 0 else { throw .noWrongSamples }
        let right = mean(\.right)
        return try TwoTypeModel(
            easy: TaskType(share: Double(easy.count) / Double(tasks.count), accuracy: average(easy)),
            hard: TaskType(share: Double(hard.count) / Double(tasks.count), accuracy: average(hard)),
            completeness: completeness ?? (right > 0 ? min(1, mean(\.truePositives) / right) : 1),
            soundness: min(1, mean(\.trueNegatives) / wrong))
    }

    private static func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
