public import Evaluation
public import Resampling

/// pass@k of stored runs: text for the terminal, JSON, CSV, and a page of its own.
///
/// Equal reports give equal bytes: nothing is read from a clock or from the machine.
public struct PassKReport: Sendable {
    /// One model under one set of settings.
    public struct Group: Sendable {
        /// Short and unlike the other groups': it names the line in the plot.
        public var label: String
        public var model: ModelIdentity?
        /// What the runs share: evaluation, scorer, sampling. See ``Swift/Array/facts(of:)-(GenerationSettings)``.
        public var settings: [ReportFact]
        public var pooled: PooledGroup
        /// pass@k, and pass^k where it is wanted, made from `pooled`.
        public var curves: [PassCurve]

        public init(
            label: String,
            model: ModelIdentity? = nil,
            settings: [ReportFact] = [],
            pooled: PooledGroup,
            curves: [PassCurve]
        ) {
            self.label = label
            self.model = model
            self.settings = settings
            self.pooled = pooled
            self.curves = curves
        }
    }

    public var title: String
    public var groups: [Group]
    /// Runs among those counted that lack samples.
    public var incompleteRuns: [IncompleteRun]
    /// The command that makes this report again.
    public var command: String?
    /// When the report was made, if it shall say so.
    public var generated: String?
    /// Tasks that the page lists for each group; JSON and CSV have all.
    public var listedTasks: Int

    public init(
        title: String,
        groups: [Group],
        incompleteRuns: [IncompleteRun] = [],
        command: String? = nil,
        generated: String? = nil,
        listedTasks: Int = 2000
    ) {
        self.title = title
        self.groups = groups
        self.incompleteRuns = incompleteRuns
        self.command = command
        self.generated = generated
        self.listedTasks = listedTasks
    }
}

extension PassKReport {
    /// The metrics that any group has, in the order of their definition.
    var metrics: [PassMetric] {
        PassMetric.allCases.filter { metric in
            groups.contains { group in group.curves.contains { $0.metric == metric } }
        }
    }

    var unscored: Int { groups.reduce(0) { $0 + $1.pooled.unscored } }

    /// `3 groups, 492 tasks, 125,952 scored samples`.
    var extent: String {
        let tasks = Set(groups.flatMap { $0.pooled.tasks.map(\.task) }).count
        let samples = groups.reduce(0) { $0 + $1.pooled.scored }
        return [
            NumberFormat.count(groups.count, "group"), NumberFormat.count(tasks, "task"),
            NumberFormat.count(samples, "scored sample"),
        ].joined(separator: ", ")
    }

    /// What became of samples without a grade; nil without any.
    var unscoredNote: String? {
        guard unscored > 0 else { return nil }
        let policies = Set(groups.flatMap { $0.curves.map(\.unscored) })
        let (they, are, count) =
            unscored == 1 ? ("it", "is", "counts as a wrong answer") : ("they", "are", "count as wrong answers")
        let fate =
            switch (policies.contains(.excluded), policies.contains(.countedAsWrong)) {
            case (true, true): "some groups leave such samples out of n, others count them as wrong answers"
            case (false, true): "\(they) \(are) part of n and \(count)"
            default: "\(they) \(are) left out of n"
            }
        return "\(NumberFormat.count(unscored, "sample")) could not be scored; \(fate)."
    }

    var intervalNote: String {
        guard let bootstrap = groups.lazy.flatMap(\.curves).first?.bootstrap else { return "" }
        let method = bootstrap.method == .percentile ? "percentile" : "bias-corrected (BCa)"
        return """
            Intervals: \(NumberFormat.tick(bootstrap.confidence * 100, step: 0.1).trimmingZeros)% \(method) bootstrap \
            over tasks, \(NumberFormat.count(bootstrap.resamples)) resamples, seed \(bootstrap.seed).
            """
    }
}

extension PassKReport.Group {
    /// `164 tasks, n = 20,968, 24 unscored`.
    func size(of curve: PassCurve) -> String {
        [
            NumberFormat.count(curve.taskCount, "task"), "n = \(NumberFormat.count(curve.sampleCount))",
            "\(NumberFormat.count(pooled.unscored)) unscored",
        ].joined(separator: ", ")
    }
}

extension PassPoint {
    var bounds: (lower: Double?, upper: Double?) {
        guard case .bounds(let lower, let upper) = interval else { return (nil, nil) }
        return (lower, upper)
    }

    var absence: IntervalAbsence? {
        guard case .absent(let reason) = interval else { return nil }
        return reason
    }
}

extension String {
    fileprivate var trimmingZeros: String {
        hasSuffix(".0") ? String(dropLast(2)) : self
    }
}
