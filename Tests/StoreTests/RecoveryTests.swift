import Evaluation
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import Store

struct RecoveryTests {
    /// What a process had committed is there after it was killed, and the run goes on.
    @Test func aKilledProcessLosesNoSample() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("assay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("runs.sqlite").path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try RunStore(path: path)
            try store.begin(Example.run())
            for sample in Example.samples().prefix(7) { try store.insert(sample, run: Example.id) }
            // In the middle of a transaction.
            try store.write { db in
                _ = try store.samples(of: Example.id, db).insert(Example.samples()[7])
                kill(getpid(), SIGKILL)
            }
        }
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
        let store = try RunStore(existing: path)
        #expect(try isIdentical(store.samples(Example.id), Array(Example.samples().prefix(7))))
        for sample in Example.samples() { try store.insert(sample, run: Example.id) }
        #expect(try isIdentical(store.samples(Example.id), Example.samples()))
        #expect(try store.integrity() == ["ok"])
    }

    /// A process killed while it makes the file leaves its first page beside a journal that says there was none.
    @Test func aFileThatWasNotYetMadeIsMadeAnew() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("runs.sqlite").path
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 1") }
            try queue.close()
            // Magic, records, nonce, pages before, sector and page size, big-endian (SQLite's file format, section 3).
            let words: [UInt32] = [0xD9D5_05F9, 0x20A1_63D7, 0, 7, 0, 512, 4096]
            let header = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
            try Data(header + Array(repeating: 0, count: 512 - header.count)).write(
                to: URL(fileURLWithPath: path + "-journal"))
            let store = try RunStore(path: path)
            try store.begin(Example.run())
            #expect(try store.runs(RunFilter()).map(\.id) == [Example.id])
            #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
        }
    }

    /// The log as a loss of power leaves it: cut off anywhere, or with a byte of another kind. What was committed before
    /// the damage is there, and nothing else.
    @Test(arguments: [UInt64(51), 52])
    func aDamagedLogGivesTheCommitsBeforeTheDamage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withStore { store, folder in
            try store.begin(Example.run())
            for sample in Example.samples() { try store.insert(sample, run: Example.id) }
            let main = try Data(contentsOf: URL(fileURLWithPath: store.path))
            let log = [UInt8](try Data(contentsOf: URL(fileURLWithPath: store.path + "-wal")))
            var counts: Set<Int> = []
            for number in 0..<60 {
                let copy = folder.appendingPathComponent("\(number).sqlite").path
                var damaged = log
                let place = Int.random(in: 0..<log.count, using: &random)
                if Bool.random(using: &random) { damaged[place] ^= 0x10 } else { damaged = Array(log[..<place]) }
                try main.write(to: URL(fileURLWithPath: copy))
                try Data(damaged).write(to: URL(fileURLWithPath: copy + "-wal"))
                let recovered = try RunStore(existing: copy)
                if try recovered.runs().isEmpty { continue }
                let found = try recovered.samples(Example.id)
                counts.insert(found.count)
                #expect(isIdentical(found, Array(Example.samples().prefix(found.count))), "seed \(seed) \(number)")
                try recovered.close()
            }
            #expect(counts.count > 4, "seed \(seed): \(counts)")
        }
    }
}
