internal import Foundation
internal import GRDB

/// Looks at a file before it is opened for writing, so that a file which is not a store of this version stays untouched.
enum StoreFile {
    private static let magic = Array("SQLite format 3\0".utf8)

    /// Fails unless the file is absent, empty, or a store whose migrations are all known and whose tables are theirs.
    static func check(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try checkKind(path: path)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw StoreError.cannotOpen(path: path, reason: "it cannot be read")
        }
        defer { try? file.close() }
        let start: Data
        do {
            start = try file.read(upToCount: magic.count) ?? Data()
        } catch {
            throw StoreError.cannotOpen(path: path, reason: "it cannot be read")
        }
        guard !start.isEmpty else { return }
        guard Array(start) == magic else { throw StoreError.notADatabase(path: path) }
        let hadCompanions = hasCompanions(path)
        do {
            try checkTables(path: path)
        } catch {
            if !hadCompanions { removeCompanions(of: path) }
            throw error
        }
    }

    private static func checkTables(path: String) throws {
        try StoreError.translating(path: path) {
            do {
                try check(path, isReadOnly: true)
            } catch let error as DatabaseError where needsRecovery.contains(error.extendedResultCode) {
                try check(path, isReadOnly: false)
            }
        }
    }

    /// What a program has left that was killed while it wrote: SQLite takes it back, which whoever only reads may not.
    private static let needsRecovery: [ResultCode] = [.SQLITE_READONLY_ROLLBACK, .SQLITE_READONLY_RECOVERY]

    private static func check(_ path: String, isReadOnly: Bool) throws {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(30)
        configuration.prepareDatabase(RunStore.defend)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.read { db in try check(db, path: path) }
    }

    /// Whether the journal of write-ahead mode or its index lies beside the file.
    private static func hasCompanions(_ path: String) -> Bool {
        ["-wal", "-shm"].contains { FileManager.default.fileExists(atPath: path + $0) }
    }

    /// Removes the journal and its index, which a connection for reading makes and does not remove. Only SQLite can tell
    /// whether another program has begun to use them: the last connection for writing removes them as it is closed, and
    /// changes nothing where nothing was written.
    private static func removeCompanions(of path: String) {
        guard hasCompanions(path) else { return }
        var configuration = Configuration()
        configuration.prepareDatabase(RunStore.defend)
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return }
        _ = try? queue.read { db in try Row.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") }
        try? queue.close()
    }

    /// Opening a pipe would wait for a writer.
    private static func checkKind(path: String) throws {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let type = try? FileManager.default.attributesOfItem(atPath: target)[.type] as? FileAttributeType
        guard type != .typeDirectory else { throw StoreError.cannotOpen(path: path, reason: "it is a folder") }
        guard type == .typeRegular else { throw StoreError.cannotOpen(path: path, reason: "it is no regular file") }
    }

    private static func check(_ db: Database, path: String) throws {
        // Texts are read as their bytes, which would be others in UTF-16.
        let encoding = try Row.fetchOne(db, sql: "PRAGMA encoding").map { try ColumnReader($0, path).detail(0) }
        guard encoding == "UTF-8" else { throw StoreError.foreign(path: path) }
        let found = try schema(of: db)
        let own = found.filter { $0.key != "table grdb_migrations" }
        let applied = found.count == own.count ? [] : try appliedMigrations(db)
        let isNew = own.isEmpty && applied.isEmpty
        let application = try Row.fetchOne(db, sql: "PRAGMA application_id").map {
            try ColumnReader($0, path).integer(0)
        }
        guard isNew || application == StoreSchema.applicationID else { throw StoreError.foreign(path: path) }
        let unknown = applied.filter { !StoreSchema.names.contains($0) }
        guard unknown.isEmpty else {
            throw StoreError.newer(path: path, migrations: unknown.map { String($0.prefix(60)) })
        }
        let expected = try expectedSchema(after: applied.count)
        guard own == expected, Set(applied) == Set(StoreSchema.names.prefix(applied.count)) else {
            let object = Set(own.keys).union(expected.keys).sorted().first { own[$0] != expected[$0] }
            throw StoreError.alteredSchema(path: path, object: String((object ?? "grdb_migrations").prefix(60)))
        }
    }

    private static func appliedMigrations(_ db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "SELECT CAST(identifier AS BLOB) FROM grdb_migrations LIMIT 1000").map {
            try ColumnReader($0, "").text(0)
        }.sorted()
    }

    /// The definition of everything but SQLite's own statistics and the indexes that a table's definition implies, by
    /// type and name.
    private static func schema(of db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(COALESCE(sql, '') AS BLOB)
                FROM sqlite_master
                WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat2', 'sqlite_stat3', 'sqlite_stat4'))
                    AND NOT (type = 'index' AND sql IS NULL)
                LIMIT 1000
                """
        )
        return try rows.reduce(into: [:]) { schema, row in
            let columns = ColumnReader(row, "")
            schema["\(try columns.text(0)) \(try columns.text(1))"] = try columns.text(2)
        }
    }

    private static func expectedSchema(after count: Int) throws -> [String: String] {
        guard count > 0 else { return [:] }
        let queue = try DatabaseQueue()
        try StoreSchema.migrator().migrate(queue, upTo: StoreSchema.names[min(count, StoreSchema.names.count) - 1])
        return try queue.read { db in try schema(of: db).filter { $0.key != "table grdb_migrations" } }
    }
}
