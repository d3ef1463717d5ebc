public import Evaluation
public import Resampling

/// Repeated sampling under a weak verifier, with a strong one as the truth: text for the terminal, JSON, CSV, and a
/// page of its own.
///
/// Equal reports give equal bytes: nothing is read from a clock or from the machine.
public struct ResamplingReport: Sendable {
    /// One model under one set of settings.
    public struct Generator: Sendable {
        /// Short and unlike the others'.
        public var label: String
        public var model: ModelIdentity?
        public var settings: [ReportFact]
        public var group: VerdictGroup
        public var analysis: PairAnalysis
        public var styles: [StyleAdherence]

        public init(
            label: String,
            model: ModelIdentity? = nil,
            settings: [ReportFact] = [],
            group: VerdictGroup,
            analysis: PairAnalysis,
            styles: [StyleAdherence] = []
        ) {
            self.label = label
            self.model = model
            self.settings = settings
            self.group = group
            self.analysis = analysis
            self.styles = styles
        }
    }

    public var title: String
    /// The scorers, with their versions.
    public var weak: String
    public var strong: String
    /// Strongest first.
    public private(set) var generators: [Generator]
    /// Runs among those counted that lack samples.
    public var incompleteRuns: [IncompleteRun]
    public let claims: ScalingClaims
    /// The command that makes this report again.
    public var command: String?
    /// When the report was made, if it shall say so.
    public var generated: String?

    public init(
        title: String,
        weak: String,
        strong: String,
        generators: [Generator],
        incompleteRuns: [IncompleteRun] = [],
        bootstrap: Bootstrap = .standard,
        command: String? = nil,
        generated: String? = nil
    ) {
        self.title = title
        self.weak = weak
        self.strong = strong
        self.generators = generators.sorted {
            $0.analysis.statistics.singleSampleAccuracy.value > $1.analysis.statistics.singleSampleAccuracy.value
        }
        self.incompleteRuns = incompleteRuns
        claims = ScalingClaims(
            generators.map { .init(label: $0.label, analysis: $0.analysis, styles: $0.styles) }, bootstrap: bootstrap)
        self.command = command
        self.generated = generated
    }
}

extension ResamplingReport {
    /// `3 generators, 80 tasks, 15,360 samples with both verdicts`.
    var extent: String {
        let tasks = Set(generators.flatMap { $0.analysis.tasks.map(\.task) }).count
        let samples = generators.reduce(0) { $0 + $1.analysis.statistics.sampleCount }
        return [
            NumberFormat.count(generators.count, "generator"), NumberFormat.count(tasks, "task"),
            "\(NumberFormat.count(samples, "sample")) with both verdicts",
        ].joined(separator: ", ")
    }

    /// What the reader must know before the figures.
    var notes: [String] { incompleteRuns.map(\.namedNote) + generators.flatMap(\.notes) }

    var intervalNote: String {
        guard let bootstrap = generators.first?.analysis.options.bootstrap else { return "" }
        return "Intervals: \(Int(bootstrap.confidence * 100))% percentile bootstrap over tasks, seed \(bootstrap.seed)."
    }

    /// The costs that have reward curves.
    var costs: [Double] { generators.first?.analysis.options.costs ?? [] }

    func cost(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
    }

    static func figure(_ estimate: Estimate?) -> String {
        estimate.map { NumberFormat.rate($0.value, lower: $0.lower, upper: $0.upper) } ?? "–"
    }
}

extension ResamplingReport.Generator {
    fileprivate var notes: [String] {
        let statistics = analysis.statistics
        var notes: [String] = []
        if statistics.unscored > 0 {
            notes.append(
                "\(label): \(NumberFormat.count(statistics.unscored, "sample")) without both verdicts, "
                    + "left out of n.")
        }
        if statistics.tasksNeverAccepted > 0 {
            notes.append(
                "\(label): \(NumberFormat.count(statistics.tasksNeverAccepted, "task")) without any accepted "
                    + "sample; with them as wrong or as right the conditional accuracy is "
                    + "\(NumberFormat.rate(statistics.conditionalBand.lowerBound)) to "
                    + "\(NumberFormat.rate(statistics.conditionalBand.upperBound)).")
        }
        let missed = analysis.tasks.withFalseNegatives.count
        if missed > 0 {
            notes.append(
                "\(label): the weak verifier rejects right samples on "
                    + "\(NumberFormat.count(missed, "task")). The paper drops such tasks; here they count.")
        }
        if !group.repeatedRuns.isEmpty {
            notes.append(
                "\(label): same seed as another run, samples not counted twice: "
                    + "\(group.repeatedRuns.joined(separator: ", ")).")
        }
        return notes
    }
}
