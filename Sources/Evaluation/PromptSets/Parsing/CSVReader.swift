/// Reads comma-separated values record by record, as RFC 4180 has them.
///
/// Lines end in LF, CRLF or CR; fields in quotation marks hold commas, line breaks and doubled quotation marks; empty
/// lines are passed over. A quotation mark inside a field that does not start with one is an ordinary character.
struct CSVReader {
    struct Record {
        /// Where the record starts.
        var line: Int
        var fields: [String]
    }

    private let bytes: [UInt8]
    private let recordLimit: Int
    private var position: Int
    private var line = 1

    init(_ bytes: [UInt8], from start: Int = 0, recordLimit: Int) {
        self.bytes = bytes
        self.recordLimit = recordLimit
        position = start
    }

    /// The next record, or nil at the end. After an error that has more records behind it, the next call goes on there.
    mutating func next() throws(LineFault) -> Record? {
        skipEmptyLines()
        guard position < bytes.count else { return nil }
        let start = (position: position, line: line)
        var fields: [[UInt8]] = []
        var issue: PromptSetIssue?
        var isLast = false
        while !isLast {
            do {
                fields.append(try isAtQuote ? quotedField() : plainField())
            } catch {
                issue = issue ?? error
            }
            if position - start.position > recordLimit { issue = .lineTooLong(limit: recordLimit) }
            isLast = endField()
        }
        if let issue { throw LineFault(line: start.line, issue: issue) }
        return Record(line: start.line, fields: try text(of: fields, line: start.line))
    }

    private func text(of fields: [[UInt8]], line: Int) throws(LineFault) -> [String] {
        var texts: [String] = []
        for field in fields {
            if field.contains(0) { throw LineFault(line: line, issue: .nulByte) }
            guard let text = String(validating: field, as: UTF8.self) else {
                throw LineFault(line: line, issue: .invalidUTF8)
            }
            texts.append(text)
        }
        return texts
    }

    private var isAtQuote: Bool { position < bytes.count && bytes[position] == UInt8(ascii: "\"") }

    private mutating func plainField() -> [UInt8] {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ","), !isLineBreak(position) { position += 1 }
        return Array(bytes[start..<position])
    }

    private mutating func quotedField() throws(PromptSetIssue) -> [UInt8] {
        var field: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard isAtQuote else { return try afterClosingQuote(field) }
                position += 1
            } else if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isLineFeed(position)) {
                line += 1
            }
            field.append(byte)
        }
        throw .unclosedQuote
    }

    private mutating func afterClosingQuote(_ field: [UInt8]) throws(PromptSetIssue) -> [UInt8] {
        let isEnd = position == bytes.count || bytes[position] == UInt8(ascii: ",") || isLineBreak(position)
        if isEnd { return field }
        _ = plainField()
        throw .textAfterQuote
    }

    /// Passes what ends a field; true where it ends the record too.
    private mutating func endField() -> Bool {
        guard position < bytes.count else { return true }
        if bytes[position] == UInt8(ascii: ",") {
            position += 1
            return false
        }
        passLineBreak()
        return true
    }

    private mutating func skipEmptyLines() {
        while position < bytes.count, isLineBreak(position) { passLineBreak() }
    }

    private mutating func passLineBreak() {
        if bytes[position] == UInt8(ascii: "\r") && isLineFeed(position + 1) { position += 1 }
        position += 1
        line += 1
    }

    private func isLineBreak(_ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r")
    }

    private func isLineFeed(_ index: Int) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: "\n")
    }
}

extension PromptSetIssue: Error {}
