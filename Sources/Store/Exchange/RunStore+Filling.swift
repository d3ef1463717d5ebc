internal import Foundation

extension RunStore {
    /// Hands the store at `path` to `fill`. One that is not there yet is made beside its place, and comes to it only where
    /// `fill` succeeds. What a process that was killed at it has left beside the place is removed first.
    ///
    /// - Throws: ``StoreError``, and what `fill` throws; no file is left where there was none before.
    public static func filling(path: String, _ fill: (RunStore) throws -> IntakeResult) throws -> IntakeResult {
        PartFolder.removeAbandoned(beside: path)
        guard !FileManager.default.fileExists(atPath: path) else { return try fill(RunStore(path: path)) }
        let part = try PartFolder(beside: path)
        return try withExtendedLifetime(part) { try make(path, by: part.file, fill) }
    }

    /// - Parameter part: where the store is made
    private static func make(
        _ path: String, by part: String, _ fill: (RunStore) throws -> IntakeResult
    ) throws -> IntakeResult {
        let result = try fillNew(part, named: path, fill)
        if isOneFile(part), isFree(path), unsafe link(part, path) == 0 { return result }
        // The place is another's by now, or the file system has no links.
        let (source, store) = (try RunStore(existing: part), try RunStore(path: path))
        defer {
            try? source.close()
            try? store.close()
        }
        return try store.merge(from: source)
    }

    private static func fillNew(
        _ file: String, named path: String, _ fill: (RunStore) throws -> IntakeResult
    ) throws -> IntakeResult {
        let store = try RunStore(path: path, durability: .powerLoss, pageLimit: nil, file: file)
        do {
            let result = try fill(store)
            try store.close()
            return result
        } catch {
            try? store.close()
            throw error
        }
    }

    /// Whether nothing of a closed database is left in its log.
    private static func isOneFile(_ path: String) -> Bool { !FileManager.default.fileExists(atPath: path + "-wal") }

    /// Whether a database at `path` would find no file that SQLite takes for a part of it.
    private static func isFree(_ path: String) -> Bool {
        ["", "-wal", "-journal"].allSatisfy { !FileManager.default.fileExists(atPath: path + $0) }
    }
}
