/// Reads the JSON of a safetensors header, piece by piece, with no recursion.
///
/// Accepts only what such headers hold: objects, strings, and arrays of whole numbers from 0 to `Int.max`. The caller
/// drives it, so every key passes through the caller's hands and duplicates cannot hide.
struct HeaderScanner {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Calls `body` at each value of an object, with its key.
    mutating func object(
        _ body: (inout HeaderScanner, String) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try body(&self, key)
        } while accept(",")
        try expect("}")
    }

    /// An array of at most `limit` whole numbers.
    mutating func integers(limit: Int) throws(CheckpointError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if accept("]") { return values }
        repeat {
            guard values.count < limit else { throw malformed("at most \(limit) numbers") }
            values.append(try integer())
        } while accept(",")
        try expect("]")
        return values
    }

    mutating func string() throws(CheckpointError) -> String {
        try expect("\"")
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        var content = Array(bytes[start..<position])
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw malformed("no control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                try content.append(contentsOf: String(escaped()).utf8)
            } else {
                content.append(byte)
            }
        }
        guard current != nil else { throw malformed("the end of a string") }
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else { throw .invalidText(of: "a header string") }
        return text
    }

    /// Nothing but white space may follow.
    mutating func end() throws(CheckpointError) {
        skipSpace()
        guard position == bytes.count else { throw malformed("the end of the header") }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func malformed(_ expected: String) -> CheckpointError {
        .malformedHeader(at: position, expected: expected)
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
        guard accept(character) else { throw malformed("'\(character)'") }
    }

    /// Digits without a sign, a point, an exponent or a leading zero.
    private mutating func integer() throws(CheckpointError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (product, productOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !productOverflow, !sumOverflow else { throw malformed("a number below 2^63") }
            value = sum
            position += 1
        }
        let digits = position - start
        guard digits == 1 || (digits > 1 && bytes[start] != UInt8(ascii: "0")) else {
            throw malformed("a whole number")
        }
        return value
    }

    /// What stands behind a backslash.
    private mutating func escaped() throws(CheckpointError) -> Unicode.Scalar {
        guard let byte = current else { throw malformed("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw malformed("a known escape")
        }
    }

    /// Four hexadecimal digits, or a pair of surrogates.
    private mutating func escapedScalar() throws(CheckpointError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800...0xDBFF).contains(first), bytes[position...].starts(with: [0x5C, 0x75]) else {
            throw malformed("a pair of surrogates")
        }
        position += 2
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw malformed("a pair of surrogates") }
        return scalar
    }

    private mutating func hexadecimal() throws(CheckpointError) -> UInt32 {
        let digits = bytes[position...].prefix(4).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 4 else { throw malformed("four hexadecimal digits") }
        position += 4
        return digits.reduce(0) { $0 << 4 | UInt32($1) }
    }
}
