/// Searches drawn one by one, following a policy: what a formula's reward should be within the error of the simulation.
public struct SearchSimulation: Sendable {
    public struct Result: Hashable, Sendable {
        /// Mean over the searches.
        public var reward: Double
        public var standardError: Double
        /// Samples drawn by a search, on average.
        public var draws: Double
        public var right: Int
        public var wrong: Int
        public var trials: Int
    }

    private let policy: StoppingPolicy
    private let random: CounterRandom

    /// A search is given up after this many samples, where the policy knows no end.
    public static let longestSearch = 100_000

    public init(policy: StoppingPolicy, seed: UInt64 = 0) {
        self.policy = policy
        random = CounterRandom(seed: seed)
    }

    /// The same seed gives the same searches, in whatever number they are asked for.
    public func run(trials: Int) -> Result {
        precondition(trials > 0, "no searches")
        let limit = limit
        var (sum, squares, draws, right, wrong) = (0.0, 0.0, 0, 0, 0)
        for trial in 0..<trials {
            var stream = random.stream(trial)
            let kind = kind(at: stream.uniform())
            let (drawn, outcome) = search(kind, limit: limit, &stream)
            let utility = policy.utility
            let value =
                outcome == .right
                ? utility.truePositive : outcome == .wrong ? -utility.falsePositive : utility.abstention
            let reward = value - utility.sample * Double(drawn)
            sum += reward
            squares += reward * reward
            draws += drawn
            if outcome == .right { right += 1 }
            if outcome == .wrong { wrong += 1 }
        }
        let size = Double(trials)
        let variance = max(0, squares / size - (sum / size) * (sum / size))
        return Result(
            reward: sum / size, standardError: (variance / size).squareRoot(), draws: Double(draws) / size,
            right: right,
            wrong: wrong, trials: trials)
    }

    private enum Outcome { case right, wrong, none }

    /// The policy asked once for each number of rejections.
    private var limit: Int {
        switch policy.plannedAttempts {
        case .abstain: 0
        case .attempts(let count), .beyond(let count): count
        case .unbounded: Self.longestSearch
        }
    }

    private func kind(at place: Double) -> StoppingPolicy.Kind {
        var total = 0.0
        for kind in policy.kinds {
            total += kind.share
            if place < total { return kind }
        }
        return policy.kinds[policy.kinds.count - 1]
    }

    private func search(
        _ kind: StoppingPolicy.Kind, limit: Int, _ stream: inout CounterRandom.Stream
    ) -> (drawn: Int, outcome: Outcome) {
        for drawn in 1...max(limit, 1) where drawn <= limit {
            let place = stream.uniform()
            if place < kind.right { return (drawn, .right) }
            if place < kind.right + kind.wrong { return (drawn, .wrong) }
        }
        return (limit, .none)
    }
}
