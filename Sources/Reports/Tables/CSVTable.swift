internal import TextFormats

/// Comma-separated values: RFC 4180, UTF-8, lines ended by CR LF, a header line first.
struct CSVTable {
    enum Cell {
        case text(String)
        case integer(Int)
        case number(Double)
        case empty

        static func text(_ text: String?) -> Cell { text.map { Cell.text($0) } ?? .empty }
        static func number(_ number: Double?) -> Cell { number.map { Cell.number($0) } ?? .empty }
    }

    var header: [String]
    var rows: [[Cell]]

    var text: String {
        let lines = [header.map { escaped($0) }] + rows.map { row in row.map { spelled($0) } }
        return lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private func spelled(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): escaped(text)
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? String(value) : ""
        case .empty: ""
        }
    }

    /// A spreadsheet runs a text that begins like a formula; an apostrophe in front makes it text again.
    private func escaped(_ raw: String) -> String {
        var text = visible(raw, keepingLines: true)
        let start = text.unicodeScalars.first { $0 != " " }
        if let start, "=+-@\t\n＝＋－＠".unicodeScalars.contains(start) { text = "'" + text }
        return CSVField.quoted(text)
    }
}
