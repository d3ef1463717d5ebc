internal import Foundation

/// Reads a file line by line; one line and one piece of the file are in memory.
struct LineReader {
    /// The most bytes of a line.
    static let limit = 64 << 20
    private static let pieceLength = 1 << 18
    private static let newline = UInt8(ascii: "\n")

    private let file: FileHandle
    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Number of the line that came last, from 1.
    private(set) var line = 0

    init(_ file: FileHandle, limit: Int = LineReader.limit) {
        self.file = file
        self.limit = limit
    }

    /// The next line without its end, or nil after the last one.
    ///
    /// - Throws: ``StoreError/ImportProblemError`` for a line that is too long, and errors of reading.
    mutating func next() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: Self.newline) {
                defer { start = end + 1 }
                return try take(upTo: end)
            }
            guard !isAtEnd else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return try take(upTo: buffer.count)
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            if buffer.count > limit { _ = try take(upTo: buffer.count) }
            let piece = try file.read(upToCount: Self.pieceLength) ?? Data()
            isAtEnd = piece.isEmpty
            buffer.append(contentsOf: piece)
        }
    }

    private mutating func take(upTo end: Int) throws -> [UInt8] {
        line += 1
        guard end - start <= limit else { throw StoreError.ImportProblemError(.tooLong(limit: limit)) }
        return Array(buffer[start..<end])
    }
}
