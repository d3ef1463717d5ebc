/// A strict JSON parser (RFC 8259): a key that stands twice is an error, and so is anything after the value.
///
/// Depth is limited to 32, so that recursion is too.
package struct JSONParser {
    package struct Fault: Error, Hashable {
        package var offset: Int
        package var issue: Issue

        package enum Issue: Hashable {
            case expected(String)
            case duplicateKey(String)
            case invalidUTF8
        }
    }

    private static let maximumDepth = 32

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    private var depth = 0

    /// Parses the one value that the bytes of the range hold.
    package static func parse(_ bytes: [UInt8], in range: Range<Int>) throws(Fault) -> JSONNode {
        var parser = JSONParser(bytes: bytes, position: range.lowerBound, end: range.upperBound)
        let node = try parser.value()
        parser.skipSpace()
        guard parser.position == parser.end else { throw parser.fault("nothing more") }
        return node
    }

    private init(bytes: [UInt8], position: Int, end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    private mutating func value() throws(Fault) -> JSONNode {
        skipSpace()
        let start = position
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw fault("at most \(Self.maximumDepth) levels of nesting") }
        return JSONNode(value: try content(), offset: start)
    }

    private mutating func content() throws(Fault) -> JSONNode.Value {
        switch current {
        case UInt8(ascii: "{"): .object(try object())
        case UInt8(ascii: "["): .array(try array())
        case UInt8(ascii: "\""): .string(try string())
        case UInt8(ascii: "t"): try word("true", .boolean(true))
        case UInt8(ascii: "f"): try word("false", .boolean(false))
        case UInt8(ascii: "n"): try word("null", .null)
        default: .number(try number())
        }
    }

    private mutating func object() throws(Fault) -> JSONObject {
        position += 1
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault("a key in quotation marks") }
            let start = position
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon") }
            let node = try value()
            guard object.insert(key, node) else { throw Fault(offset: start, issue: .duplicateKey(key)) }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or a closing brace") }
        return object
    }

    private mutating func array() throws(Fault) -> [JSONNode] {
        position += 1
        var nodes: [JSONNode] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return nodes }
        repeat {
            nodes.append(try value())
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or a closing bracket") }
        return nodes
    }

    private mutating func string() throws(Fault) -> String {
        let start = position
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw Fault(offset: start, issue: .invalidUTF8)
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                content.append(contentsOf: try escape())
            case 0..<0x20: throw fault("an escape such as \\n in place of a control character")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw fault("a closing quotation mark")
    }

    private mutating func escape() throws(Fault) -> [UInt8] {
        let plain: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
            UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
        ]
        guard let byte = current else { throw fault("a character after the backslash") }
        position += 1
        if let escaped = plain[byte] { return [escaped] }
        guard byte == UInt8(ascii: "u") else { throw fault("one of the escapes of JSON") }
        let first = try codeUnit()
        guard (0xD800..<0xDC00).contains(first) else { return try utf8(UInt32(first)) }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw fault("the second half of a surrogate pair")
        }
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second) else { throw fault("the second half of a surrogate pair") }
        return try utf8(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    }

    private func utf8(_ value: UInt32) throws(Fault) -> [UInt8] {
        guard let scalar = Unicode.Scalar(value) else {
            throw fault("the first half of a surrogate pair before the second")
        }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func codeUnit() throws(Fault) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw fault("four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() throws(Fault) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(Fault) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw fault("a value") }
    }

    private mutating func word(_ spelling: String, _ value: JSONNode.Value) throws(Fault) -> JSONNode.Value {
        guard bytes[position..<end].starts(with: spelling.utf8) else { throw fault("a value") }
        position += spelling.utf8.count
        return value
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private var current: UInt8? { position < end ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private func fault(_ expected: String) -> Fault {
        Fault(offset: position, issue: .expected(expected))
    }
}
