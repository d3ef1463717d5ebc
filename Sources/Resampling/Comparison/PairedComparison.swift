/// Two runs on the same tasks: whose figure is higher, and how sure that is.
public struct PairedComparison: Hashable, Sendable {
    public var k: Int
    public var metric: Metric
    public var taskCount: Int
    public var first: Double
    public var second: Double
    /// Second less first, with a percentile interval of a paired bootstrap: each resample draws tasks, not samples, and
    /// takes both runs' values of a task together.
    public var difference: Estimate
    /// Two-sided, of a sign-flip test over tasks: the share of all ways to give the tasks' differences a sign whose mean
    /// is at least as far from 0. T tasks that differ cannot give less than 2^(1 - T); without a difference it is 1. With
    /// more than 16 such tasks it is estimated from as many random ways as the bootstrap has resamples.
    public var pValue: Double
    public var size: SampleSize?

    public enum Metric: String, Codable, Hashable, Sendable, CaseIterable {
        /// pass@k by the strong verifier's verdicts.
        case passAtK = "pass@k"
        /// Accuracy of resampling until the weak verifier accepts, at most k times.
        case acceptedAccuracy = "accuracy@k"
    }

    /// - Throws: ``ResamplingError/differentTasks(missing:count:)``, and
    ///   ``ResamplingError/notEnoughSamples(k:short:count:)`` where a task of either run has fewer than k samples.
    public init(
        _ first: [VerdictTally],
        _ second: [VerdictTally],
        metric: Metric = .passAtK,
        k: Int = 1,
        bootstrap: Bootstrap = .standard
    ) throws(ResamplingError) {
        let pairs = try TaskPairs.matched(first, second)
        _ = try AttemptCurve.checkedBudget(first + second, k)
        let rows = pairs.map { [metric.value($0.0, k), metric.value($0.1, k)] }
        let count = Double(rows.count)
        let means = (0..<2).map { column in rows.reduce(0) { $0 + $1[column] } / count }
        let differences = rows.count > 1 ? bootstrap.columnMeans(of: rows).map { $0[1] - $0[0] } : []
        self.k = k
        self.metric = metric
        taskCount = rows.count
        self.first = means[0]
        self.second = means[1]
        difference = Estimate(
            value: means[1] - means[0],
            interval: rows.count > 1 ? bootstrap.percentileInterval(differences) : .absent(.oneTask))
        pValue = SignFlipTest.pValue(rows.map { $0[1] - $0[0] }, draws: bootstrap.resamples, seed: bootstrap.seed)
        size = SampleSize(pairs, metric: metric, k: k)
    }
}

extension PairedComparison.Metric {
    func value(_ task: VerdictTally, _ k: Int) -> Double {
        switch self {
        case .passAtK: PassMetric.passAtK.checkedEstimate(samples: task.samples, correct: task.right, k: k)
        case .acceptedAccuracy:
            (task.conditionalAccuracy ?? 0)
                * PassMetric.passAtK.checkedEstimate(samples: task.samples, correct: task.accepted, k: k)
        }
    }
}
