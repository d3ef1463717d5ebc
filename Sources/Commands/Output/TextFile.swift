internal import Foundation
internal import TextFormats

/// Whole text files, read within bounds and written so that a reader never sees half of one.
enum TextFile {
    /// - Parameters:
    ///   - limit: the most bytes of the file, and of what comes out of a packed one
    ///   - unpacks: whether a file that gzip has packed is what comes out of it
    /// - Throws: ``CommandFailure``.
    static func read(_ path: String, limit: Int = 64 << 20, unpacks: Bool = false) throws -> String {
        var data = try content(of: path, limit)
        if unpacks, data.starts(with: GzipReader.mark) { data = try unpacked(data, path, limit) }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure.badData("\"\(path)\" is not UTF-8 text; convert it")
        }
        return text
    }

    private static func content(of path: String, _ limit: Int) throws -> Data {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw CommandFailure.cannotRead(path) }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: limit + 1) else {
            if (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) == 0 { return Data() }
            throw CommandFailure.cannotRead(path)
        }
        guard data.count <= limit else {
            throw CommandFailure.badData("\"\(path)\" is larger than \(limit) bytes; split it")
        }
        return data
    }

    private static func unpacked(_ data: Data, _ path: String, _ limit: Int) throws -> Data {
        do {
            return Data(try GzipReader.unpack(Array(data), limit: limit))
        } catch {
            throw CommandFailure.badData("\"\(path)\" cannot be unpacked: \(error)")
        }
    }

    /// Fails where ``write(_:to:)`` would, and leaves nothing but the folder that it would make.
    ///
    /// - Throws: ``CommandFailure``.
    static func checkWritable(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if (try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType) == .typeDirectory
        {
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

    /// - Throws: ``CommandFailure``.
    static func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw CommandFailure.cannotWrite(path, "\((error as NSError).localizedDescription)")
        }
    }
}
