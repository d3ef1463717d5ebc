internal import Foundation

/// Places that a command will write to once its work is done.
enum OutputPath {
    /// Fails where a file could not be written, and leaves nothing but the folders that it would lie in: what minutes of
    /// computing would be lost for is found out before them. A file that is there will be replaced.
    ///
    /// - Throws: ``CommandFailure``.
    static func check(_ paths: String?...) throws {
        for path in paths.compactMap({ $0 }) { try check(file: path) }
    }

    private static func check(file path: String) throws {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
            throw CommandFailure.cannotWrite(path, "it is a folder")
        }
        let probe = folder.appendingPathComponent(".assay-\(UUID().uuidString)").path
        let file = unsafe open(probe, O_CREAT | O_EXCL | O_WRONLY, 0o600)
        guard file >= 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw CommandFailure.cannotWrite(path, "no file can be made in its folder: \(reason)")
        }
        _ = Foundation.close(file)
        _ = unsafe unlink(probe)
    }
}
