#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A safetensors file whose tensors are filled in any order, and which a stopped program can go on filling.
///
/// Until ``finish()`` its name is `PATH.partial`, and `PATH.progress` holds a key and how many steps are done. Opened
/// again with the same key it continues there; with another key it begins anew. Nothing is held in memory.
public final class ResumableTensorFile {
    /// Steps that were marked as done.
    public private(set) var done = 0
    private let path: String
    private let key: String
    private let offsets: [String: Range<Int>]
    private let descriptor: Int32

    /// - Parameters:
    ///   - tensors: unquantised; wider element types first, so that every tensor starts at a multiple of its element.
    ///   - key: what the content depends on; one line.
    /// - Throws: `CheckpointError`.
    public init(
        path: String, metadata: [String: String], tensors: [TensorDeclaration], key: String
    ) throws(CheckpointError) {
        let encoder = try SafetensorsHeaderEncoder(metadata: metadata, tensors: tensors)
        self.path = path
        self.key = key
        var offsets: [String: Range<Int>] = [:]
        var end = encoder.bytes.count
        for (tensor, bytes) in zip(tensors, encoder.byteCounts) {
            offsets[tensor.name] = end..<(end + bytes)
            end += bytes
        }
        self.offsets = offsets
        let partial = path + ".partial"
        descriptor = unsafe open(partial, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw writingFailure(partial) }
        if let found = Self.progress(path, key), lseek(descriptor, 0, SEEK_END) == end {
            done = found
        } else {
            try forgetProgress()
            guard ftruncate(descriptor, 0) == 0, ftruncate(descriptor, end) == 0 else { throw failure() }
            try write(unsafe encoder.bytes.span.bytes, at: 0)
        }
    }

    deinit { close(descriptor) }

    /// Writes elements of a tensor from one of its elements on.
    public func write(_ elements: [Float], to tensor: String, from first: Int) throws(CheckpointError) {
        let range = try place(tensor, first * MemoryLayout<Float>.size, elements.count * MemoryLayout<Float>.size)
        try write(unsafe elements.span.bytes, at: range.lowerBound)
    }

    /// Writes integers of a tensor of I32 from one of its elements on.
    public func write(int32 integers: [Int32], to tensor: String, from first: Int) throws(CheckpointError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(integers.count * MemoryLayout<Int32>.size)
        for integer in integers { bytes.append(littleEndian: integer) }
        try write(bytes: bytes, to: tensor, from: first * MemoryLayout<Int32>.size)
    }

    /// Writes elements of a tensor of U8 from one of them on.
    public func write(bytes: [UInt8], to tensor: String, from first: Int) throws(CheckpointError) {
        let range = try place(tensor, first, bytes.count)
        try write(unsafe bytes.span.bytes, at: range.lowerBound)
    }

    /// Writes integers of a tensor of I64.
    public func write(integers: [Int], to tensor: String) throws(CheckpointError) {
        var bytes: [UInt8] = []
        for integer in integers { bytes.append(littleEndian: Int64(integer)) }
        let range = try place(tensor, 0, bytes.count)
        try write(unsafe bytes.span.bytes, at: range.lowerBound)
    }

    /// Makes what was written last, and remembers that `steps` steps are done.
    public func mark(done steps: Int) throws(CheckpointError) {
        guard fdatasync(descriptor) == 0 else { throw failure() }
        let file = try AtomicFile(path: path + ".progress")
        try file.append(Array("\(key)\n\(steps)\n".utf8))
        try file.finish()
        done = steps
    }

    /// Gives the file its name.
    public func finish() throws(CheckpointError) {
        guard fsync(descriptor) == 0, unsafe rename(path + ".partial", path) == 0 else { throw failure() }
        _ = unsafe unlink(path + ".progress")
    }

    /// Removes what was remembered, for good, before the numbers that it speaks of are.
    private func forgetProgress() throws(CheckpointError) {
        guard unsafe unlink(path + ".progress") == 0 || errno == ENOENT else { throw failure() }
        try AtomicFile.syncFolder(of: path)
    }

    private static func progress(_ path: String, _ key: String) -> Int? {
        guard let file = try? MappedFile(path: path + ".progress"), file.count < 4096,
            let lines = file.string(in: 0..<file.count)?.split(separator: "\n"), lines.count == 2, lines[0] == key,
            let done = Int(lines[1]), done >= 0
        else { return nil }
        return done
    }

    private func place(_ tensor: String, _ first: Int, _ count: Int) throws(CheckpointError) -> Range<Int> {
        guard let range = offsets[tensor] else { throw .noSuchTensor(tensor) }
        let excess = first + count - range.count
        guard excess <= 0 else { throw .tooManyBytes(tensor: tensor, excess: excess) }
        return (range.lowerBound + first)..<(range.lowerBound + first + count)
    }

    private func write(_ bytes: RawSpan, at offset: Int) throws(CheckpointError) {
        var rest = bytes
        var position = offset
        while rest.byteCount > 0 {
            let written = unsafe rest.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, position) }
            if written > 0 {
                rest = rest.extracting(droppingFirst: written)
                position += written
            } else if errno != EINTR {
                throw failure()
            }
        }
    }

    private func failure() -> CheckpointError { writingFailure(path) }
}
