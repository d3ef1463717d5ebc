/// Bits of a source that is read piece by piece, the lowest of each byte first (RFC 1951, 3.1.1).
struct BitReader {
    private let pull: () throws -> [UInt8]
    private var piece: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Bits that are read and not taken, the next one lowest.
    private(set) var bits: UInt64 = 0
    private(set) var count = 0

    /// - Parameter pull: the next bytes; none at the end.
    init(_ pull: @escaping () throws -> [UInt8]) { self.pull = pull }

    /// Makes `wanted` bits ready, up to 48, or as many as there are.
    mutating func fill(_ wanted: Int) throws {
        while count < wanted, try hasByte() {
            bits |= UInt64(piece[position]) << UInt64(count)
            position += 1
            count += 8
        }
    }

    private mutating func hasByte() throws -> Bool {
        if position < piece.count { return true }
        guard !isAtEnd else { return false }
        piece = try pull()
        position = 0
        isAtEnd = piece.isEmpty
        return !isAtEnd
    }

    /// Throws away bits that ``fill(_:)`` made ready.
    mutating func drop(_ number: Int) throws(GzipError) {
        guard number <= count else { throw .truncated }
        bits >>= UInt64(number)
        count -= number
    }

    /// The next bits as a number, up to 32.
    mutating func take(_ number: Int) throws -> Int {
        try fill(number)
        let value = Int(bits & (1 << UInt64(number) - 1))
        try drop(number)
        return value
    }

    /// Goes on at the next whole byte.
    mutating func align() throws { try drop(count % 8) }

    /// At a whole byte: whether another one follows.
    mutating func hasMore() throws -> Bool {
        try fill(8)
        return count >= 8
    }
}
