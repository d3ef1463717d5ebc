internal import Checkpoints
internal import Foundation

/// Keeps a second process out of a folder that one is writing to.
public enum FolderLock {
    private static let name = ".lock"

    /// Runs `body` while no other process holds the folder, which is made where there is none.
    ///
    /// The system lets go of the lock when the process ends, however it ends; the file stays. Where the file system knows no
    /// locks, nothing is kept out.
    ///
    /// - Throws: ``TrainingError/folderInUse(path:process:)``; what `body` throws.
    public static func holding<Result>(_ folder: String, _ body: () throws -> Result) throws -> Result {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else {
            throw CheckpointError.cannotWrite(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw TrainingError.folderInUse(path: folder, process: owner(descriptor))
        }
        note(descriptor)
        return try body()
    }

    /// Writes this process's number, for those that are kept out. A full disk has no room for it, and the lock holds.
    private static func note(_ descriptor: Int32) {
        let digits = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = unsafe digits.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// The number that the holder has written.
    private static func owner(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
