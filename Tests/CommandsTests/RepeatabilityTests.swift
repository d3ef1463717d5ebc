import Foundation
import TestSupport
import Testing

/// What docs/evaluations.md promises of a run: the same rows however it is run.
struct RepeatabilityTests {
    @Test func batchAndThreadsChangeNoRow() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder)
            var first: String?
            for (batch, threads) in [(1, 1), (5, 2), (32, 2), (32, 1)] {
                let db = "b\(batch)t\(threads).sqlite"
                let outcome = try AssayProcess.run(
                    fixture.arguments(db: db, ["--batch", "\(batch)", "--threads", "\(threads)"]))
                #expect(outcome.code == 0, "\(outcome.complaint)")
                let rows = try fixture.rows(db: db)
                #expect(rows.split(separator: "\n").count > 24 * 3)
                let same = first == nil || rows == first
                #expect(same, "batch \(batch), \(threads) threads")
                first = first ?? rows
            }
        }
    }

    @Test func runsKilledAtAnyMomentResumeToTheSameRows() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder)
            let begin = DispatchTime.now()
            #expect(try AssayProcess.run(fixture.arguments(db: "whole.sqlite")).code == 0)
            let whole = try fixture.rows(db: "whole.sqlite")
            let duration = DispatchTime.now().uptimeNanoseconds - begin.uptimeNanoseconds
            var random = SeededGenerator(seed: 20)
            for kill in 0..<20 {
                let process = try AssayProcess.start(
                    fixture.arguments(db: "killed.sqlite", ["--resume", "--batch", "4"]))
                usleep(UInt32.random(in: 0...UInt32(duration / 1000), using: &random))
                process.kill()
                _ = process.wait()
                if kill % 5 == 4, kill < 19 {
                    // Now and then the run comes to its end, and the next one begins from nothing.
                    let ended = try AssayProcess.run(fixture.arguments(db: "killed.sqlite", ["--resume"]))
                    #expect(ended.code == 0, "\(ended.complaint)")
                    #expect(try fixture.rows(db: "killed.sqlite") == whole, "after kill \(kill)")
                    for name in ["", "-wal", "-shm"] {
                        try? FileManager.default.removeItem(atPath: fixture.path("killed.sqlite" + name))
                    }
                }
            }
            let last = try AssayProcess.run(fixture.arguments(db: "killed.sqlite", ["--resume", "--threads", "1"]))
            #expect(last.code == 0, "\(last.complaint)")
            let same = try fixture.rows(db: "killed.sqlite") == whole
            #expect(same)
        }
    }

    @Test func exportImportAndMergeLoseNothing() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 6)
            #expect(try AssayProcess.run(fixture.arguments(db: "a.sqlite")).code == 0)
            let exported = try AssayProcess.run(["runs", "export", "--db", fixture.path("a.sqlite")]).output
            try Data(exported.utf8).write(to: URL(fileURLWithPath: fixture.path("a.jsonl")))
            #expect(
                try AssayProcess.run(["runs", "import", fixture.path("a.jsonl"), "--db", fixture.path("b.sqlite")]).code
                    == 0)
            #expect(
                try AssayProcess.run(["runs", "merge", fixture.path("b.sqlite"), "--db", fixture.path("c.sqlite")]).code
                    == 0)
            let again = try AssayProcess.run(["runs", "export", "--db", fixture.path("c.sqlite")]).output
            let same = again == exported
            #expect(same)
        }
    }

    @Test func aSourceThatIsNotThereLeavesNoDatabase() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 2)
            #expect(try AssayProcess.run(fixture.arguments(db: "a.sqlite")).code == 0)
            let paths = ["a", "none", "b"].map { fixture.path("\($0).sqlite") }
            let outcome = try AssayProcess.run(["runs", "merge", paths[0], paths[1], "--db", paths[2]])
            #expect(outcome.code == 66, "\(outcome.complaint)")
            #expect(!FileManager.default.fileExists(atPath: paths[2]))
        }
    }
}
