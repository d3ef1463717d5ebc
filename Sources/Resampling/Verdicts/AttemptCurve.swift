/// What comes of at most K tries that stop at the first sample which the weak verifier accepts, for every K of a
/// budget.
///
/// Every array has budget + 1 entries; entry K belongs to a budget of K tries, and entry 0 to none. A reward is a
/// linear combination of the three (``Utility``).
public struct AttemptCurve: Hashable, Sendable {
    /// Chance of stopping at a right sample.
    public var truePositive: [Double]
    /// Chance of stopping at a wrong one.
    public var falsePositive: [Double]
    /// Expected number of samples drawn.
    public var draws: [Double]

    public var budget: Int { truePositive.count - 1 }

    /// Accuracy at K where an answer that nobody gave counts as wrong: the chance of stopping at a right sample.
    public func accuracy(at attempts: Int) -> Double { truePositive[attempts] }

    /// Largest budget that a curve may have.
    public static let maximumBudget = 1_000_000

    init(budget: Int) {
        truePositive = Array(repeating: 0, count: budget + 1)
        falsePositive = truePositive
        draws = truePositive
    }
}

extension AttemptCurve {
    /// The curve of the samples at hand, exactly: the mean over tasks, and over all orders of each task's samples.
    ///
    /// The first accepted sample of n, B of them accepted, stands beyond position K in a share C(n-B, K) / C(n, K) of
    /// all orders, and it is right in G of B. For samples that are independent this is an unbiased estimate of (g / q)
    /// (1 - (1 - q)^K). Cost: one step for each task and try.
    ///
    /// - Parameter budget: the most tries; nil takes the number of samples of the shortest task.
    /// - Throws: ``ResamplingError/notEnoughSamples(k:short:count:)`` where a task has fewer samples than the budget.
    public static func exact(_ tasks: [VerdictTally], budget: Int? = nil) throws(ResamplingError) -> AttemptCurve {
        let budget = try checkedBudget(tasks, budget)
        var curve = AttemptCurve(budget: budget)
        for (kind, weight) in AttemptKind.counts(tasks) {
            curve.add(kind, weight: Double(weight) / Double(tasks.count), survival: kind.survival(through: budget))
        }
        return curve
    }

    /// The curve of independent samples with the observed shares: (g / q) (1 - (1 - q)^K). It goes beyond the number
    /// of samples, and is biased where that number is small.
    public static func extrapolated(_ tasks: [VerdictTally], budget: Int) throws(ResamplingError) -> AttemptCurve {
        guard !tasks.isEmpty else { throw .noTasks }
        for task in tasks { try task.validateNotEmpty() }
        guard budget >= 0 else { throw .invalidK(budget) }
        guard budget <= maximumBudget else { throw .kAbove(budget, limit: maximumBudget) }
        var curve = AttemptCurve(budget: budget)
        for (kind, weight) in AttemptKind.counts(tasks) {
            let rejection = 1 - Double(kind.accepted) / Double(kind.samples)
            var survival = [1.0]
            for _ in 0..<budget { survival.append(survival[survival.count - 1] * rejection) }
            curve.add(kind, weight: Double(weight) / Double(tasks.count), survival: survival)
        }
        return curve
    }

    /// The curve by shuffling each task's samples and looking for the first accepted one: what the paper does, and a
    /// check of ``exact(_:budget:)`` that shares no formula with it.
    ///
    /// Cost: n / (B + 1) random numbers for each task and shuffle.
    public static func shuffled(
        _ tasks: [VerdictTally],
        budget: Int? = nil,
        shuffles: Int = 1000,
        seed: UInt64 = 0
    ) throws(ResamplingError) -> AttemptCurve {
        let budget = try checkedBudget(tasks, budget)
        guard (1...1_000_000).contains(shuffles) else { throw .invalidShuffles(shuffles) }
        var stops = StopCounts(budget: budget)
        let random = CounterRandom(seed: seed)
        for (index, task) in tasks.enumerated() where task.accepted > 0 {
            var stream = random.stream(index)
            for _ in 0..<shuffles { stops.shuffle(task, &stream) }
        }
        return stops.curve(orders: Double(tasks.count) * Double(shuffles))
    }

    static func checkedBudget(_ tasks: [VerdictTally], _ budget: Int?) throws(ResamplingError) -> Int {
        guard !tasks.isEmpty else { throw .noTasks }
        for task in tasks { try task.validateNotEmpty() }
        let fewest = tasks.reduce(Int.max) { min($0, $1.samples) }
        let budget = budget ?? min(fewest, maximumBudget)
        guard budget >= 1 else { throw .invalidK(budget) }
        guard budget <= maximumBudget else { throw .kAbove(budget, limit: maximumBudget) }
        let short = tasks.filter { $0.samples < budget }
        guard short.isEmpty else {
            let totals = short.prefix(10).map {
                TaskTotal(task: $0.task, scored: $0.samples, correct: 0, unscored: $0.unscored)
            }
            throw .notEnoughSamples(k: budget, short: totals, count: short.count)
        }
        return budget
    }

    fileprivate mutating func add(_ kind: AttemptKind, weight: Double, survival: [Double]) {
        let right = kind.accepted > 0 ? Double(kind.right) / Double(kind.accepted) : 0
        var drawn = 0.0
        for attempts in 1...max(budget, 1) where attempts <= budget {
            drawn += survival[attempts - 1]
            let stopped = 1 - survival[attempts]
            truePositive[attempts] += weight * right * stopped
            falsePositive[attempts] += weight * (1 - right) * stopped
            draws[attempts] += weight * drawn
        }
    }
}

/// Tasks with equal n, B and G behave alike: large sets have few kinds.
struct AttemptKind: Hashable, Comparable {
    var samples: Int
    var accepted: Int
    /// Right ones among the accepted: G.
    var right: Int

    init(_ task: VerdictTally) {
        samples = task.samples
        accepted = task.accepted
        right = task.truePositives
    }

    static func < (first: Self, second: Self) -> Bool {
        (first.samples, first.accepted, first.right) < (second.samples, second.accepted, second.right)
    }

    /// In ascending order, so that sums do not depend on the order of a dictionary.
    static func counts(_ tasks: [VerdictTally]) -> [(kind: AttemptKind, count: Int)] {
        Dictionary(tasks.map { (AttemptKind($0), 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
            .map { (kind: $0.key, count: $0.value) }
    }

    /// C(n-B, j) / C(n, j) for j in 0...budget: the chance that none of j samples is accepted.
    func survival(through budget: Int) -> [Double] {
        var survival = [1.0]
        survival.reserveCapacity(budget + 1)
        for drawn in 0..<budget {
            let left = max(samples - accepted - drawn, 0)
            survival.append(survival[drawn] * (Double(left) / Double(max(samples - drawn, 1))))
        }
        return survival
    }
}

/// Where shuffled samples stopped.
private struct StopCounts {
    var truePositive: [Int]
    var falsePositive: [Int]

    init(budget: Int) {
        truePositive = Array(repeating: 0, count: budget + 1)
        falsePositive = truePositive
    }

    /// Walks through one order of the task's samples; samples of a kind need not be told apart.
    mutating func shuffle(_ task: VerdictTally, _ stream: inout CounterRandom.Stream) {
        for position in 1..<truePositive.count {
            let pick = stream.index(below: UInt64(task.samples - position + 1))
            guard pick < task.accepted else { continue }
            if pick < task.truePositives { truePositive[position] += 1 } else { falsePositive[position] += 1 }
            return
        }
    }

    func curve(orders: Double) -> AttemptCurve {
        var curve = AttemptCurve(budget: truePositive.count - 1)
        // Tasks that never stop draw the whole budget.
        var (right, wrong, drawn) = (0, 0, 0.0)
        for attempts in 1..<truePositive.count {
            drawn += 1 - Double(right + wrong) / orders
            right += truePositive[attempts]
            wrong += falsePositive[attempts]
            curve.truePositive[attempts] = Double(right) / orders
            curve.falsePositive[attempts] = Double(wrong) / orders
            curve.draws[attempts] = drawn
        }
        return curve
    }
}

extension VerdictTally {
    func validateNotEmpty() throws(ResamplingError) {
        try validate()
        guard samples > 0 else { throw .emptyTask(task) }
    }
}
