internal import Foundation
internal import TextFormats

/// Reads a file line by line, unpacking one that gzip has packed; one line and one piece of the file are in memory.
struct LineReader {
    /// The most bytes of a line.
    static let limit = 64 << 20
    private static let pieceLength = 1 << 18
    private static let newline = UInt8(ascii: "\n")

    private let limit: Int
    private let file: FileHandle
    private var packed: GzipReader?
    private var isStarted = false
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Number of the line that came last, from 1.
    private(set) var line = 0

    init(_ file: FileHandle, limit: Int = LineReader.limit) {
        self.limit = limit
        self.file = file
    }

    /// The next line without its end, or nil after the last one.
    ///
    /// - Throws: ``StoreError/ImportProblemError`` for a line that is too long or bytes that cannot be unpacked, and errors
    ///   of reading.
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
            let piece = try piece()
            isAtEnd = piece.isEmpty
            buffer.append(contentsOf: piece)
        }
    }

    /// The next bytes; none at the end.
    private mutating func piece() throws -> [UInt8] {
        if !isStarted {
            isStarted = true
            let first = try Self.beginning(of: file)
            guard first.starts(with: GzipReader.mark) else { return first }
            packed = Self.unpacking(file, after: first)
        }
        guard packed != nil else { return try Self.read(file, Self.pieceLength) }
        do {
            return try packed?.next() ?? []
        } catch let error as GzipError {
            throw StoreError.ImportProblemError(.cannotUnpack("\(error)"))
        }
    }

    private static func unpacking(_ file: FileHandle, after first: [UInt8]) -> GzipReader {
        var waiting = first
        return GzipReader {
            defer { waiting = [] }
            return waiting.isEmpty ? try read(file, pieceLength) : waiting
        }
    }

    private static func read(_ file: FileHandle, _ count: Int) throws -> [UInt8] {
        [UInt8](try file.read(upToCount: count) ?? Data())
    }

    /// A first piece, with as many bytes as tell whether the file is packed where there are so many.
    private static func beginning(of file: FileHandle) throws -> [UInt8] {
        var bytes = try read(file, pieceLength)
        while !bytes.isEmpty, bytes.count < GzipReader.mark.count {
            let more = try read(file, pieceLength)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    private mutating func take(upTo end: Int) throws -> [UInt8] {
        line += 1
        guard end - start <= limit else { throw StoreError.ImportProblemError(.tooLong(limit: limit)) }
        return Array(buffer[start..<end])
    }
}
