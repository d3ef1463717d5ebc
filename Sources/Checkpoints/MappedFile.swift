#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file's bytes, mapped into memory to be read and never written.
///
/// Pages are read from disk when first touched, so opening costs the same for any size. The mapping lives as long as
/// the object. Access from several threads at once is safe. The file must not shrink while it is mapped: the system
/// ends a process that touches a page past the new end.
@safe
public final class MappedFile: Sendable {
    public let path: String
    /// Bytes in the file when it was opened.
    public let count: Int
    private nonisolated(unsafe) let base: UnsafeRawPointer?
    /// Whether there is no file to read the bytes from again.
    private let isCopy: Bool

    /// Maps a regular file.
    ///
    /// - Throws: `CheckpointError.cannotOpen`, `.notARegularFile`.
    public init(path: String) throws(CheckpointError) {
        guard !path.utf8.contains(0) else { throw .cannotOpen(path: path, reason: "the path holds a zero byte") }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: systemMessage(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .cannotOpen(path: path, reason: systemMessage(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
        self.path = path
        isCopy = false
        count = Int(status.st_size)
        guard count > 0 else {
            unsafe base = nil
            return
        }
        guard let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe mapping != MAP_FAILED
        else { throw .cannotOpen(path: path, reason: systemMessage(errno)) }
        unsafe base = UnsafeRawPointer(mapping)
    }

    /// Holds a copy of bytes that lie in no file.
    ///
    /// - Throws: `CheckpointError.cannotOpen` where the system has no memory for it.
    init(copying bytes: [UInt8]) throws(CheckpointError) {
        path = "(memory)"
        isCopy = true
        count = bytes.count
        guard count > 0 else {
            unsafe base = nil
            return
        }
        guard let mapping = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe mapping != MAP_FAILED
        else { throw .cannotOpen(path: path, reason: systemMessage(errno)) }
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: mapping, count: source.count).copyMemory(from: source)
        }
        unsafe base = UnsafeRawPointer(mapping)
    }

    deinit {
        if let base = unsafe base { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    /// Calls `body` with the bytes of a range of the file.
    ///
    /// - Precondition: the range lies inside the file.
    public func withBytes<Result>(
        in range: Range<Int>,
        _ body: (RawSpan) throws -> Result
    ) rethrows -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a file of \(count)")
        let bytes = unsafe UnsafeRawBufferPointer(start: base, count: count)
        return try body(unsafe RawSpan(_unsafeBytes: bytes[range]))
    }

    /// Gives back the memory of pages that were read and lie wholly in a range; they are read again when touched.
    ///
    /// - Precondition: the range lies inside the file.
    public func releasePages(in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a file of \(count)")
        guard let base = unsafe base, !isCopy else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let begin = (range.lowerBound + page - 1) / page * page
        // The last page of a file is its own to the end.
        let end = range.upperBound == count ? count : range.upperBound / page * page
        guard begin < end else { return }
        unsafe madvise(UnsafeMutableRawPointer(mutating: base + begin), end - begin, MADV_DONTNEED)
    }

    /// One little-endian integer, at any alignment.
    ///
    /// - Precondition: it lies inside the file.
    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type, at offset: Int) -> Integer {
        precondition(
            offset >= 0 && offset <= count - MemoryLayout<Integer>.size,
            "\(type) at byte \(offset) of a file of \(count)"
        )
        guard let base = unsafe base else { preconditionFailure("an empty file has no integers") }
        return unsafe Integer(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The text in a range, or nil where it is not valid UTF-8.
    ///
    /// - Precondition: the range lies inside the file.
    func string(in range: Range<Int>) -> String? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of a file of \(count)")
        let bytes = unsafe UnsafeRawBufferPointer(start: base, count: count)
        return unsafe String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}

/// Whether a path names a file that can hold bytes.
func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe !path.utf8.contains(0) && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// What the system says about an error number.
func systemMessage(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Why a file could not be written, by the error number of the last call, and what helps.
func writingFailure(_ path: String) -> CheckpointError {
    let number = errno
    let hint = number == ENOSPC ? "; make room and run the same command again: files finished before are whole" : ""
    return .cannotWrite(path: path, reason: systemMessage(number) + hint)
}
