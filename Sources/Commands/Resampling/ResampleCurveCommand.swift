internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import Resampling
internal import Store

struct ResampleCurveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curve",
        abstract: "Accuracy and reward at K, or figures corrected for a verifier's known errors.",
        discussion: """
            At most K samples of a task are drawn; the first one that the weak verifier accepts is the answer. Columns: \
            accuracy is the share of searches that end with a right answer, wrong the share that end with a wrong one; \
            the others end without an answer. draws is the mean number of samples drawn. c=4 is the mean reward where a \
            right answer earns 1, a wrong one costs 4 (--cost), a sample costs --sample-cost, and no answer earns \
            --abstention.

            With --sensitivity and --specificity the verdicts of one scorer, --weak, are corrected for its errors; the counts \
            behind both rates, taken as independent samples, carry their uncertainty into the interval.

              assay resample curve --k 1,4,16,64 --cost 0,4
              assay resample curve --weak judge --sensitivity 93/100 \\
                --specificity 180/200 --k 1,2,4,8 --json
            """)

    @OptionGroup var pair: VerifierPairOptions
    @OptionGroup var choice: RunChoiceOptions
    @OptionGroup var price: PriceOptions
    @Option(help: "Values of K, separated by commas; powers of two where not given.")
    var k: String?
    @Option(help: "Right samples that the verifier accepted, of all right ones: 93/100.")
    var sensitivity: String?
    @Option(help: "Wrong samples that the verifier rejected, of all wrong ones: 180/200.")
    var specificity: String?
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var generator: String
        var k: Int
        var accuracy: Double
        var false_positive: Double
        var draws: Double
        var rewards: [Double]
    }

    struct CorrectedRow: Encodable {
        var generator: String
        var metric: String
        var k: Int
        var observed: Double
        var corrected: Double?
        /// Why there is no corrected figure.
        var undefined: String?
        var lower: Double?
        var upper: Double?
        var says_nothing: Bool
    }

    mutating func validate() throws {
        guard (sensitivity == nil) == (specificity == nil) else {
            throw ValidationError("--sensitivity and --specificity are given together or not at all")
        }
        guard sensitivity == nil || pair.weak != nil else {
            throw ValidationError("name the scorer to correct with --weak")
        }
    }

    func run() throws {
        let store = try RunStore(existing: pair.db)
        if let sensitivity, let specificity { return try correct(store, sensitivity, specificity) }
        let chosen = try StoredResampling.chosen(pair.request(runs: choice.ids), store)
        let groups = try StoredResampling.groups(chosen, store)
        try StoredReports.warnOfIncomplete(chosen.runs, among: groups.flatMap(\.runs), store)
        let options = try price.options()
        var rows: [Row] = []
        for (group, label) in zip(groups, StoredResampling.labels(groups, chosen.runs)) {
            let curve = try AttemptCurve.exact(group.tasks, budget: options.budget)
            let rewards = options.costs.map { curve.rewards(options.utility($0)) }
            for k in try places(curve.budget) {
                rows.append(
                    Row(
                        generator: label, k: k, accuracy: curve.truePositive[k], false_positive: curve.falsePositive[k],
                        draws: curve.draws[k], rewards: rewards.map { $0[k] }))
            }
        }
        if output.json { return try StandardOutput.json(rows) }
        for row in rows {
            let rewards = zip(options.costs, row.rewards).map { "c=\($0): \(number($1))" }.joined(separator: "  ")
            StandardOutput.line(
                "\(row.generator)  K \(row.k)  accuracy \(number(row.accuracy))  wrong \(number(row.false_positive))  "
                    + "draws \(String(format: "%.2f", row.draws))  \(rewards)")
        }
    }

    private func places(_ budget: Int) throws -> [Int] {
        guard let k else { return Array(sequence(first: 1) { $0 * 2 }.prefix { $0 <= budget }) }
        let places = try NumberList.counts(k, option: "--k")
        guard let largest = places.last, largest <= budget else {
            throw CommandFailure.badData(
                "K = \(places.last ?? 0) is above \(budget), the number of samples of the shortest task")
        }
        return places
    }

    private func correct(_ store: RunStore, _ sensitivity: String, _ specificity: String) throws {
        let right = try NumberList.fraction(sensitivity, option: "--sensitivity")
        let wrong = try NumberList.fraction(specificity, option: "--specificity")
        let quality = try VerifierQuality(
            acceptedRight: right.part, right: right.whole, rejectedWrong: wrong.part, wrong: wrong.whole)
        let scorer = pair.weak ?? ""
        let runs = try StoredReports.chosen(choice.ids, store)
        let groups = try StoredReports.pooled(runs, scorer: scorer, store)
        try StoredReports.warnOfIncomplete(runs, among: groups.flatMap(\.runs), store)
        let ks = try k.map { try NumberList.counts($0, option: "--k") }
        var rows: [CorrectedRow] = []
        for group in groups {
            let name = runs.first { group.runs.contains($0.id) }?.model.name ?? "generator"
            let grid = ks ?? PassCurve.defaultGrid(tasks: group.tasks).filter { $0 <= 64 }
            for metric in CorrectedMetric.allCases {
                let curve = try CorrectedCurve(
                    of: metric, tasks: group.tasks, quality: quality, at: grid, bootstrap: price.bootstrap())
                rows += curve.points.map { row($0, metric, name) }
            }
        }
        if output.json { return try StandardOutput.json(rows) }
        for row in rows { StandardOutput.line(line(row)) }
    }

    private func line(_ row: CorrectedRow) -> String {
        let start = "\(row.generator)  \(row.metric) k = \(row.k)  observed \(number(row.observed))"
        guard let corrected = row.corrected else { return "\(start)  not corrected: \(row.undefined ?? "")" }
        let interval = row.lower.flatMap { low in row.upper.map { " [\(number(low)), \(number($0))]" } } ?? ""
        return "\(start)  corrected \(number(corrected))\(interval)\(row.says_nothing ? "  (says nothing)" : "")"
    }

    private func row(_ point: CorrectedPoint, _ metric: CorrectedMetric, _ name: String) -> CorrectedRow {
        CorrectedRow(
            generator: name, metric: metric.rawValue, k: point.k, observed: point.observed, corrected: point.corrected,
            undefined: point.refusal.map { "\($0)" }, lower: point.interval.bounds?.lower,
            upper: point.interval.bounds?.upper, says_nothing: point.saysNothing)
    }

    private func number(_ value: Double) -> String { String(format: "%.4f", value) }
}
