/// The protocol buffers wire format, as far as SentencePiece models use it
/// (https://protobuf.dev/programming-guides/encoding).
enum WireFormat {
    /// The value of one field.
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        case bytes(Range<Int>)
        /// A group or an eight-byte number, which no field of interest is.
        case other
    }
}

/// Reads the fields of one message.
struct WireReader {
    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    init(_ bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next field's number and value, nil at the end of the message.
    ///
    /// - Throws: ``TokenizerError/malformedModel(offset:)``.
    mutating func next() throws(TokenizerError) -> (field: UInt64, value: WireFormat.Value)? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try number()
        switch tag & 7 {
        case 0: return (tag >> 3, .number(try number()))
        case 1:
            _ = try take(8)
            return (tag >> 3, .other)
        case 2:
            guard let length = Int(exactly: try number()) else { throw .malformedModel(offset: start) }
            return (tag >> 3, .bytes(try take(length)))
        case 5:
            let range = try take(4)
            return (tag >> 3, .fixed32(range.reversed().reduce(0) { $0 << 8 | UInt32(bytes[$1]) }))
        default: throw .malformedModel(offset: start)
        }
    }

    private mutating func number() throws(TokenizerError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < end else { throw .malformedModel(offset: start) }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformedModel(offset: start)
    }

    private mutating func take(_ count: Int) throws(TokenizerError) -> Range<Int> {
        guard count <= end - offset else { throw .malformedModel(offset: offset) }
        defer { offset += count }
        return offset..<(offset + count)
    }
}

/// Writes the fields of one message.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: UInt64, field: UInt64) {
        append(field << 3)
        append(value)
    }

    /// A negative number takes ten bytes, as the format has it.
    mutating func write(_ value: Int32, field: UInt64) {
        write(UInt64(bitPattern: Int64(value)), field: field)
    }

    mutating func write(_ value: Bool, field: UInt64) { write(value ? 1 : 0 as UInt64, field: field) }

    mutating func write(_ value: Float, field: UInt64) {
        append(field << 3 | 5)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift)))
        }
    }

    mutating func write(_ value: [UInt8], field: UInt64) {
        append(field << 3 | 2)
        append(UInt64(value.count))
        bytes += value
    }

    mutating func write(_ value: String, field: UInt64) {
        append(field << 3 | 2)
        append(UInt64(value.utf8.count))
        bytes += value.utf8
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
