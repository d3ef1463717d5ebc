#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that appears under its name complete or not at all.
///
/// Bytes go to a temporary file in the same folder. `finish` syncs it, renames it to the final name, replacing what was
/// there, and syncs the folder. Anything that ends before that leaves the old file as it was; the temporary file is
/// then removed with the object.
final class AtomicFile {
    let path: String
    private let temporaryPath: String
    private var descriptor: Int32?
    private var buffer: [UInt8] = []
    private static let bufferLimit = 1 << 20

    init(path: String) throws(CheckpointError) {
        guard !path.utf8.contains(0), let name = path.split(separator: "/").last, !path.hasSuffix("/") else {
            throw .cannotOpen(path: path, reason: "it is not the path of a file")
        }
        let unique = String(UInt64.random(in: 0 ... .max), radix: 36)
        self.path = path
        temporaryPath = Self.folder(of: path) + PartialFile.name(of: name, unique)
        let descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotOpen(path: temporaryPath, reason: systemMessage(errno)) }
        self.descriptor = descriptor
    }

    deinit { discard() }

    /// Adds bytes to the end.
    func append(_ bytes: RawSpan) throws(CheckpointError) {
        if bytes.byteCount < Self.bufferLimit - buffer.count {
            unsafe bytes.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        } else {
            try flush()
            try write(bytes)
        }
    }

    /// Adds bytes to the end.
    func append(_ bytes: [UInt8]) throws(CheckpointError) { try append(unsafe bytes.span.bytes) }

    /// Gives the file its name. Nothing can be added afterwards.
    func finish() throws(CheckpointError) {
        try flush()
        guard let descriptor else { throw .writerClosed }
        guard fsync(descriptor) == 0 else { throw failure() }
        self.descriptor = nil
        guard close(descriptor) == 0 else {
            let error = failure()
            removeTemporaryFile()
            throw error
        }
        guard unsafe rename(temporaryPath, path) == 0 else {
            let error = failure()
            removeTemporaryFile()
            throw error
        }
        try Self.syncFolder(of: path)
    }

    /// Removes the temporary file.
    func discard() {
        guard let descriptor else { return }
        self.descriptor = nil
        close(descriptor)
        removeTemporaryFile()
    }

    /// Makes lasting what was last renamed or removed in the folder of a file.
    static func syncFolder(of path: String) throws(CheckpointError) {
        let folder = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw writingFailure(path) }
        defer { close(folder) }
        // Some file systems cannot sync folders; they answer EINVAL.
        guard fsync(folder) == 0 || errno == EINVAL else { throw writingFailure(path) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "./" }
        return String(path[...slash])
    }

    private func flush() throws(CheckpointError) {
        let pending = buffer
        buffer = []
        try write(unsafe pending.span.bytes)
    }

    private func write(_ bytes: RawSpan) throws(CheckpointError) {
        guard let descriptor else { throw .writerClosed }
        var rest = bytes
        while rest.byteCount > 0 {
            let written = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0) }
            if written > 0 {
                rest = rest.extracting(droppingFirst: written)
            } else if errno != EINTR {
                let error = failure()
                discard()
                throw error
            }
        }
    }

    private func removeTemporaryFile() {
        _ = unsafe unlink(temporaryPath)
    }

    private func failure() -> CheckpointError { writingFailure(path) }
}

/// What a file is called until it is complete.
package enum PartialFile {
    private static let ending = ".partial"

    static func name(of file: some StringProtocol, _ unique: String) -> String {
        ".\(file.prefix(32)).\(unique)\(ending)"
    }

    /// Whether a name is that of an incomplete file whose own name begins so: what a killed process leaves.
    package static func isName(_ name: String, ofFileBeginning beginning: String) -> Bool {
        name.hasPrefix(".\(beginning)") && name.hasSuffix(ending)
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}
