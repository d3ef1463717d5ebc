/// A metric at several k, as the verifier saw it and corrected for the verifier's errors.
public struct CorrectedCurve: Hashable, Sendable {
    public var metric: CorrectedMetric
    public var quality: VerifierQuality
    public var bootstrap: Bootstrap
    public var points: [CorrectedPoint]
}

public struct CorrectedPoint: Hashable, Sendable {
    public var k: Int
    /// As if every verdict were right.
    public var observed: Double
    /// The unbiased estimate, which noise may carry out of 0...1.
    public var raw: Double
    /// Over draws of the tasks and of both error rates. Cut to 0...1.
    public var interval: IntervalEstimate
    /// `raw` cut to 0...1.
    public var corrected: Double { min(max(raw, 0), 1) }
    /// Whether the interval covers all of 0...1: the verifier is too noisy for this k.
    public var saysNothing: Bool {
        guard case .bounds(let lower, let upper) = interval else { return false }
        return lower <= 0 && upper >= 1
    }
}

extension CorrectedCurve {
    /// Largest k of a corrected metric.
    public static let maximumK = 512

    /// Corrects `metric` for the errors of the verifier that accepted `correct` of the `scored` samples of each task.
    ///
    /// Assumes that the error rates are the same for all tasks. Where they are not (hard tasks may be easier to fool),
    /// pass@1 is corrected on average, and larger k are not.
    ///
    /// The interval is a bootstrap over tasks in which every resample also draws both error rates from what is known of
    /// them: Beta distributions of their counts with Jeffreys' prior.
    ///
    /// - Throws: ``ResamplingError/noBetterThanChance(sensitivity:specificity:)`` where sensitivity + specificity is at
    ///   most 1, or cannot be told from 1; ``ResamplingError/kAbove(_:limit:)`` above ``maximumK``.
    public init(
        of metric: CorrectedMetric,
        tasks: [TaskTotal],
        quality: VerifierQuality,
        at grid: [Int],
        bootstrap: Bootstrap = .standard
    ) throws(ResamplingError) {
        try Self.check(tasks, quality, grid)
        self.metric = metric
        self.quality = quality
        self.bootstrap = bootstrap
        let kinds = TaskKinds(tasks)
        let perfect = VerifierErrors(sensitivity: 1, specificity: 1)
        let resampled = kinds.resampled(metric, quality, grid, bootstrap)
        points = grid.indices.map { index in
            let k = grid[index]
            return CorrectedPoint(
                k: k,
                observed: kinds.mean {
                    metric.estimate(samples: $0.samples, accepted: $0.accepted, k: k, errors: perfect)
                },
                raw: kinds.mean {
                    metric.estimate(samples: $0.samples, accepted: $0.accepted, k: k, errors: quality.errors)
                },
                interval: bootstrap.percentileInterval(resampled.map { min(max($0[index], 0), 1) })
            )
        }
    }

    private static func check(
        _ tasks: [TaskTotal], _ quality: VerifierQuality, _ grid: [Int]
    ) throws(ResamplingError) {
        guard !tasks.isEmpty else { throw .noTasks }
        let largest = grid.max() ?? 1
        guard largest <= maximumK else { throw .kAbove(largest, limit: maximumK) }
        if let least = grid.min(), least < 1 { throw .invalidK(least) }
        for task in tasks { try task.validate() }
        let short = tasks.filter { $0.scored < largest }
        guard short.isEmpty else {
            throw .notEnoughSamples(k: largest, short: Array(short.prefix(10)), count: short.count)
        }
        // The lower ends of both intervals together: what cannot be told from chance corrects nothing.
        let low = quality.intervals
        guard quality.youden > 0, low.sensitivity.lowerBound + low.specificity.lowerBound > 1 else {
            throw .noBetterThanChance(sensitivity: quality.sensitivity, specificity: quality.specificity)
        }
    }
}

/// Tasks with equal counts, which share every estimate.
private struct TaskKinds {
    struct Kind: Hashable {
        var samples: Int
        var accepted: Int
    }

    private let kinds: [Kind]
    /// For each task the index of its kind.
    private let members: [Int]

    init(_ tasks: [TaskTotal]) {
        var indices: [Kind: Int] = [:]
        var kinds: [Kind] = []
        members = tasks.map { task in
            let kind = Kind(samples: task.scored, accepted: task.correct)
            if let index = indices[kind] { return index }
            indices[kind] = kinds.count
            kinds.append(kind)
            return kinds.count - 1
        }
        self.kinds = kinds
    }

    func mean(_ value: (Kind) -> Double) -> Double {
        let values = kinds.map(value)
        return members.reduce(0) { $0 + values[$1] } / Double(members.count)
    }

    /// The metric at every k in every resample of tasks and error rates.
    func resampled(
        _ metric: CorrectedMetric, _ quality: VerifierQuality, _ grid: [Int], _ bootstrap: Bootstrap
    ) -> [[Double]] {
        let draws = CounterRandom(seed: bootstrap.seed)
        let rates = CounterRandom(seed: bootstrap.seed ^ 0x5EED_0F7E_57ED)
        let profiles = grid.map { k in
            kinds.map { metric.profile(samples: $0.samples, accepted: $0.accepted, k: k) }
        }
        return (0..<bootstrap.resamples).compactMap { resample in
            var stream = rates.stream(resample)
            let errors = VerifierErrors(
                sensitivity: stream.rate(quality.acceptedRight, of: quality.right),
                specificity: stream.rate(quality.rejectedWrong, of: quality.wrong))
            guard errors.youden > 0 else { return nil }
            let weights = weights(draws.stream(resample))
            return zip(grid, profiles).map { k, profiles in
                let values = metric.values(k: k, errors: errors)
                return zip(profiles, weights).reduce(0) { sum, entry in
                    entry.1 == 0 ? sum : sum + entry.1 * CorrectedMetric.product(entry.0, values)
                }
            }
        }
    }

    private func weights(_ stream: CounterRandom.Stream) -> [Double] {
        var stream = stream
        var weights = Array(repeating: 0.0, count: kinds.count)
        let share = 1 / Double(members.count)
        for _ in members { weights[members[stream.index(below: UInt64(members.count))]] += share }
        return weights
    }
}
