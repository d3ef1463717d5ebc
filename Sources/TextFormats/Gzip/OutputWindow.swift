/// What came out last: bytes that were not taken yet, and before them as many as later ones may repeat.
struct OutputWindow {
    /// How far back a repetition may reach.
    private static let reach = 1 << 15

    private var bytes: [UInt8] = []
    /// Where the bytes begin that were not taken.
    private var taken = 0
    /// Where the bytes of this member begin.
    private var start = 0
    /// Up to where bytes of this member are in ``register`` and ``counted``.
    private var summed = 0
    private var register = ~UInt32(0)
    private var counted = 0

    /// Bytes that were not taken.
    var fresh: Int { bytes.count - taken }

    /// A new member: what came before may not be repeated.
    mutating func begin() {
        (start, summed, register, counted) = (bytes.count, bytes.count, ~0, 0)
    }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func repeatBytes(length: Int, distance: Int) throws(GzipError) {
        guard distance <= bytes.count - start else { throw .damaged("a repetition reaches back too far") }
        for _ in 0..<length { bytes.append(bytes[bytes.count - distance]) }
    }

    /// The bytes that were not taken, which are then.
    mutating func take() -> [UInt8] {
        sum()
        let piece = Array(bytes[taken...])
        let surplus = max(0, bytes.count - Self.reach)
        bytes.removeFirst(surplus)
        (taken, start, summed) = (bytes.count, max(0, start - surplus), bytes.count)
        return piece
    }

    /// CRC-32 of this member.
    var checksum: UInt32 {
        mutating get {
            sum()
            return ~register
        }
    }

    /// Bytes of this member.
    var memberLength: Int {
        mutating get {
            sum()
            return counted
        }
    }

    private mutating func sum() {
        register = bytes[summed...].reduce(register) { Self.table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
        counted += bytes.count - summed
        summed = bytes.count
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
