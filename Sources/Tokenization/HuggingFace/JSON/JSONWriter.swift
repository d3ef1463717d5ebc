/// Writes JSON in UTF-8, two spaces a level, in the order of the value: the same bytes for the same value, and those that
/// Python's `json.dumps(…, indent=2, ensure_ascii=False)` writes.
struct JSONWriter {
    private var bytes: [UInt8] = []

    /// The text of a value, with a line break at the end.
    static func text(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.append(value, depth: 0)
        writer.bytes.append(0x0A)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private mutating func append(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += "\(number)".utf8
        case .number(let number): bytes += (Int(exactly: number).map { "\($0)" } ?? "\(number)").utf8
        case .string(let text): append(text)
        case .array(let values): append(values, between: "[]", depth: depth) { $0.append($1, depth: depth + 1) }
        case .object(let members):
            append(members, between: "{}", depth: depth) {
                $0.append($1.key)
                $0.bytes += ": ".utf8
                $0.append($1.value, depth: depth + 1)
            }
        }
    }

    private mutating func append<Element>(
        _ elements: [Element], between brackets: String, depth: Int,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        bytes += brackets.utf8.prefix(1)
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendLineBreak(depth: depth + 1)
            body(&self, element)
        }
        if !elements.isEmpty { appendLineBreak(depth: depth) }
        bytes += brackets.utf8.suffix(1)
    }

    private mutating func appendLineBreak(depth: Int) {
        bytes.append(0x0A)
        bytes += repeatElement(0x20, count: 2 * depth)
    }

    private mutating func append(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 { append(byte) }
        bytes.append(0x22)
    }

    /// One byte of a string, with the escapes that JSON asks for.
    private mutating func append(_ byte: UInt8) {
        switch byte {
        case 0x22: bytes += #"\""#.utf8
        case 0x5C: bytes += #"\\"#.utf8
        case 0x08: bytes += #"\b"#.utf8
        case 0x09: bytes += #"\t"#.utf8
        case 0x0A: bytes += #"\n"#.utf8
        case 0x0C: bytes += #"\f"#.utf8
        case 0x0D: bytes += #"\r"#.utf8
        case 0x00..<0x20: bytes += ((byte < 0x10 ? #"\u000"# : #"\u001"#) + String(byte & 0x0F, radix: 16)).utf8
        default: bytes.append(byte)
        }
    }
}
