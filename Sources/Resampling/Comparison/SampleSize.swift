internal import Statistics

/// How many tasks, or samples of the tasks at hand, tell two runs apart.
///
/// The variance of a mean of T paired differences is (between + within / n) / T: tasks differ, and n samples of each
/// are a draw. More samples shrink the second part only.
public struct SampleSize: Hashable, Sendable {
    /// Variance of a task's difference between its true rates; where the part of sampling is not known, variance of the
    /// difference found, which holds both.
    public var between: Double
    public var sampling: SamplingPart
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
        (between, sampling) = (total, .otherMetric)
        guard k == 1, metric == .passAtK else { return }
        let single = pairs.count { min($0.0.samples, $0.1.samples) < 2 }
        guard single == 0 else {
            sampling = .oneSample(tasks: single)
            return
        }
        let noise = pairs.reduce(0) { $0 + Self.noise($1.0) + Self.noise($1.1) } / count
        sampling = .estimated(noise * samples)
        between = max(0, total - noise)
    }

    /// An unbiased estimate of the variance of c / n: p (1 - p) / (n - 1).
    private static func noise(_ task: VerdictTally) -> Double {
        let rate = task.singleSampleAccuracy ?? 0
        return rate * (1 - rate) / Double(task.samples - 1)
    }

    /// Tasks of this kind, with as many samples each, that show a difference of `effect` with this power at this
    /// two-sided level: (z_(1-a/2) + z_power)^2 variance / effect^2.
    ///
    /// - Throws: ``ResamplingError/invalidSizeQuestion``.
    public func tasksNeeded(
        effect: Double, level: Double = 0.05, power: Double = 0.8
    ) throws(ResamplingError) -> Int {
        let variance = between + (samples > 0 ? (sampling.within ?? 0) / samples : 0)
        let needed = try Self.factor(level, power) * variance / (Self.checked(effect) * effect)
        return needed < 1e15 ? max(2, Int(needed.rounded(.up))) : Int.max
    }

    /// Samples of each of the tasks at hand that do the same.
    public func samplesNeeded(
        effect: Double, level: Double = 0.05, power: Double = 0.8
    ) throws(ResamplingError) -> SamplesNeeded {
        let allowed = try Double(tasks) * Self.checked(effect) * effect / Self.factor(level, power)
        guard let within = sampling.within else { return .unknown(sampling) }
        guard within > 0 || between > 0 else { return .count(1) }
        guard allowed > between else { return .noNumber }
        let needed = within / (allowed - between)
        return needed < 1e15 ? .count(max(1, Int(needed.rounded(.up)))) : .noNumber
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

/// What sampling adds to the variance of a task's difference.
public enum SamplingPart: Hashable, Sendable {
    /// n times that part.
    case estimated(Double)
    /// One sample of a task says nothing of how samples of it vary; so many tasks have no second one in both runs.
    case oneSample(tasks: Int)
    /// The estimate is for single samples, k = 1 of pass@k.
    case otherMetric

    public var within: Double? {
        guard case .estimated(let within) = self else { return nil }
        return within
    }
}

/// How many samples of each task show a difference.
public enum SamplesNeeded: Hashable, Sendable, CustomStringConvertible {
    case count(Int)
    /// The tasks themselves differ too much.
    case noNumber
    /// The part of sampling is not known, for this reason.
    case unknown(SamplingPart)

    public var count: Int? {
        guard case .count(let count) = self else { return nil }
        return count
    }

    public var description: String {
        switch self {
        case .count(let count): "\(count) samples of each of these tasks"
        case .noNumber: "no number of samples of these tasks: the tasks themselves differ too much"
        case .unknown(.oneSample(let tasks)):
            "how many samples of these tasks cannot be estimated with one sample (found on \(tasks) tasks; it takes two)"
        case .unknown: "how many samples of these tasks is known only for pass@k at k = 1"
        }
    }
}
