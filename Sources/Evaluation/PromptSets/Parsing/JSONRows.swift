/// The objects of a file that holds one JSON object a line, or one list of objects.
struct JSONRows {
    struct Row {
        var line: Int
        var object: JSONObject
    }

    private let bytes: [UInt8]
    private let start: Int
    private let lineLimit: Int

    init(_ bytes: [UInt8], from start: Int, lineLimit: Int) {
        self.bytes = bytes
        self.start = start
        self.lineLimit = lineLimit
    }

    /// The first object, for telling the format; nil where there is none.
    var first: JSONObject? {
        var found: JSONObject?
        forEach { result in
            if case .success(let row) = result { found = row.object }
            return found == nil
        }
        return found
    }

    /// Calls `body` with every row, or what is wrong with it, until it returns false.
    func forEach(_ body: (Result<Row, LineFault>) -> Bool) {
        let firstByte = bytes[start...].first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        if firstByte == UInt8(ascii: "[") {
            forEachElement(body)
        } else {
            forEachLine(body)
        }
    }

    private func forEachLine(_ body: (Result<Row, LineFault>) -> Bool) {
        var (position, line) = (start, 0)
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            line += 1
            let range = position..<end
            position = end + 1
            let isBlank = bytes[range].allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
            if !isBlank && !body(row(in: range, line: line)) { return }
        }
    }

    private func row(in range: Range<Int>, line: Int) -> Result<Row, LineFault> {
        if range.count > lineLimit { return .failure(LineFault(line: line, issue: .lineTooLong(limit: lineLimit))) }
        if bytes[range].contains(0) { return .failure(LineFault(line: line, issue: .nulByte)) }
        do {
            guard let object = try JSONParser.parse(bytes, in: range).object else {
                return .failure(LineFault(line: line, issue: .notAnObject))
            }
            return .success(Row(line: line, object: object))
        } catch {
            return .failure(fault(error, line: line, lineStart: range.lowerBound))
        }
    }

    private func forEachElement(_ body: (Result<Row, LineFault>) -> Bool) {
        let elements: [JSONNode]
        do {
            elements = try JSONParser.parse(bytes, in: start..<bytes.count).array ?? []
        } catch {
            let before = bytes[start..<min(error.offset, bytes.count)]
            let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? start
            _ = body(.failure(fault(error, line: Self.lineBreaks(in: before) + 1, lineStart: lineStart)))
            return
        }
        var (position, line) = (start, 1)
        for element in elements {
            line += Self.lineBreaks(in: bytes[position..<element.offset])
            position = element.offset
            let row = element.object.map { Row(line: line, object: $0) }
            let fault = LineFault(line: line, issue: .notAnObject)
            guard body(row.map { .success($0) } ?? .failure(fault)) else { return }
        }
    }

    private func fault(_ fault: JSONParser.Fault, line: Int, lineStart: Int) -> LineFault {
        switch fault.issue {
        case .expected(let expected):
            LineFault(line: line, issue: .malformedJSON(expected: expected, column: fault.offset - lineStart + 1))
        case .duplicateKey(let key): LineFault(line: line, issue: .duplicateKey(key: key))
        case .invalidUTF8: LineFault(line: line, issue: .invalidUTF8)
        }
    }

    private static func lineBreaks(in bytes: ArraySlice<UInt8>) -> Int {
        bytes.count { $0 == 0x0A }
    }
}
