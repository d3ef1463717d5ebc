internal import Foundation
internal import GRDB

/// The database of runs: one SQLite file in write-ahead mode, shared safely by several processes.
///
/// Every sample is committed in a transaction of its own, so that a program which is killed loses none that it had
/// recorded. See `docs/database.md`.
public final class RunStore: Sendable {
    public let path: String
    let pool: DatabasePool

    /// How much a commit survives.
    public enum Durability: Sendable {
        /// The loss of power: every commit waits for the disk, about a millisecond.
        case powerLoss
        /// The end of the program, however sudden. A loss of power may take the last commits, and leaves the rest.
        case processEnd
    }

    /// Opens the store at `path`, or makes it.
    ///
    /// - Throws: ``StoreError``. A file that is no store, or one of a newer version, is left as it is.
    public convenience init(path: String, durability: Durability = .powerLoss) throws {
        try self.init(path: path, durability: durability, pageLimit: nil)
    }

    /// Opens a store that must be there: for reading reports, and as the source of a merge.
    public convenience init(existing path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError.noSuchFile(path: path) }
        try self.init(path: path)
    }

    /// - Parameters:
    ///   - path: what errors call the store
    ///   - pageLimit: pages that the file may grow to
    ///   - file: where the store lies; nil for `path`
    init(path: String, durability: Durability, pageLimit: Int?, file: String? = nil) throws {
        let file = file ?? path
        try StoreFile.check(path: file)
        self.path = path
        pool = try StoreError.translating(path: path) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(30)
            configuration.prepareDatabase(Self.defend)
            let pool = try Self.retryingWhileBusy { try DatabasePool(path: file, configuration: configuration) }
            try Self.migrate(pool)
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = \(durability == .powerLoss ? "FULL" : "NORMAL")")
                if let pageLimit { try db.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
            }
            return pool
        }
    }

    /// Two processes may make one store at the same time: whoever comes second at a migration fails at it, and finds it
    /// done when it looks again. So it fails at each of them at most once.
    private static func migrate(_ pool: DatabasePool) throws {
        let migrator = StoreSchema.migrator()
        for _ in StoreSchema.names {
            do {
                return try retryingWhileBusy { try migrator.migrate(pool) }
            } catch {
                if try pool.read(migrator.hasCompletedMigrations) { return }
            }
        }
        try retryingWhileBusy { try migrator.migrate(pool) }
    }

    /// Changing the journal's mode does not wait for other connections, however long the timeout.
    private static func retryingWhileBusy<Result>(_ body: () throws -> Result) throws -> Result {
        for attempt in 1...200 {
            do {
                return try body()
            } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
                if attempt == 200 { throw error }
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
        return try body()
    }

    /// A database from elsewhere may hold triggers, views and bad cells; none of them is believed.
    @Sendable static func defend(_ db: Database) throws {
        try db.execute(sql: "PRAGMA trusted_schema = OFF")
        try db.execute(sql: "PRAGMA cell_size_check = ON")
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try StoreError.translating(path: path) { try pool.read(body) }
    }

    /// One transaction, which takes the write lock at once.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try StoreError.translating(path: path) { try pool.write(body) }
    }

    /// Lets go of the file. The store cannot be used afterwards.
    public func close() throws {
        try StoreError.translating(path: path) { try pool.close() }
    }
}
