/// Reads JSON (RFC 8259) in UTF-8.
struct JSONReader {
    private static let deepest = 64

    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    /// - Throws: ``TokenizerError/malformedJSON(offset:)``.
    static func read(_ bytes: [UInt8]) throws(TokenizerError) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw .malformedJSON(offset: reader.offset) }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    private func fail() -> TokenizerError { .malformedJSON(offset: offset) }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    /// The next byte that is no space, without using it up; 0 at the end.
    private mutating func peek() -> UInt8 {
        skipSpace()
        return offset < bytes.count ? bytes[offset] : 0
    }

    private mutating func value() throws(TokenizerError) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw fail() }
        switch peek() {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ spelling: StaticString, _ value: JSONValue) throws(TokenizerError) -> JSONValue {
        let wanted = Array("\(spelling)".utf8)
        guard bytes.count - offset >= wanted.count, bytes[offset..<(offset + wanted.count)].elementsEqual(wanted)
        else { throw fail() }
        offset += wanted.count
        return value
    }

    private mutating func object() throws(TokenizerError) -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        if peek() == UInt8(ascii: "}") {
            offset += 1
            return .object(members)
        }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw fail() }
            let key = try string()
            guard peek() == UInt8(ascii: ":") else { throw fail() }
            offset += 1
            members.append(JSONValue.Member(key: key, value: try value()))
            let next = peek()
            guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else { throw fail() }
            offset += 1
            if next == UInt8(ascii: "}") { return .object(members) }
        }
    }

    private mutating func array() throws(TokenizerError) -> JSONValue {
        offset += 1
        var values: [JSONValue] = []
        if peek() == UInt8(ascii: "]") {
            offset += 1
            return .array(values)
        }
        while true {
            values.append(try value())
            let next = peek()
            guard next == UInt8(ascii: ",") || next == UInt8(ascii: "]") else { throw fail() }
            offset += 1
            if next == UInt8(ascii: "]") { return .array(values) }
        }
    }

    private mutating func number() throws(TokenizerError) -> JSONValue {
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: offset += 1
            default:
                return try number(from: start)
            }
        }
        return try number(from: start)
    }

    private func number(from start: Int) throws(TokenizerError) -> JSONValue {
        let spelling = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard offset > start, offset - start <= 64, let value = Double(spelling), value.isFinite else {
            throw .malformedJSON(offset: start)
        }
        return Int(spelling).map(JSONValue.integer) ?? .number(value)
    }

    private mutating func string() throws(TokenizerError) -> String {
        offset += 1
        let start = offset
        while offset < bytes.count, bytes[offset] != 0x22, bytes[offset] != 0x5C, bytes[offset] >= 0x20 { offset += 1 }
        if offset < bytes.count, bytes[offset] == 0x22 {
            defer { offset += 1 }
            return try text(bytes[start..<offset])
        }
        var unescaped = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case 0x22: return try text(unescaped[...])
            case 0x5C: try appendEscape(to: &unescaped)
            case 0x00..<0x20: throw fail()
            default: unescaped.append(byte)
            }
        }
        throw fail()
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fail() }
        return text
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(TokenizerError) {
        guard offset < bytes.count else { throw fail() }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case UInt8(ascii: "u"):
            var value = try fourDigits()
            if 0xD800..<0xDC00 ~= value {
                guard bytes.count - offset >= 2, bytes[offset] == 0x5C, bytes[offset + 1] == UInt8(ascii: "u") else {
                    throw fail()
                }
                offset += 2
                let low = try fourDigits()
                guard 0xDC00..<0xE000 ~= low else { throw fail() }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { throw fail() }
            text += encoded
        default: throw fail()
        }
    }

    private mutating func fourDigits() throws(TokenizerError) -> UInt32 {
        guard bytes.count - offset >= 4,
            let value = UInt32(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16)
        else { throw fail() }
        offset += 4
        return value
    }
}
