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
    /// The unbiased estimate, which noise may carry out of 0...1. A failure where rounding could change what is shown:
    /// ``ResamplingError/roundingAbove(k:metric:limit:)``.
    public var raw: Result<Double, ResamplingError>
    /// Over draws of the tasks and of both error rates. Cut to 0...1.
    public var interval: IntervalEstimate
    /// `raw` cut to 0...1; nil where there is none.
    public var corrected: Double? {
        guard case .success(let value) = raw else { return nil }
        return min(max(value, 0), 1)
    }
    /// Why there is no corrected figure.
    public var refusal: ResamplingError? {
        guard case .failure(let reason) = raw else { return nil }
        return reason
    }
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
    /// The rates come from elsewhere, as counts of samples taken for independent. The interval is a bootstrap over tasks
    /// in which every resample also draws both rates from what is known of them: Beta distributions of their counts with
    /// Jeffreys' prior. A draw of rates that corrects nothing, or that rounding drowns, could be anything: it counts as 0
    /// for the lower end and as 1 for the upper one.
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
        try self.init(metric, tasks, quality, .counts(quality), grid, bootstrap)
    }

    /// Corrects `metric` of the weak verdicts of `verdicts` for the errors that the strong ones show.
    ///
    /// Every resample draws whole tasks, and takes both the verdicts and the error rates from the same draw.
    ///
    /// - Throws: as ``init(of:tasks:quality:at:bootstrap:)``, and where the interval over tasks of the two rates together
    ///   does not tell the verifier from chance.
    public init(
        of metric: CorrectedMetric,
        verdicts: [VerdictTally],
        at grid: [Int],
        bootstrap: Bootstrap = .standard
    ) throws(ResamplingError) {
        let quality = try VerifierQuality(of: verdicts)
        guard try VerifierRates(of: verdicts, bootstrap: bootstrap).isAboveChance else {
            throw .noBetterThanChance(sensitivity: quality.sensitivity, specificity: quality.specificity)
        }
        let tasks = verdicts.map { TaskTotal(task: $0.task, scored: $0.samples, correct: $0.accepted) }
        try self.init(metric, tasks, quality, .tasks(verdicts), grid, bootstrap)
    }

    private init(
        _ metric: CorrectedMetric, _ tasks: [TaskTotal], _ quality: VerifierQuality, _ evidence: RateEvidence,
        _ grid: [Int], _ bootstrap: Bootstrap
    ) throws(ResamplingError) {
        try Self.check(tasks, quality, grid)
        self.metric = metric
        self.quality = quality
        self.bootstrap = bootstrap
        let kinds = TaskKinds(tasks)
        let limit = metric.largestK(errors: quality.errors)
        let draws = tasks.count > 1 ? kinds.resampled(metric, evidence, grid, bootstrap) : []
        points = grid.indices.map { index in
            let k = grid[index]
            let observed = kinds.mean(metric, k, VerifierErrors(sensitivity: 1, specificity: 1))
            guard k <= limit else {
                return CorrectedPoint(
                    k: k, observed: observed, raw: .failure(.roundingAbove(k: k, metric: metric, limit: limit)),
                    interval: .absent(.noEstimate))
            }
            return CorrectedPoint(
                k: k, observed: observed, raw: .success(kinds.mean(metric, k, quality.errors)),
                interval: tasks.count > 1 ? bootstrap.interval(ofDraws: draws.map { $0[index] }) : .absent(.oneTask))
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
