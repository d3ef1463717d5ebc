/// Reads little-endian values one after another, never past the end of the file.
struct ByteReader {
    let file: MappedFile
    private(set) var position = 0

    init(_ file: MappedFile) { self.file = file }

    var remaining: Int { file.count - position }

    /// Throws unless `count` more bytes are there.
    func require(_ count: UInt64, reading what: @autoclosure () -> String) throws(CheckpointError) {
        guard count <= UInt64(remaining) else {
            throw .truncated(reading: what(), needed: count, available: remaining)
        }
    }

    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type,
        reading what: @autoclosure () -> String
    ) throws(CheckpointError) -> Integer {
        try require(UInt64(MemoryLayout<Integer>.size), reading: what())
        defer { position += MemoryLayout<Integer>.size }
        return file.integer(type, at: position)
    }

    /// A count of things that take at least `smallest` bytes each, so that it is bounded by what is left of the file.
    mutating func count(of what: @autoclosure () -> String, smallest: Int) throws(CheckpointError) -> Int {
        let count = try integer(UInt64.self, reading: "the number of \(what())")
        guard count <= UInt64(remaining / smallest) else {
            throw .countTooLarge(of: what(), count: count, available: remaining)
        }
        return Int(count)
    }

    /// Text behind a 64-bit length.
    mutating func string(reading what: @autoclosure () -> String) throws(CheckpointError) -> String {
        let length = try integer(UInt64.self, reading: what())
        try require(length, reading: what())
        let range = position..<(position + Int(length))
        guard let text = file.string(in: range) else { throw .invalidText(of: what()) }
        position = range.upperBound
        return text
    }

    /// `count` integers, which must have been bounded before.
    mutating func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type,
        count: Int,
        reading what: @autoclosure () -> String
    ) throws(CheckpointError) -> [Integer] {
        let size = MemoryLayout<Integer>.size
        try require(UInt64(count) * UInt64(size), reading: what())
        defer { position += count * size }
        return (0..<count).map { file.integer(type, at: position + $0 * size) }
    }
}
