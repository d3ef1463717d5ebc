internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import Resampling
internal import Store

struct ResampleCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract:
            "Two runs on the same tasks: which is better, whether one can catch up, and how many tasks would tell.",
        discussion: """
            A paired bootstrap draws tasks and takes both runs' figures of a task together. p is that of a sign-flip test \
            over tasks. Runs whose tasks differ are refused, with the tasks named.

              assay resample compare 3f2a 91c0 --k 1
              assay resample compare 3f2a 91c0 --metric accuracy@k --k 8 --effect 0.05 \\
                --json
            """)

    @Argument(help: "A run's id, or the beginning of it.")
    var first: String
    @Argument(help: "The run to compare with it.")
    var second: String
    @OptionGroup var pair: VerifierPairOptions
    @Option(help: "pass@k by the strong verifier, or accuracy@k of sampling until the weak one accepts.")
    var metric = "pass@k"
    @Option(help: "Number of samples.")
    var k = 1
    @Option(
        help:
            "Difference that must be told from none, for the numbers of tasks and samples; the one found where not given."
    )
    var effect: Double?
    @Option(help: "Resamples of the bootstrap over tasks.")
    var resamples = 10_000
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var metric: String
        var k: Int
        var tasks: Int
        var first: Double
        var second: Double
        var difference: Double
        var lower: Double?
        var upper: Double?
        var p: Double
        var effect: Double
        var tasks_needed: Int?
        var samples_needed: Int?
        /// What is known of the number of samples, in words: also why there is none.
        var samples_needed_note: String?
        /// Whether resampling the run with fewer right single samples can match one sample of the other.
        var weaker_can_match: String
        var margin: Double
        var margin_lower: Double?
        var margin_upper: Double?
    }

    func run() throws {
        guard let metric = PairedComparison.Metric(rawValue: metric) else {
            let known = PairedComparison.Metric.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--metric is \"\(self.metric)\"; allowed: \(known)")
        }
        let store = try RunStore(existing: pair.db)
        let bootstrap = try Bootstrap(resamples: resamples)
        let tallies = try [first, second].map { try tasks($0, store) }
        let comparison = try PairedComparison(tallies[0], tallies[1], metric: metric, k: k, bootstrap: bootstrap)
        let report = try report(comparison, tallies, bootstrap)
        if output.json { return try StandardOutput.json(report) }
        StandardOutput.write(Self.text(report))
    }

    private func tasks(_ id: String, _ store: RunStore) throws -> [VerdictTally] {
        let chosen = try StoredResampling.chosen(pair.request(runs: [id]), store)
        let groups = try StoredResampling.groups(chosen, store)
        try StoredReports.warnOfIncomplete(chosen.runs, among: groups.flatMap(\.runs), store)
        return groups.first?.tasks ?? []
    }

    private func report(
        _ comparison: PairedComparison, _ tallies: [[VerdictTally]], _ bootstrap: Bootstrap
    ) throws -> Report {
        let singles = try tallies.map {
            try PairStatistics($0, bootstrap: Bootstrap(resamples: 100)).singleSampleAccuracy.value
        }
        let weaker = singles[0] <= singles[1] ? 0 : 1
        let test = try ImpossibilityTest(weak: tallies[weaker], strong: tallies[1 - weaker], bootstrap: bootstrap)
        let effect = effect ?? abs(comparison.difference.value)
        let samples = effect > 0 ? try comparison.size?.samplesNeeded(effect: effect) : nil
        let outcome =
            switch test.outcome {
            case .impossible: "never"
            case .possible: "with enough samples"
            case .undecided: "undecided"
            }
        return Report(
            metric: comparison.metric.rawValue, k: comparison.k, tasks: comparison.taskCount, first: comparison.first,
            second: comparison.second, difference: comparison.difference.value, lower: comparison.difference.lower,
            upper: comparison.difference.upper, p: comparison.pValue, effect: effect,
            tasks_needed: effect > 0 ? try comparison.size?.tasksNeeded(effect: effect) : nil,
            samples_needed: samples?.count, samples_needed_note: samples?.description, weaker_can_match: outcome,
            margin: test.margin.value, margin_lower: test.margin.lower,
            margin_upper: test.margin.upper)
    }

    private static func text(_ report: Report) -> String {
        func number(_ value: Double) -> String { String(format: "%.4f", value) }
        func range(_ lower: Double?, _ upper: Double?) -> String {
            lower.flatMap { low in upper.map { " [\(number(low)), \(number($0))]" } } ?? ""
        }
        let p = String(format: report.p < 0.0001 ? "%.1e" : "%.4f", report.p)
        let needed =
            report.tasks_needed.map { tasks in
                let joint = report.samples_needed == nil ? "; " : ", or "
                return "\(tasks) tasks" + (report.samples_needed_note.map { joint + $0 } ?? "")
            } ?? (report.tasks < 2 ? "cannot be estimated with one task" : "nothing to tell apart")
        return """
            \(report.metric), k = \(report.k), \(report.tasks) tasks
            first \(number(report.first))  second \(number(report.second))
            second less first \(number(report.difference))\(range(report.lower, report.upper)), p = \(p)
            to tell a difference of \(number(report.effect)) from none (5%, power 80%): \(needed)
            resampling the weaker one matches one sample of the stronger: \(report.weaker_can_match) \
            (margin \(number(report.margin))\(range(report.margin_lower, report.margin_upper)))

            """
    }
}
