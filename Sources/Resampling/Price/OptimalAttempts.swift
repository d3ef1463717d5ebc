/// The best limit for the number of tries, where no budget bounds it.
public enum OptimalAttempts: Codable, Hashable, Sendable, CustomStringConvertible {
    /// No try at all is best.
    case abstain
    case attempts(Int)
    /// Every further try adds to the reward.
    case unbounded
    /// Further tries still add to the reward after this many, and at some point will cost: where was not searched.
    case beyond(Int)

    public var description: String {
        switch self {
        case .abstain: "0"
        case .attempts(let count): String(count)
        case .unbounded: "∞"
        case .beyond(let count): ">\(count)"
        }
    }

    /// For comparisons; infinity where there is no bound.
    public var magnitude: Double {
        switch self {
        case .abstain: 0
        case .attempts(let count), .beyond(let count): Double(count)
        case .unbounded: .infinity
        }
    }
}

/// The reward of K independent tries at tasks of several kinds, as a sum of geometric series:
/// R(K) = base + sum_i v_i (1 + x_i + … + x_i^(K-1)).
///
/// Kind i has a share of all tasks, rejects a sample with probability x_i, and v_i is its share times what one try
/// there is worth. The K-th try happens where K - 1 samples were rejected, hence the powers.
public struct GeometricReward: Hashable, Sendable {
    public struct Term: Hashable, Sendable {
        /// x, in 0...1.
        public var rejection: Double
        /// v: share of tasks times the value of one try.
        public var value: Double

        public init(rejection: Double, value: Double) {
            self.rejection = rejection
            self.value = value
        }
    }

    /// What no try earns.
    public var base: Double
    public private(set) var terms: [Term]

    /// Tries that ``optimum`` looks at.
    public static let searchLimit = 100_000

    /// Terms with equal rejection are added up.
    public init(base: Double, terms: [Term]) {
        self.base = base
        var sums: [Double: Double] = [:]
        for term in terms.sorted(by: { ($0.rejection, $0.value) < ($1.rejection, $1.value) }) {
            sums[term.rejection, default: 0] += term.value
        }
        self.terms = sums.map { Term(rejection: $0.key, value: $0.value) }.filter { $0.value != 0 }
            .sorted { $0.rejection > $1.rejection }
    }

    /// Each task of `tasks` as a kind of its own, with the shares that were observed.
    public init(_ tasks: [VerdictTally], utility: Utility) throws(ResamplingError) {
        try utility.validate()
        guard !tasks.isEmpty else { throw .noTasks }
        for task in tasks { try task.validateNotEmpty() }
        let terms = AttemptKind.counts(tasks).map { kind, count in
            let size = Double(kind.samples)
            let right = Double(kind.right) / size
            let wrong = Double(kind.accepted - kind.right) / size
            let share = Double(count) / Double(tasks.count)
            return Term(
                rejection: Double(kind.samples - kind.accepted) / size,
                value: share * utility.valueOfTry(right: right, wrong: wrong))
        }
        self.init(base: utility.abstention, terms: terms)
    }

    /// What the K-th try adds, K from 1.
    public func gain(ofTry number: Int) -> Double {
        terms.reduce(0) { $0 + $1.value * power($1.rejection, number - 1) }
    }

    public func reward(_ attempts: Int) -> Double {
        terms.reduce(base) { $0 + $1.value * series($1.rejection, attempts) }
    }

    /// The limit of ``reward(_:)``; infinite where a task that is never accepted costs something.
    public var limit: Double {
        terms.reduce(base) { $0 + ($1.rejection == 1 ? $1.value * .infinity : $1.value / (1 - $1.rejection)) }
    }

    /// The limit for the number of tries that earns most, and what it earns.
    ///
    /// The kind that rejects most decides the sign of late gains; from where it outweighs the others the reward only
    /// rises, or only falls, and the search ends there. A result of floating point alone, such as a sum that stops
    /// growing, is therefore never taken for an optimum.
    public var optimum: (attempts: OptimalAttempts, reward: Double) {
        guard let leading = terms.first else { return (.abstain, base) }
        var best = (attempts: 0, reward: base)
        var sum = base
        let settled = settledTry
        for number in 1...max(settled, 1) {
            sum += gain(ofTry: number)
            if sum > best.reward { best = (number, sum) }
        }
        if settled == Self.searchLimit && best.attempts == settled { return (.beyond(settled), best.reward) }
        if leading.value > 0 && limit > best.reward { return (.unbounded, limit) }
        return (best.attempts == 0 ? .abstain : .attempts(best.attempts), best.reward)
    }

    /// The first try from which on gains have the sign of the leading term.
    private var settledTry: Int {
        guard let leading = terms.first else { return 1 }
        let against = terms.dropFirst().filter { ($0.value > 0) != (leading.value > 0) }
        func isSettled(_ number: Int) -> Bool {
            let opposed = against.reduce(0) {
                $0 + abs($1.value) * power($1.rejection / leading.rejection, number - 1)
            }
            return opposed <= abs(leading.value)
        }
        if isSettled(1) { return 1 }
        guard isSettled(Self.searchLimit) else { return Self.searchLimit }
        var (low, high) = (1, Self.searchLimit)
        while high - low > 1 {
            let middle = (low + high) / 2
            if isSettled(middle) { high = middle } else { low = middle }
        }
        return high
    }
}

/// x^n for n from 0, by squaring: the same bits on every machine.
func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, left) = (1.0, base, exponent)
    while left > 0 {
        if left & 1 == 1 { result *= factor }
        factor *= factor
        left >>= 1
    }
    return result
}

/// 1 + x + … + x^(n-1).
func series(_ ratio: Double, _ count: Int) -> Double {
    guard ratio < 1 else { return Double(count) }
    // Adding up keeps the digits of a short series; a long one has the same ones in closed form.
    guard count <= 1000 else { return (1 - power(ratio, count)) / (1 - ratio) }
    var (sum, term) = (0.0, 1.0)
    for _ in 0..<count {
        sum += term
        term *= ratio
    }
    return sum
}
