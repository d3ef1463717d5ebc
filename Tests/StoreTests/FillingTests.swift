import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Store

/// A store that is made where there was none comes to its place whole, or not at all.
struct FillingTests {
    private struct Stop: Error {}

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    /// Puts run 1 into a store, as an import does.
    private func add(_ store: RunStore) throws -> IntakeResult {
        try store.add(Example.run(1), Example.samples(), metrics: Example.metrics)
        return IntakeResult(runsAdded: 1, samplesAdded: 12)
    }

    @Test func aNewStoreIsThereAfterwards() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("new.sqlite").path
            #expect(try RunStore.filling(path: path, add).runsAdded == 1)
            #expect(try names(folder) == ["new.sqlite"])
            let store = try RunStore(existing: path)
            #expect(try store.runs().map(\.id) == [Example.id(1)])
            #expect(try store.integrity() == ["ok"])
            try store.close()
        }
    }

    @Test func aFailureLeavesNoFile() throws {
        try Places.withTemporaryFolder { (folder: URL) throws in
            let path = folder.appendingPathComponent("new.sqlite").path
            #expect(throws: Stop.self) {
                try RunStore.filling(path: path) { store in
                    _ = try add(store)
                    throw Stop()
                }
            }
            #expect(try names(folder) == [])
        }
    }

    @Test func aStoreThatIsThereKeepsItsRuns() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("old.sqlite").path
            _ = try RunStore.filling(path: path, add)
            #expect(throws: Stop.self) { try RunStore.filling(path: path) { _ in throw Stop() } }
            let store = try RunStore(existing: path)
            #expect(try store.runs().map(\.id) == [Example.id(1)])
            try store.close()
        }
    }

    /// Another process made the store in the meantime: both have their runs in it.
    @Test func aStoreThatAppearedMeanwhileTakesTheRuns() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("new.sqlite").path
            let result = try RunStore.filling(path: path) { store in
                let other = try RunStore(path: path)
                try other.add(Example.run(2), Example.samples())
                try other.close()
                return try add(store)
            }
            #expect(result == IntakeResult(runsAdded: 1, samplesAdded: 12))
            let store = try RunStore(existing: path)
            #expect(try Set(store.runs().map(\.id)) == [Example.id(1), Example.id(2)])
            try store.close()
            #expect(try names(folder).allSatisfy { !$0.contains(".part") })
        }
    }

    /// SQLite would take the log of a database that was deleted for one of the new store.
    @Test func theLogOfADeletedDatabaseIsNotRead() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("new.sqlite").path
            try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: path + "-wal"))
            _ = try RunStore.filling(path: path, add)
            let store = try RunStore(existing: path)
            #expect(try store.runs().map(\.id) == [Example.id(1)])
            try store.close()
        }
    }

    /// A process that was killed has left its folder, whose lock went with it; another one is still at work.
    @Test func whatAKilledImportHasLeftIsRemoved() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("new.sqlite").path
            let left = "new.sqlite.\(UUID().uuidString).part"
            let strange = ["new.sqlite.notes.part", "old.sqlite.\(UUID().uuidString).part"]
            for name in [left] + strange {
                let part = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(at: part, withIntermediateDirectories: false)
                try Data("half".utf8).write(to: part.appendingPathComponent("store.sqlite"))
            }
            let other = try PartFolder(beside: path)
            try withExtendedLifetime(other) {
                let owned = URL(fileURLWithPath: other.file).deletingLastPathComponent().lastPathComponent
                _ = try RunStore.filling(path: path, add)
                #expect(try names(folder) == (["new.sqlite", owned] + strange).sorted())
            }
            try FileManager.default.moveItem(
                at: folder.appendingPathComponent(strange[1]), to: folder.appendingPathComponent(left))
            // The store is there by now: adding to it clears up all the same.
            #expect(throws: Stop.self) { try RunStore.filling(path: path) { _ in throw Stop() } }
            #expect(try !names(folder).contains(left))
        }
    }

    @Test func aFolderInTheMakingIsRemovedWithItsOwner() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("new.sqlite").path
            var part: PartFolder? = try PartFolder(beside: path)
            try Data("half".utf8).write(to: URL(fileURLWithPath: part?.file ?? ""))
            #expect(try names(folder).count == 1)
            part = nil
            #expect(try names(folder) == [])
        }
    }

    @Test func errorsNameTheStoreAndNotItsFirstPlace() throws {
        let path = "/nonexistent/new.sqlite"
        let error = #expect(throws: StoreError.self) { try RunStore.filling(path: path, add) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(path) && !text.contains(".part"), "\(text)")
    }
}
