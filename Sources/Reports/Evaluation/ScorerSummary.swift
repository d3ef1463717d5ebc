internal import Evaluation

/// What the terminal shows of one scorer: a row for all samples and for each group, a column for each metric.
///
/// The first metric has its interval beside it. Kinds of groups with many members are left to the page and the files.
struct ScorerSummary {
    var scorer: String
    private var blocks: [MetricBlock]

    /// Most groups of one kind that a terminal is given.
    private static let groupLimit = 12

    static func all(of blocks: [MetricBlock]) -> [ScorerSummary] {
        var summaries: [ScorerSummary] = []
        for block in blocks {
            if let index = summaries.firstIndex(where: { $0.scorer == block.scorer }) {
                summaries[index].blocks.append(block)
            } else {
                summaries.append(ScorerSummary(scorer: block.scorer, blocks: [block]))
            }
        }
        return summaries
    }

    /// Says which groups are not in the tables; nil where all are.
    static func hiddenGroups(_ metrics: [MetricRecord]) -> String? {
        let kinds = hiddenKinds(metrics)
        guard !kinds.isEmpty else { return nil }
        let members = kinds.sorted { $0.key < $1.key }.map { "\($0.value) groups by \($0.key)" }
        return "\(members.joined(separator: ", ")) are in the HTML page, the CSV file and the JSON document."
    }

    private static func hiddenKinds(_ metrics: [MetricRecord]) -> [String: Int] {
        let groups = Set(metrics.map(\.group)).compactMap { group in
            group.firstIndex(of: "=").map { String(group[..<$0]) }
        }
        return Dictionary(grouping: groups) { $0 }.mapValues(\.count).filter { $0.value > groupLimit }
    }

    var table: TextTable {
        let hidden = Self.hiddenKinds(blocks.flatMap(\.metrics))
        let shown = (blocks.first?.metrics ?? []).filter { $0.groupKind.map { hidden[$0] == nil } ?? true }
        let hasUnscored = shown.contains { $0.unscored > 0 }
        let titles = blocks.map { TextTable.Column.number($0.title.replacing(" rate", with: "")) }
        return TextTable(
            [.text("samples")] + titles + [.number("n")] + (hasUnscored ? [.number("unscored")] : []),
            rows: shown.map { first in
                [first.groupName] + blocks.indices.map { value(of: first.group, block: $0) }
                    + [NumberFormat.count(first.scored)] + (hasUnscored ? [NumberFormat.count(first.unscored)] : [])
            })
    }

    private func value(of group: String, block index: Int) -> String {
        guard let metric = blocks[index].metrics.first(where: { $0.group == group }), let value = metric.value else {
            return "–"
        }
        return index == 0
            ? NumberFormat.rate(value, lower: metric.lower, upper: metric.upper) : NumberFormat.rate(value)
    }
}
