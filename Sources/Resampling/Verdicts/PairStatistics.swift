/// What a pair of verifiers says about one generator: how often it is right, how often it is right among what passes
/// the weak verifier, and where resampling must end.
///
/// Definitions and names follow Stroebl, Kapoor and Narayanan (2024), "Inference Scaling fLaws". Every figure is a mean
/// over tasks; intervals are percentile bootstraps over tasks.
public struct PairStatistics: Hashable, Sendable {
    public var taskCount: Int
    public var sampleCount: Int
    public var unscored: Int
    /// Tasks of which no sample passed the weak verifier: they have no conditional accuracy.
    public var tasksNeverAccepted: Int
    /// Mean of P / n.
    public var singleSampleAccuracy: Estimate
    /// Mean of B / n.
    public var acceptanceRate: Estimate
    /// Mean of G / B over the tasks with B > 0; nil where the weak verifier accepted nothing at all.
    public var conditionalAccuracy: Estimate?
    /// The same with 0, and with 1, in the place of tasks that were never accepted.
    public var conditionalBand: ClosedRange<Double>
    /// `1 - conditionalAccuracy`: what the weak verifier lets through that is wrong. The paper's generalization gap of
    /// a budget without end.
    public var falsePositiveRate: Estimate?
    /// Mean of B / n less mean of P / n: by how much the weak verifier overstates a single sample.
    public var acceptanceGap: Estimate
    /// Accuracy of resampling until something is accepted, without a limit, where tasks that were never accepted count
    /// as wrong: what the samples at hand promise.
    public var ceiling: Estimate
    /// Share of right samples that the weak verifier rejects, over all samples; nil without right ones.
    public var falseNegativeShare: Double?

    /// - Throws: ``ResamplingError/noTasks`` and ``ResamplingError/emptyTask(_:)``.
    public init(_ tasks: [VerdictTally], bootstrap: Bootstrap = .standard) throws(ResamplingError) {
        guard !tasks.isEmpty else { throw .noTasks }
        var rows: [[RatioPart]] = []
        for task in tasks { rows.append(try Self.parts(of: task)) }
        let figures = bootstrap.ratios(rows)
        guard let single = figures[0], let accepted = figures[1], let gap = figures[3], let ceiling = figures[4] else {
            throw .noTasks
        }
        taskCount = tasks.count
        sampleCount = tasks.reduce(0) { $0 + $1.samples }
        unscored = tasks.reduce(0) { $0 + $1.unscored }
        tasksNeverAccepted = tasks.count { $0.accepted == 0 }
        singleSampleAccuracy = single
        acceptanceRate = accepted
        conditionalAccuracy = figures[2]
        falsePositiveRate = figures[2].map(\.complement)
        acceptanceGap = gap
        self.ceiling = ceiling
        let never = Double(tasksNeverAccepted) / Double(tasks.count)
        conditionalBand = ceiling.value...min(1, ceiling.value + never)
        let right = tasks.reduce(0) { $0 + $1.right }
        let missed = tasks.reduce(0) { $0 + $1.falseNegatives }
        falseNegativeShare = right > 0 ? Double(missed) / Double(right) : nil
    }

    private static func parts(of task: VerdictTally) throws(ResamplingError) -> [RatioPart] {
        try task.validate()
        guard let single = task.singleSampleAccuracy else { throw .emptyTask(task.task) }
        let accepted = Double(task.accepted) / Double(task.samples)
        let conditional = task.conditionalAccuracy
        return [
            .value(single), .value(accepted), .value(conditional), .value(accepted - single), .value(conditional ?? 0),
        ]
    }
}

extension Estimate {
    /// 1 less the figure, the interval turned round.
    var complement: Estimate {
        switch interval {
        case .bounds(let lower, let upper):
            Estimate(value: 1 - value, interval: .bounds(lower: 1 - upper, upper: 1 - lower))
        case .absent: Estimate(value: 1 - value, interval: interval)
        }
    }
}

extension [VerdictTally] {
    /// Tasks on which the weak verifier rejected something right. The paper assumes that there are none, and drops
    /// them.
    public var withFalseNegatives: [VerdictTally] { filter { $0.falseNegatives > 0 } }

    /// Tasks of which some accepted sample is wrong: where false positives occur.
    public var withFalsePositives: [VerdictTally] { filter { $0.falsePositives > 0 } }
}
