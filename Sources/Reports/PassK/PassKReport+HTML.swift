internal import Evaluation
internal import Resampling

extension PassKReport {
    /// A page of its own, in one file, without network or scripts.
    public func html() -> String {
        var body: [Markup] = [.header(kind: "repeated sampling", title: title, lead: extent + ".")]
        body += incompleteRuns.map { .paragraph($0.namedNote, style: "notice") }
        if let unscoredNote { body.append(.paragraph(unscoredNote, style: "notice")) }
        if groups.isEmpty { body.append(.paragraph("There are no runs in this report.", style: "notice")) }
        if groups.count <= 4 { body.append(cards) }
        for metric in metrics { body += section(metric) }
        if !groups.isEmpty { body += spread + pooling }
        body += method + repeating + [.footer(generated: generated)]
        return HTMLPage(title: "\(title) · pass@k", body: body).source
    }

    private var cards: Markup {
        let cards = groups.enumerated().compactMap { index, group in card(group, style: SeriesStyle(index)) }
        return cards.isEmpty ? .nothing : .element("ul", ["class": "cards"], cards)
    }

    /// The figures at the smallest and the largest k, with what they rest on; nil without figures.
    private func card(_ group: Group, style: SeriesStyle) -> Markup? {
        guard let curve = group.curves.first, let first = curve.points.first, let last = curve.points.last else {
            return nil
        }
        let name = Markup.element(
            "div", ["class": "name \(style.colorClass)"],
            [.element("span", ["class": "swatch"]), .element("span", text: group.label)])
        func interval(_ point: PassPoint) -> String {
            NumberFormat.interval(lower: point.bounds.lower, upper: point.bounds.upper) ?? "no interval"
        }
        let range = "\(curve.metric.name(at: first.k)) · \(interval(first))"
        let more = "\(curve.metric.name(at: last.k)) · \(NumberFormat.rate(last.estimate)) \(interval(last))"
        return .element(
            "li", ["class": "card"],
            [
                name, .element("div", ["class": "figure"], text: NumberFormat.rate(first.estimate)),
                .element("div", ["class": "range"], text: range),
                first.k == last.k ? .nothing : .element("div", ["class": "more"], text: more),
                .element("div", ["class": "more"], text: group.size(of: curve)),
            ])
    }

    private func section(_ metric: PassMetric) -> [Markup] {
        let series = curves(metric).map { $0.curve.series(label: $0.group.label) }
        let chart = LineBandChart(series: series, xName: "k", yName: metric.rawValue)
        let meaning =
            metric == .passAtK ? "at least one of k samples is right" : "all of k samples are right"
        let id = metric == .passAtK ? "any" : "all"
        return [
            .heading("\(metric.rawValue): \(meaning)", id: id),
            .figure(
                id: id, title: "\(metric.rawValue) against k",
                description: "One line for each group; the table below holds every value.",
                caption: "Mean over tasks of the chance that \(meaning). \(intervalNote)", draw: chart.drawing),
            table(metric), absences(metric),
        ]
    }

    private func table(_ metric: PassMetric) -> Markup {
        let sections = curves(metric).map { group, curve in
            HTMLTable.Section(
                heading: [
                    .text(group.label),
                    .element("span", ["class": "quiet"], text: " · \(group.size(of: curve))"),
                ],
                rows: curve.points.map(row))
        }
        let columns: [HTMLTable.Column] = [
            .number("k"), .number(metric.rawValue), .number("standard error"), .number("its sampling part"),
        ]
        return HTMLTable(columns, sections: sections).markup
    }

    private func row(_ point: PassPoint) -> [Markup] {
        [
            .text(NumberFormat.count(point.k)),
            .rate(point.estimate, lower: point.bounds.lower, upper: point.bounds.upper),
            .text(point.standardError.map(NumberFormat.rate) ?? "–"),
            .text(point.samplingError.map(NumberFormat.rate) ?? "–"),
        ]
    }

    private func absences(_ metric: PassMetric) -> Markup {
        let notes = curves(metric).flatMap { group, curve in
            IntervalAbsence.allReasons.compactMap { reason -> Markup? in
                let ks = curve.points.filter { $0.absence == reason }.map { String($0.k) }
                guard !ks.isEmpty else { return nil }
                let text = "\(group.label), k = \(ks.joined(separator: ", ")): no interval (\(reason))."
                return .paragraph(text, style: "quiet small")
            }
        }
        return .group(notes)
    }

    private var spread: [Markup] {
        let panels = groups.map { group in
            HistogramChart.Panel(label: group.label, shares: group.pooled.tasks.compactMap { share($0, in: group) })
        }
        return [
            .heading("How hard the tasks are", id: "tasks"),
            .figure(
                id: "spread", title: "Tasks by their share of right samples",
                description: "A histogram for each group. The counts of each task are in the lists below.",
                caption: """
                    Number of tasks for each share c/n of right samples. The solid bars at the ends are tasks that no \
                    sample, or every sample, solved.
                    """, draw: HistogramChart(panels: panels).drawing),
            .group(groups.map(taskList)),
        ]
    }

    private func share(_ task: TaskTotal, in group: Group) -> Double? {
        let samples = task.samples(group.curves.first?.unscored ?? .excluded)
        return samples > 0 ? Double(task.correct) / Double(samples) : nil
    }

    private func taskList(_ group: Group) -> Markup {
        let tasks = group.pooled.tasks
        let rows = tasks.prefix(listedTasks).map { task -> [Markup] in
            [
                .text(task.task), .text(NumberFormat.count(task.scored)), .text(NumberFormat.count(task.correct)),
                .text(share(task, in: group).map(NumberFormat.rate) ?? "–"),
                .text(NumberFormat.count(task.unscored)),
            ]
        }
        let cut = tasks.count > rows.count ? ", the first \(NumberFormat.count(rows.count)) listed" : ""
        let columns: [HTMLTable.Column] = [
            .text("task"), .number("n"), .number("c"), .number("c/n"), .number("unscored"),
        ]
        return .details(
            "\(group.label): \(NumberFormat.count(tasks.count, "task"))\(cut)",
            [HTMLTable(columns, rows: Array(rows)).markup])
    }
}

extension PassCurve {
    fileprivate func series(label: String) -> LineBandChart.Series {
        LineBandChart.Series(
            label: label,
            points: points.map { point in
                LineBandChart.Value(
                    x: Double(point.k), y: point.estimate, lower: point.bounds.lower, upper: point.bounds.upper)
            })
    }
}

extension IntervalAbsence {
    fileprivate static let allReasons: [IntervalAbsence] = [.oneTask, .noSpread, .differentTasks]
}
