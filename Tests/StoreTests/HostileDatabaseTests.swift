import Evaluation
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// A trap in any of these ends the test process.
struct HostileDatabaseTests {
    /// Opens, reads everything in every way, and writes.
    private func use(_ path: String) throws {
        let store = try RunStore(path: path, durability: .processEnd)
        defer { try? store.close() }
        for run in try store.runs() {
            _ = try store.samples(run.id)
            _ = try store.completed(run.id)
            _ = try store.metrics(run.id)
        }
        _ = try store.taskCounts(scorer: "numeric")
        _ = try store.exported()
        try store.add(Example.run(7), Example.samples(), metrics: Example.metrics)
        try store.delete(Example.id(7))
    }

    @Test(arguments: [UInt64(61), 62])
    func damagedFilesAreRefusedOrRead(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try withStore { store, folder in
            try store.add(Example.run(1), Example.samples(), metrics: Example.metrics)
            try store.add(Example.run(3, planned: 4), Example.oddSamples)
            try store.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: store.path)))
            let used = bytes.indices.filter { bytes[$0] != 0 }
            var outcomes: [String: Int] = [:]
            for number in 0..<150 {
                var mutant = bytes
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let place = used.randomElement(using: &random) ?? 0
                    mutant[place] =
                        Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : mutant[place] ^ 1
                }
                if number % 5 == 0 { mutant = Array(mutant[..<Int.random(in: 1..<mutant.count, using: &random)]) }
                let path = folder.appendingPathComponent("\(number).sqlite").path
                try Data(mutant).write(to: URL(fileURLWithPath: path))
                do {
                    try use(path)
                    outcomes["read", default: 0] += 1
                } catch let error as StoreError {
                    #expect(!"\(error)".isEmpty)
                    outcomes[String("\(error)".suffix(30)), default: 0] += 1
                } catch {
                    Issue.record("seed \(seed), mutant \(number): \(type(of: error)) \(error)")
                }
                for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
            }
            #expect(outcomes.count > 4, "seed \(seed): \(outcomes)")
        }
    }

    /// Rows that the constraints would refuse, written with the constraints turned off.
    @Test(arguments: [
        "UPDATE samples SET prompt = -1 WHERE prompt = 0", "UPDATE samples SET finish = 'x' || char(0)",
        "UPDATE samples SET ids = x'00'", "UPDATE scores SET value = 1e300 WHERE value IS NOT NULL",
        "UPDATE scores SET value = 9e999 WHERE value IS NOT NULL", "UPDATE scores SET value = NULL, unscored = NULL",
        "UPDATE runs SET status = 'x'", "UPDATE runs SET definition = '[[[['", "UPDATE runs SET settings = '{}'",
        "UPDATE runs SET planned_samples = -9223372036854775808", "UPDATE runs SET id = char(0) || substr(id, 2)",
        "UPDATE samples SET text = CAST(x'FFFE00C3' AS TEXT)", "UPDATE metrics SET value = 9e999",
        "UPDATE metrics SET scored = -9223372036854775808", "UPDATE prompts SET prompt = 9223372036854775807 - prompt",
        "UPDATE scores SET prompt = 9223372036854775807 - prompt", "UPDATE runs SET model = 99", "DELETE FROM prompts",
        "UPDATE run_scorers SET scorer = 99", "UPDATE scores SET scorer = 99 WHERE scorer = 1", "DELETE FROM scorers",
        "UPDATE runs SET definition = CAST(zeroblob(100000) AS TEXT)", "UPDATE runs SET started_at = ''",
    ])
    func rowsWithoutConstraintsAreReadOrRefused(_ sql: String) throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("x.sqlite").path
            let store = try RunStore(path: path, durability: .processEnd)
            try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
            try store.close()
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \(sql)")
                #expect(db.changesCount > 0)
            }
            try queue.close()
            do {
                try use(path)
            } catch let error as StoreError {
                #expect(error.kind != .noInput, "\(error)")
            }
            // What was read goes nowhere else.
            try withStore { target in
                let source = try RunStore(existing: path)
                let lines = try? source.exported()
                if (try? target.merge(from: source)) == nil { #expect(try target.runs() == []) }
                if let lines { #expect(throws: Never.self) { _ = try? target.importRuns(lines) } }
            }
        }
    }

    /// Places that no sample may have are damage, for whoever reads a sample, its key or its grades.
    @Test(arguments: ["prompt", "sample"])
    func placesBeyondTheBoundAreDamage(_ column: String) throws {
        try withStore { store in
            try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
            let tables = ["prompts", "samples", "scores"].filter { $0 != "prompts" || column == "prompt" }
            try store.pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF")
                for table in tables {
                    try db.execute(sql: "UPDATE \(table) SET \(column) = \(column) + 9223372036854775000")
                }
            }
            let readers: [() throws -> Void] = [
                { _ = try store.samples(Example.id) }, { _ = try store.completed(Example.id) },
                { _ = try store.exported() },
            ]
            for read in readers {
                let error = #expect(throws: StoreError.self) { try read() }
                #expect(error?.kind == .badData)
            }
        }
    }
}
