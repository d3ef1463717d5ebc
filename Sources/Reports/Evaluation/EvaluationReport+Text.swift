internal import Evaluation
internal import TextFormats

extension EvaluationReport {
    /// The report for a terminal of `width` columns: no sample is listed.
    public func text(width: Int = 100) -> String {
        let width = max(width, 20)
        var lines = wrapped(visible("\(title): \(extent)"), to: width)
        if let incompleteNote { lines += wrapped(incompleteNote, to: width) }
        lines += [""] + facts.lines(width: width) + [""]
        if metrics.isEmpty { lines += ["No metrics.", ""] }
        for summary in ScorerSummary.all(of: metricBlocks) {
            lines += wrapped(visible(summary.scorer), to: width)
            lines += summary.table.lines(width: width) + [""]
        }
        if let hiddenGroups = ScorerSummary.hiddenGroups(metrics) { lines += wrapped(hiddenGroups, to: width) + [""] }
        lines += tallyTable.lines(width: width)
        for scorer in tally.scorers where scorer.unscored > 0 {
            let reasons = scorer.reasons.sorted.map { "\($0.name) (\(NumberFormat.count($0.count)))" }
            let text = "Unscored by \(scorer.name): \(reasons.joined(separator: ", "))."
            lines += wrapped(visible(text), to: width)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var facts: [ReportFact] {
        [
            ReportFact("run", run.id), ReportFact("model", run.model.name),
            ReportFact("model digest", String(run.model.digest.prefix(16))),
            ReportFact("compute", "\(run.model.computeMode), \(run.model.backend)"),
            ReportFact("seed", String(run.settings.generation.seed)),
        ]
    }

    private var tallyTable: TextTable {
        let rows = tally.finishes.sorted.map { [$0.name, NumberFormat.count($0.count)] }
        return TextTable(
            [.text("finish"), .number("samples")], rows: rows + [["all", NumberFormat.count(tally.samples)]])
    }
}
