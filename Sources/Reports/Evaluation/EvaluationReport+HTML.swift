internal import Evaluation
internal import Verification

extension EvaluationReport {
    /// A page of its own, in one file, without network or scripts.
    public func html() -> String {
        var body: [Markup] = [.header(kind: "evaluation", title: title, lead: extent + ".")]
        if !run.definition.description.isEmpty { body.append(.paragraph(run.definition.description)) }
        if let incompleteNote { body.append(.paragraph(incompleteNote, style: "notice")) }
        body += results + ends + conditions + listing + repeating + [.footer(generated: generated)]
        return HTMLPage(title: "\(title) · \(run.model.name)", body: body).source
    }

    private var results: [Markup] {
        guard !metrics.isEmpty else { return [.paragraph("This run has no metrics.", style: "notice")] }
        let figures = metricBlocks.enumerated().flatMap { index, block -> [Markup] in
            [
                .element(
                    "h3", [:], [.text(block.title), .element("span", ["class": "quiet"], text: " · \(block.scorer)")]),
                figure(block, index: index), table(block),
            ]
        }
        return [cards, .heading("Results", id: "results")] + figures
    }

    private var cards: Markup {
        let cards = metricBlocks.prefix(6).compactMap { block -> Markup? in
            guard let metric = block.metrics.first(where: { $0.group == "all" }) ?? block.metrics.first else {
                return nil
            }
            let range = NumberFormat.interval(lower: metric.lower, upper: metric.upper) ?? "no interval"
            return .element(
                "li", ["class": "card"],
                [
                    .element("div", ["class": "name"], text: block.title),
                    .element("div", ["class": "figure"], text: metric.value.map(NumberFormat.rate) ?? "–"),
                    .element("div", ["class": "range"], text: "\(range) · \(metric.sizeNote)"),
                    .element("div", ["class": "more"], text: block.scorer),
                ])
        }
        return .element("ul", ["class": "cards"], cards)
    }

    private func figure(_ block: MetricBlock, index: Int) -> Markup {
        var rows: [DotWhiskerChart.Row] = []
        var kind: String?
        for metric in block.metrics {
            if metric.groupKind != kind, let next = metric.groupKind { rows.append(.heading("by \(next)")) }
            kind = metric.groupKind
            rows.append(
                DotWhiskerChart.Row(
                    label: metric.groupMember, value: metric.value, lower: metric.lower, upper: metric.upper,
                    note: metric.sizeNote, shortNote: metric.shortSizeNote,
                    style: metric.group == "all" ? .headline : .plain))
        }
        return .figure(
            id: "metric-\(index)", title: "\(block.title), \(block.scorer)",
            description: "A dot for each group of samples; the table below holds every value.",
            caption: "Dots are means over the n scored samples, whiskers are 95% intervals.",
            draw: DotWhiskerChart(rows: rows).drawing)
    }

    private func table(_ block: MetricBlock) -> Markup {
        let rows = block.metrics.map { metric -> [Markup] in
            [
                .text(metric.groupName), .rate(metric.value, lower: metric.lower, upper: metric.upper),
                .text(NumberFormat.count(metric.scored)), .text(NumberFormat.count(metric.unscored)),
            ]
        }
        let columns: [HTMLTable.Column] = [
            .text("samples"), .number(block.title), .number("n"), .number("unscored"),
        ]
        return .details("All values as a table", [HTMLTable(columns, rows: rows).markup])
    }

    private var ends: [Markup] {
        guard tally.samples > 0 else { return [] }
        var parts: [Markup] = [.heading("How samples ended", id: "ends")]
        let rows = tally.finishes.sorted.map { shareRow($0.name, $0.count, of: tally.samples) }
        let columns: [HTMLTable.Column] = [.text("finish"), .number("samples"), .number("share")]
        parts.append(HTMLTable(columns, rows: rows).markup)
        if tally.errors > 0 {
            parts.append(
                .paragraph("\(NumberFormat.count(tally.errors, "sample")) ended in an error and has no completion."))
        }
        for scorer in tally.scorers { parts += grades(scorer) }
        return parts
    }

    private func grades(_ scorer: SampleTally.Scorer) -> [Markup] {
        let total = scorer.scored + scorer.unscored
        let classes = scorer.labels.sorted.map { shareRow($0.name, $0.count, of: total) }
        let reasons = scorer.reasons.sorted.map { shareRow("unscored: \($0.name)", $0.count, of: total) }
        let title = Markup.element("h3", text: "\(scorer.name), version \(scorer.version)")
        let summary = "\(NumberFormat.count(scorer.scored)) scored, \(NumberFormat.count(scorer.unscored)) unscored."
        guard !classes.isEmpty || !reasons.isEmpty else { return [title, .paragraph(summary)] }
        let columns: [HTMLTable.Column] = [.text("grade"), .number("samples"), .number("share")]
        return [title, .paragraph(summary), HTMLTable(columns, rows: classes + reasons).markup]
    }

    private func shareRow(_ name: String, _ count: Int, of total: Int) -> [Markup] {
        let share = total > 0 ? NumberFormat.rate(Double(count) / Double(total)) : "–"
        return [.text(name), .text(NumberFormat.count(count)), .text(share)]
    }

    private var conditions: [Markup] {
        [
            .heading("Under what conditions", id: "conditions"),
            .element("h3", text: "Model"), .facts(modelFacts),
            .element("h3", text: "Prompts and sampling"), .facts(promptFacts + settingFacts),
            .element("h3", text: "Run"), .facts(runFacts),
        ]
    }

    private var repeating: [Markup] {
        guard let command else { return [] }
        return [
            .heading("Make it again", id: "again"), .command(command),
            .paragraph(
                """
                The same model bytes, evaluation, prompts, settings and seed give the same samples, whatever the batch \
                size, the number of threads and the point of resumption.
                """, style: "quiet"),
        ]
    }
}
