/// "Sample again or stop?", for an application that draws samples until its verifier accepts one.
///
/// A value without state: the application counts rejections and asks. The policy knows what tasks there may be (their
/// kinds and shares), forms the belief after every rejection by Bayes' rule, and compares all numbers of further tries.
///
///     let policy = try StoppingPolicy(model, utility: Utility(falsePositive: 4))
///     var rejections = 0
///     while policy.decision(afterRejections: rejections).samplesAgain {
///         if verifier.accepts(generator.sample()) { return answer }
///         rejections += 1
///     }
public struct StoppingPolicy: Hashable, Sendable {
    /// A kind of task: how common it is, and what one sample of it does.
    public struct Kind: Hashable, Sendable {
        public var share: Double
        /// Chance of a sample that is accepted and right.
        public var right: Double
        /// Chance of a sample that is accepted and wrong.
        public var wrong: Double

        public init(share: Double, right: Double, wrong: Double) {
            self.share = share
            self.right = right
            self.wrong = wrong
        }

        var rejection: Double { max(0, 1 - right - wrong) }
    }

    public enum Decision: Hashable, Sendable {
        /// Draw another sample, and plan to stop after `further` more at most.
        ///
        /// - gain: what following the policy from here is worth, over stopping now.
        case sample(gain: Double, further: OptimalAttempts)
        case stop

        public var samplesAgain: Bool { self != .stop }
    }

    public let kinds: [Kind]
    public let utility: Utility
    /// The most samples that may be drawn; nil where only the reward decides.
    public let budget: Int?

    /// Kinds of task that a policy may know.
    public static let maximumKinds = 100_000

    /// - Throws: ``ResamplingError/invalidKinds`` unless shares and chances are probabilities and the shares add up to 1.
    public init(kinds: [Kind], utility: Utility, budget: Int? = nil) throws(ResamplingError) {
        try utility.validate()
        let total = kinds.reduce(0) { $0 + $1.share }
        let arePossible = kinds.allSatisfy {
            [$0.share, $0.right, $0.wrong].allSatisfy { (0...1).contains($0) } && $0.right + $0.wrong <= 1 + 1e-9
        }
        guard !kinds.isEmpty, kinds.count <= Self.maximumKinds, arePossible, abs(total - 1) <= 1e-6 else {
            throw .invalidKinds
        }
        if let budget, budget < 0 { throw .invalidK(budget) }
        self.kinds = kinds
        self.utility = utility
        self.budget = budget
    }

    public init(_ model: TwoTypeModel, utility: Utility, budget: Int? = nil) throws(ResamplingError) {
        let kinds = model.types.map { Kind(share: $0.share, right: model.correct($0), wrong: model.fluke($0)) }
        try self.init(kinds: kinds, utility: utility, budget: budget)
    }

    /// Tasks like those of earlier runs, each with the shares that were observed there.
    ///
    /// One pseudo-sample, split like the mean of all tasks, is added to each: n rejections in n samples do not prove
    /// that a task can never be accepted.
    public init(_ tasks: [VerdictTally], utility: Utility, budget: Int? = nil) throws(ResamplingError) {
        guard !tasks.isEmpty else { throw .noTasks }
        for task in tasks { try task.validateNotEmpty() }
        let size = Double(tasks.count)
        let right = tasks.reduce(0) { $0 + Double($1.truePositives) / Double($1.samples) } / size
        let wrong = tasks.reduce(0) { $0 + Double($1.falsePositives) / Double($1.samples) } / size
        let kinds = AttemptKind.counts(tasks).map { kind, count in
            let samples = Double(kind.samples) + 1
            return Kind(
                share: Double(count) / size,
                right: (Double(kind.right) + right) / samples,
                wrong: (Double(kind.accepted - kind.right) + wrong) / samples)
        }
        try self.init(kinds: kinds, utility: utility, budget: budget)
    }

    /// Whether to draw another sample after `rejections` samples of the task were rejected.
    ///
    /// Cost: a search over numbers of tries, each one step for each kind; nearly always a few.
    public func decision(afterRejections rejections: Int) -> Decision {
        let left = budget.map { $0 - rejections } ?? Int.max
        guard rejections >= 0, left > 0, let belief = posterior(afterRejections: rejections) else { return .stop }
        let reward = GeometricReward(
            base: 0,
            terms: zip(kinds, belief).map { kind, share in
                .init(rejection: kind.rejection, value: share * value(of: kind))
            })
        let best = left == Int.max ? reward.optimum : Self.best(reward, within: left)
        guard best.attempts != .abstain, best.reward > 0 else { return .stop }
        return .sample(gain: best.reward, further: best.attempts)
    }

    /// The shares of the kinds among tasks whose first samples were all rejected; nil where there is no such task.
    public func posterior(afterRejections rejections: Int) -> [Double]? {
        Self.normalized(kinds.map { $0.share * power($0.rejection, rejections) })
    }

    /// The chance that a sample which is accepted after `rejections` others were not is right; nil where none can be.
    public func chanceRight(acceptedAfterRejections rejections: Int) -> Double? {
        guard let belief = posterior(afterRejections: rejections) else { return nil }
        let right = zip(kinds, belief).reduce(0) { $0 + $1.1 * $1.0.right }
        let wrong = zip(kinds, belief).reduce(0) { $0 + $1.1 * $1.0.wrong }
        return right + wrong > 0 ? right / (right + wrong) : nil
    }

    /// The number of tries that the policy allows, seen before the first one.
    public var plannedAttempts: OptimalAttempts {
        guard case .sample(_, let further) = decision(afterRejections: 0) else { return .abstain }
        return further
    }

    private func value(of kind: Kind) -> Double { utility.valueOfTry(right: kind.right, wrong: kind.wrong) }

    private static func best(_ reward: GeometricReward, within left: Int) -> (attempts: OptimalAttempts, reward: Double)
    {
        var (best, sum) = ((attempts: OptimalAttempts.abstain, reward: 0.0), 0.0)
        for number in 1...min(left, GeometricReward.searchLimit) {
            sum += reward.gain(ofTry: number)
            if sum > best.reward { best = (.attempts(number), sum) }
        }
        return best
    }

    static func normalized(_ weights: [Double]) -> [Double]? {
        let total = weights.reduce(0, +)
        return total > 0 ? weights.map { $0 / total } : nil
    }
}
