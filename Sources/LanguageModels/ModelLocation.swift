internal import Foundation

/// Where a model's file or folder is.
public struct ModelLocation: Hashable, Sendable {
    /// What the user called it.
    public var name: String
    public var path: String

    /// Finds a model by path, or by its name in the catalogue.
    ///
    /// - Throws: ``ModelError/notFound(name:)``, ``ModelError/notPulled(name:)``, ``ModelError/notAModelFolder(path:)``.
    public init(finding name: String) throws {
        self.name = name
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) {
            if isFolder.boolValue, !FileManager.default.fileExists(atPath: "\(name)/config.json") {
                throw ModelError.notAModelFolder(path: name)
            }
            path = name
            return
        }
        guard let entry = ModelCatalogue.entry(named: name) else { throw ModelError.notFound(name: name) }
        path = Self.cachePath(of: entry)
        guard FileManager.default.fileExists(atPath: path) else { throw ModelError.notPulled(name: name) }
    }

    /// Where a model of the catalogue lies once it has been pulled.
    public static func cachePath(of entry: ModelCatalogue.Entry) -> String {
        "\(cacheFolder)/models/\(entry.name)/\(entry.fileName)"
    }

    /// `ASSAY_CACHE`, or `~/.cache/assay`.
    public static var cacheFolder: String {
        if let folder = ProcessInfo.processInfo.environment["ASSAY_CACHE"], !folder.isEmpty { return folder }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache/assay").path
    }
}
