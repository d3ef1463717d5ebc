internal import Resampling
internal import TextFormats

extension PassKReport {
    /// The report for a terminal of `width` columns.
    public func text(width: Int = 100) -> String {
        let width = max(width, 20)
        var lines = wrapped(visible(title), to: width) + wrapped(extent, to: width)
        for run in incompleteRuns { lines += wrapped(visible(run.namedNote), to: width) }
        for group in groups { lines += [""] + block(group, width: width) }
        lines.append("")
        for note in notes { lines += wrapped(note, to: width) }
        for group in groups where !group.pooled.repeatedRuns.isEmpty {
            let runs = group.pooled.repeatedRuns.joined(separator: ", ")
            lines += wrapped(
                visible("\(group.label): same seed as another run, samples not counted twice: \(runs)."), to: width)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func block(_ group: Group, width: Int) -> [String] {
        guard let first = group.curves.first else { return wrapped(visible("\(group.label): no figures"), to: width) }
        let columns = group.curves.map { TextTable.Column.number($0.metric.rawValue) }
        let rows = Set(group.curves.flatMap { $0.points.map(\.k) }).sorted().map { k in
            [String(k)] + group.curves.map { curve in curve.points.first { $0.k == k }?.figure ?? "–" }
        }
        let table = TextTable([.number("k")] + columns, rows: rows)
        return wrapped(visible("\(group.label): \(group.size(of: first))"), to: width) + table.lines(width: width)
    }

    func curves(_ metric: PassMetric) -> [(group: Group, curve: PassCurve)] {
        groups.flatMap { group in
            group.curves.filter { $0.metric == metric }.map { (group, $0) }
        }
    }

    private var notes: [String] {
        let absences = Set(groups.flatMap { $0.curves.flatMap { $0.points.compactMap(\.absence) } })
        let reasons = absences.map { "* No interval: \($0)." }.sorted()
        return reasons + [intervalNote, unscoredNote ?? ""].filter { !$0.isEmpty }
    }
}

extension PassPoint {
    /// The estimate with its interval, or with a mark where it has none.
    fileprivate var figure: String {
        NumberFormat.rate(estimate, lower: bounds.lower, upper: bounds.upper) + (absence == nil ? "" : " *")
    }
}
