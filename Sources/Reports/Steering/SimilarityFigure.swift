/// A matrix of cosines between named directions as a heat map, SVG.
public struct SimilarityFigure: Sendable {
    public var names: [String]
    /// [names][names]; darker is nearer to 1, and what is not above 0 has the lightest shade.
    public var cosines: [[Double]]
    public var title: String
    public var description: String

    public init(names: [String], cosines: [[Double]], title: String, description: String) {
        precondition(cosines.count == names.count, "\(cosines.count) rows for \(names.count) names")
        self.names = names
        self.cosines = cosines
        self.title = title
        self.description = description
    }

    public var svg: String {
        let numbered = names.enumerated().map { "\($0.offset + 1)  \($0.element)" }
        let chart = HeatMapChart(
            rows: numbered, columns: names.indices.map { "\($0 + 1)" },
            cells: cosines.map { row in
                row.map { HeatMapChart.Cell(text: NumberFormat.fixed($0, decimals: 2), shade: $0) }
            },
            columnName: title)
        return chart.drawing(.wide).file(title: title, description: description)
    }
}
