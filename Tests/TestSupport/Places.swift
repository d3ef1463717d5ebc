public import Foundation

/// Where tests find committed files.
public enum Places {
    /// The folder that holds `Package.swift`.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of `Tests/Fixtures`.
    public static func fixture(_ path: String) -> URL {
        root.appendingPathComponent("Tests/Fixtures/\(path)")
    }

    /// Downloaded models and test vectors: `ASSAY_CACHE`, or `~/.cache/assay`.
    public static var cache: URL {
        if let path = ProcessInfo.processInfo.environment["ASSAY_CACHE"] { return URL(fileURLWithPath: path) }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache/assay")
    }

    /// Calls `body` with a new empty folder and removes it afterwards.
    public static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("assay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
