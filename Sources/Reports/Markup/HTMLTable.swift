/// A table of a page. The first cell of a row is its heading; a row of one cell belongs to the row above and takes the
/// whole width.
struct HTMLTable {
    struct Column {
        var title: String
        var isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// Rows under a heading of their own.
    struct Section {
        var heading: [Markup]
        var rows: [[Markup]]
    }

    private let columns: [Column]
    private let sections: [Section]

    init(_ columns: [Column], rows: [[Markup]]) {
        self.columns = columns
        sections = [Section(heading: [], rows: rows)]
    }

    init(_ columns: [Column], sections: [Section]) {
        self.columns = columns
        self.sections = sections
    }

    var markup: Markup {
        let head = columns.map { column in
            Markup.element("th", ["scope": "col", "class": column.isNumber ? "n" : nil], text: column.title)
        }
        let table = [Markup.element("thead", [:], [.element("tr", [:], head)])] + sections.map(body)
        return .element("div", ["class": "scroll"], [.element("table", [:], table)])
    }

    private func body(_ section: Section) -> Markup {
        let width = String(columns.count)
        let rows = section.rows.map { row in
            row.count == 1 && columns.count > 1
                ? Markup.element("tr", [:], [.element("td", ["colspan": width, "class": "below"], row)])
                : Markup.element("tr", [:], zip(columns.indices, row).map { cell(at: $0, $1) })
        }
        guard !section.heading.isEmpty else { return .element("tbody", [:], rows) }
        let heading = Markup.element(
            "tr", ["class": "section"],
            [.element("th", ["scope": "rowgroup", "colspan": width], section.heading)])
        return .element("tbody", [:], [heading] + rows)
    }

    private func cell(at index: Int, _ content: Markup) -> Markup {
        let style = columns[index].isNumber ? "n" : nil
        return index == 0
            ? .element("th", ["scope": "row", "class": style], [content])
            : .element("td", ["class": style], [content])
    }
}

extension Markup {
    /// `0.412 [0.371, 0.455]`, the interval in a quieter tone.
    static func rate(_ value: Double?, lower: Double?, upper: Double?) -> Markup {
        guard let value, value.isFinite else { return "–" }
        guard let interval = NumberFormat.interval(lower: lower, upper: upper) else {
            return .text(NumberFormat.rate(value))
        }
        return .group([
            .text(NumberFormat.rate(value) + " "), .element("span", ["class": "range"], text: interval),
        ])
    }
}
