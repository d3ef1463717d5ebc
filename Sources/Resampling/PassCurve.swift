/// pass@k or pass^k of a group, at several k.
public struct PassCurve: Hashable, Sendable {
    public var metric: PassMetric
    public var unscored: UnscoredPolicy
    public var bootstrap: Bootstrap
    public var taskCount: Int
    /// n over all tasks, under the policy.
    public var sampleCount: Int
    /// In ascending order of k.
    public var points: [PassPoint]
}

/// A curve at one k.
public struct PassPoint: Hashable, Sendable {
    public var k: Int
    /// The mean over tasks of the unbiased estimates.
    public var estimate: Double
    public var interval: IntervalEstimate
    /// Standard error of the mean, tasks being a random choice: sqrt(sum of squared deviations / (T (T - 1))). Nil with
    /// one task.
    public var standardError: Double?
    /// The part of the error that more samples of the same tasks would take away.
    ///
    /// The root of an unbiased estimate of the variance, with the tasks held fixed. Nil where a task has fewer than 2k
    /// samples, and where the estimate comes out negative.
    public var samplingError: Double?
}

extension PassCurve {
    /// Values of k that one curve may have.
    public static let maximumPoints = 1024

    /// 1, 2, 4, … as far as every task has that many samples. Empty where a task has none.
    public static func defaultGrid(tasks: [TaskTotal], unscored: UnscoredPolicy = .excluded) -> [Int] {
        let fewest = tasks.lazy.map { $0.samples(unscored) }.min() ?? 0
        return sequence(first: 1) { $0 * 2 }.prefix { $0 <= fewest }.map { $0 }
    }
}

extension PooledGroup {
    /// Estimates `metric` at every k of `grid`, by default 1, 2, 4, … as far as the shortest task goes.
    ///
    /// - Throws: ``ResamplingError/notEnoughSamples(k:short:count:)`` where a task has fewer than k samples: leaving it
    ///   out would change what is averaged.
    public func curve(
        of metric: PassMetric = .passAtK,
        at grid: [Int]? = nil,
        unscored: UnscoredPolicy = .excluded,
        bootstrap: Bootstrap = .standard
    ) throws(ResamplingError) -> PassCurve {
        let ks = try checkedGrid(grid, unscored: unscored)
        let rows = tasks.map { task in
            let samples = task.samples(unscored)
            return ks.map { metric.checkedEstimate(samples: samples, correct: task.correct, k: $0) }
        }
        let intervals = bootstrap.intervals(ofMeansOf: rows)
        let points = ks.indices.map { index in
            let values = rows.map { $0[index] }
            return PassPoint(
                k: ks[index],
                estimate: mean(values),
                interval: intervals[index],
                standardError: standardError(values),
                samplingError: samplingError(of: metric, values: values, k: ks[index], unscored: unscored)
            )
        }
        return PassCurve(
            metric: metric,
            unscored: unscored,
            bootstrap: bootstrap,
            taskCount: tasks.count,
            sampleCount: tasks.reduce(0) { $0 + $1.samples(unscored) },
            points: points
        )
    }

    private func checkedGrid(_ grid: [Int]?, unscored: UnscoredPolicy) throws(ResamplingError) -> [Int] {
        guard !tasks.isEmpty else { throw .noTasks }
        for task in tasks { try task.validate() }
        let ks = grid.map { Set($0).sorted() } ?? PassCurve.defaultGrid(tasks: tasks, unscored: unscored)
        guard ks.count <= PassCurve.maximumPoints else {
            throw .tooManyK(count: ks.count, limit: PassCurve.maximumPoints)
        }
        guard ks.first ?? 1 >= 1 else { throw .invalidK(ks.first ?? 0) }
        let largest = ks.last ?? 1
        let short = tasks.filter { $0.samples(unscored) < largest }
        guard short.isEmpty else {
            throw .notEnoughSamples(k: largest, short: Array(short.prefix(10)), count: short.count)
        }
        return ks
    }

    /// For one task the square of the estimate at k less the estimate at 2k is an unbiased estimate of the variance:
    /// its expectation is E[F^2] - q^2k, where q^k is the expectation of F.
    private func samplingError(
        of metric: PassMetric,
        values: [Double],
        k: Int,
        unscored: UnscoredPolicy
    ) -> Double? {
        let (twice, overflow) = k.multipliedReportingOverflow(by: 2)
        guard !overflow else { return nil }
        var sum = 0.0
        for (task, value) in zip(tasks, values) {
            let samples = task.samples(unscored)
            guard samples >= twice else { return nil }
            let double = metric.checkedEstimate(samples: samples, correct: task.correct, k: twice)
            // pass@k is 1 - F, pass^k is F.
            sum += metric == .passAtK ? (1 - value) * (1 - value) - (1 - double) : value * value - double
        }
        return sum >= 0 ? sum.squareRoot() / Double(tasks.count) : nil
    }
}

private func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
}

private func standardError(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let center = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (squares / Double(values.count * (values.count - 1))).squareRoot()
}
