internal import Foundation
internal import Statistics

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
    /// Twice the smaller share of resamples on one side of 0, ties counting half; 1 without spread.
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
        pValue = Self.pValue(differences)
        size = SampleSize(pairs, metric: metric, k: k)
    }

    private static func pValue(_ differences: [Double]) -> Double {
        guard !differences.isEmpty else { return 1 }
        let below = differences.reduce(0.0) { $0 + ($1 < 0 ? 1 : $1 == 0 ? 0.5 : 0) }
        let share = below / Double(differences.count)
        // A bootstrap of R resamples cannot show less than 1/R.
        return min(1, max(2 * min(share, 1 - share), 1 / Double(differences.count)))
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

/// How many tasks, or samples of the tasks at hand, tell two runs apart.
///
/// The variance of a mean of T paired differences is (between + within / n) / T: tasks differ, and n samples of each
/// are a draw. More samples shrink the second part only.
public struct SampleSize: Hashable, Sendable {
    /// Variance of a task's difference between its true rates.
    public var between: Double
    /// n times the part of the variance that sampling adds; 0 where it cannot be estimated (k above 1).
    public var within: Double
    /// Samples of each task, on average.
    public var samples: Double
    public var tasks: Int

    init?(_ pairs: [(VerdictTally, VerdictTally)], metric: PairedComparison.Metric, k: Int) {
        guard pairs.count > 1 else { return nil }
        let values = pairs.map { metric.value($0.1, k) - metric.value($0.0, k) }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let total = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        tasks = pairs.count
        let all = pairs.reduce(0) { $0 + $1.0.samples + $1.1.samples }
        samples = Double(all) / (2 * count)
        guard k == 1, metric == .passAtK else {
            (between, within) = (total, 0)
            return
        }
        let noise = pairs.reduce(0) { $0 + Self.noise($1.0) + Self.noise($1.1) } / count
        within = noise * samples
        between = max(0, total - noise)
    }

    /// An unbiased estimate of the variance of c / n: p (1 - p) / (n - 1).
    private static func noise(_ task: VerdictTally) -> Double {
        guard task.samples > 1, let rate = task.singleSampleAccuracy else { return 0 }
        return rate * (1 - rate) / Double(task.samples - 1)
    }

    /// Tasks of this kind, with as many samples each, that show a difference of `effect` with this power at this
    /// two-sided level: (z_(1-a/2) + z_power)^2 variance / effect^2.
    ///
    /// - Throws: ``ResamplingError/invalidSizeQuestion``.
    public func tasksNeeded(
        effect: Double, level: Double = 0.05, power: Double = 0.8
    ) throws(ResamplingError) -> Int {
        let variance = between + (samples > 0 ? within / samples : 0)
        let needed = try Self.factor(level, power) * variance / (Self.checked(effect) * effect)
        return needed < 1e15 ? max(2, Int(needed.rounded(.up))) : Int.max
    }

    /// Samples of each of the tasks at hand that do the same; nil where no number of them does, because the tasks
    /// themselves differ too much.
    public func samplesNeeded(
        effect: Double, level: Double = 0.05, power: Double = 0.8
    ) throws(ResamplingError) -> Int? {
        let allowed = try Double(tasks) * Self.checked(effect) * effect / Self.factor(level, power)
        guard within > 0 || between > 0 else { return 1 }
        guard allowed > between else { return nil }
        let needed = within / (allowed - between)
        return needed < 1e15 ? max(1, Int(needed.rounded(.up))) : nil
    }

    private static func factor(_ level: Double, _ power: Double) throws(ResamplingError) -> Double {
        guard level > 0, level < 1, power > 0, power < 1 else { throw .invalidSizeQuestion }
        let sum = NormalDistribution.quantile(1 - level / 2) + NormalDistribution.quantile(power)
        return sum * sum
    }

    private static func checked(_ effect: Double) throws(ResamplingError) -> Double {
        guard effect > 0, effect <= 1 else { throw .invalidSizeQuestion }
        return effect
    }
}
