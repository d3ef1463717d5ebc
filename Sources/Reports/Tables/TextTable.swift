internal import TextFormats

/// A table for the terminal: aligned columns, cut or turned on its side where the terminal is narrow.
public struct TextTable: Sendable {
    public struct Column: Sendable {
        public enum Alignment: Sendable {
            case leading
            case trailing
        }

        public var title: String
        public var alignment: Alignment

        public static func text(_ title: String) -> Column { Column(title: title, alignment: .leading) }
        public static func number(_ title: String) -> Column { Column(title: title, alignment: .trailing) }
    }

    public var columns: [Column]
    public var rows: [[String]]

    /// A text column is not cut below this.
    private static let narrowestText = 12
    private static let gap = 2

    public init(_ columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows.map { row in row.map { visible($0) } }
    }

    /// Lines of at most `width` columns, without trailing spaces.
    public func lines(width: Int) -> [String] {
        var widths = columns.indices.map { index in
            rows.reduce(displayWidth(columns[index].title)) { max($0, displayWidth($1[index])) }
        }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - width
        while excess > 0 {
            let candidates = columns.indices.filter {
                columns[$0].alignment == .leading && widths[$0] > Self.narrowestText
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return records(width: width) }
            widths[widest] -= 1
            excess -= 1
        }
        let rule = widths.map { String(repeating: "─", count: $0) }
        return ([columns.map(\.title), rule] + fitted(widths)).map { line($0, widths: widths) }
    }

    /// The rows, cut to `widths`. Cells that differ stay different where their ends alone tell them apart.
    private func fitted(_ widths: [Int]) -> [[String]] {
        var fitted = rows
        for (column, width) in widths.enumerated() {
            let whole = rows.map { $0[column] }
            var cut = whole.map { truncated($0, to: width) }
            if Set(cut).count < Set(whole).count {
                let other = shortened(whole, to: width)
                if Set(other).count > Set(cut).count { cut = other }
            }
            for (row, cell) in cut.enumerated() { fitted[row][column] = cell }
        }
        return fitted
    }

    private func line(_ cells: [String], widths: [Int]) -> String {
        var result = ""
        for (index, cell) in cells.enumerated() {
            let text = truncated(cell, to: widths[index])
            let padding = String(repeating: " ", count: widths[index] - displayWidth(text))
            result += columns[index].alignment == .leading ? text + padding : padding + text
            if index < cells.count - 1 { result += String(repeating: " ", count: Self.gap) }
        }
        return String(result.reversed().drop { $0 == " " }.reversed())
    }

    /// One block of `title  value` lines for each row.
    private func records(width: Int) -> [String] {
        let titleWidth = columns.reduce(0) { max($0, displayWidth($1.title)) }
        var lines: [String] = []
        for row in rows {
            if !lines.isEmpty { lines.append("") }
            for (column, cell) in zip(columns, row) where !cell.isEmpty {
                let title = column.title + String(repeating: " ", count: titleWidth - displayWidth(column.title))
                lines.append(truncated("\(title)  \(cell)", to: max(width, 1)))
            }
        }
        return lines
    }
}
