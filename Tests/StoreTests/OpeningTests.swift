import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import Store

/// Makes a file with GRDB alone, as another program would.
private func database(_ folder: URL, _ name: String = "x.sqlite", _ sql: String...) throws -> String {
    let path = folder.appendingPathComponent(name).path
    let queue = try DatabaseQueue(path: path)
    for statement in sql { try queue.writeWithoutTransaction { db in try db.execute(sql: statement) } }
    try queue.close()
    return path
}

/// A store with one run, closed, so that all of it lies in one file.
private func closedStore(_ folder: URL, _ sql: String...) throws -> String {
    let path = folder.appendingPathComponent("store.sqlite").path
    let store = try RunStore(path: path, durability: .processEnd)
    try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
    for statement in sql { try store.pool.writeWithoutTransaction { db in try db.execute(sql: statement) } }
    try store.close()
    return path
}

/// Expects this error from opening, and the same bytes and the same files beside them before and after.
private func expectRefused(
    _ path: String, _ expected: StoreError, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: expected, sourceLocation: sourceLocation) { try RunStore(path: path) }
    #expect(throws: expected, sourceLocation: sourceLocation) { try RunStore(existing: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before, sourceLocation: sourceLocation)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(left == files, sourceLocation: sourceLocation)
}

struct OpeningTests {
    @Test func aStoreOfANewerVersionIsLeftAlone() throws {
        try Places.withTemporaryFolder { folder in
            let path = try closedStore(
                folder, "INSERT INTO grdb_migrations VALUES ('2-judges')", "CREATE TABLE judges (key INTEGER)")
            try expectRefused(path, .newer(path: path, migrations: ["2-judges"]))
            let error = StoreError.newer(path: "a.sqlite", migrations: ["2-judges"])
            #expect(
                "\(error)" == """
                    a.sqlite: was written by a newer version, which added 2-judges. Use that version; the file is \
                    left as it is.
                    """)
            #expect(error.kind == .badData)
        }
    }

    @Test func databasesOfOtherProgramsAreLeftAlone() throws {
        try Places.withTemporaryFolder { folder in
            let other = try database(folder, "a.sqlite", "CREATE TABLE runs (key INTEGER)")
            try expectRefused(other, .foreign(path: other))
            let write = try database(folder, "b.sqlite", "PRAGMA journal_mode = WAL", "CREATE TABLE x (y)")
            try expectRefused(write, .foreign(path: write))
            let migrated = try database(
                folder, "c.sqlite", "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)",
                "INSERT INTO grdb_migrations VALUES ('1-runs')")
            try expectRefused(migrated, .foreign(path: migrated))
        }
    }

    /// A text in UTF-16 would come back as other bytes.
    @Test func aDatabaseInUTF16IsLeftAlone() throws {
        try Places.withTemporaryFolder { folder in
            let path = try database(
                folder, "x.sqlite", "PRAGMA encoding = 'UTF-16'", "CREATE TABLE t (x)", "DROP TABLE t")
            try expectRefused(path, .foreign(path: path))
        }
    }

    @Test(arguments: [
        ("ALTER TABLE samples ADD COLUMN note TEXT", "table samples"),
        ("DROP INDEX scores_by_prompt", "index scores_by_prompt"),
        ("CREATE TABLE notes (text TEXT)", "table notes"),
        ("CREATE VIEW best AS SELECT * FROM runs", "view best"),
        ("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END", "trigger t"),
        ("CREATE TRIGGER sqlite1stat AFTER INSERT ON samples BEGIN DELETE FROM runs; END", "trigger sqlite1stat"),
        ("CREATE TABLE sqlitexstat (text TEXT)", "table sqlitexstat"),
        ("DROP TABLE metrics", "table metrics"),
        ("DELETE FROM grdb_migrations", "index runs_by_plan"),
        ("PRAGMA application_id = 7", ""),
    ])
    func aStoreWithOtherTablesIsLeftAlone(_ sql: String, _ object: String) throws {
        try Places.withTemporaryFolder { folder in
            let path = try closedStore(folder, sql)
            try expectRefused(
                path, object.isEmpty ? .foreign(path: path) : .alteredSchema(path: path, object: object))
        }
    }

    @Test func statisticsOfSQLiteItselfAreNoAlteration() throws {
        try Places.withTemporaryFolder { folder in
            let path = try closedStore(folder, "ANALYZE", "VACUUM")
            #expect(try RunStore(existing: path).sampleCount(Example.id) == 12)
        }
    }

    @Test func filesThatAreNoDatabaseAreLeftAlone() throws {
        try Places.withTemporaryFolder { folder in
            let text = folder.appendingPathComponent("notes.txt")
            for content in ["x", "id,prompt\n1,hello\n", "SQLite format 3", "SQLite format 4\0 and more"] {
                try Data(content.utf8).write(to: text)
                try expectRefused(text.path, .notADatabase(path: text.path))
            }
            try Data("SQLite format 3\0 and then a text that is long enough to be no header of any kind".utf8).write(
                to: text)
            try expectRefused(text.path, .notADatabase(path: text.path))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["notes.txt"])
        }
    }

    @Test func placesThatHoldNoFileAreNamed() throws {
        try Places.withTemporaryFolder { folder in
            func refusal(_ path: String) -> StoreError? {
                #expect(throws: StoreError.self) { try RunStore(path: path) }
            }
            #expect(refusal(folder.path) == .cannotOpen(path: folder.path, reason: "it is a folder"))
            let link = folder.appendingPathComponent("link").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path)
            #expect(refusal(link) == .cannotOpen(path: link, reason: "it is a folder"))
            #expect(refusal("/dev/zero") == .cannotOpen(path: "/dev/zero", reason: "it is no regular file"))
            // Opening a pipe would wait for a writer.
            let pipe = folder.appendingPathComponent("pipe").path
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            #expect(refusal(pipe) == .cannotOpen(path: pipe, reason: "it is no regular file"))
            let missing = folder.appendingPathComponent("none/runs.sqlite").path
            #expect(
                refusal(missing) == .cannotOpen(path: missing, reason: "its folder is missing or cannot be written"))
            #expect(refusal(missing)?.kind == .inputOutput)
            let none = folder.appendingPathComponent("none.sqlite").path
            #expect(throws: StoreError.noSuchFile(path: none)) { try RunStore(existing: none) }
            #expect(!FileManager.default.fileExists(atPath: none))
            #expect(StoreError.noSuchFile(path: none).kind == .noInput)
        }
    }

    @Test func anEmptyFileAndANewOneBecomeStores() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("empty.sqlite").path
            try Data().write(to: URL(fileURLWithPath: path))
            let store = try RunStore(existing: path)
            #expect(try store.runs() == [])
            try store.add(Example.run(), Example.samples())
            #expect(try RunStore(existing: path).sampleCount(Example.id) == 12)
        }
    }

    /// Root may write everything, so the file is opened by a process that gives its rights away.
    @Test func aFileThatMayNotBeWrittenIsRefused() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("assay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try closedStore(folder)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(unsafe chmod(path, 0o444) == 0 && chmod(folder.path, 0o777) == 0)
        await #expect(processExitsWith: .success) { [path = path as String] in
            if getuid() == 0 { #expect(setuid(65534) == 0) }
            #expect(throws: StoreError.readOnly(path: path)) { try RunStore(existing: path) }
            #expect(throws: StoreError.readOnly(path: path)) { try RunStore(path: path) }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func whatSQLiteReportsHasAKind() {
        let cases: [(ResultCode, StoreError)] = [
            (.SQLITE_FULL, .full(path: "x")), (.SQLITE_BUSY, .busy(path: "x")), (.SQLITE_LOCKED, .busy(path: "x")),
            (.SQLITE_NOTADB, .notADatabase(path: "x")), (.SQLITE_READONLY, .readOnly(path: "x")),
            (.SQLITE_CORRUPT, .damaged(path: "x", detail: "SQLite 11: why")),
            (.SQLITE_IOERR, .inputOutput(path: "x", detail: "SQLite 10: why")),
            (.SQLITE_MISUSE, .failed(path: "x", detail: "SQLite 21: why")),
        ]
        for (code, expected) in cases {
            #expect(StoreError(DatabaseError(resultCode: code, message: "why"), path: "x") == expected)
        }
    }
}
