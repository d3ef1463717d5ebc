import Foundation
import Glibc
import TestSupport
import Testing
import Training

/// What is kept of a training, and what goes on from it.
struct TrainingRecordTests {
    private static let texts = "{\"text\": \"one two\"}\n{\"text\": \"three four\"}\n"
    private static let pairs = String(
        repeating: "{\"prompt\": \"one\", \"chosen\": \" two\", \"rejected\": \" three\"}\n", count: 2)

    private static func train(
        _ more: String, kind: String = "sft", data: String = texts, backend: String = "onednn", in folder: URL
    ) throws -> AssayProcess.Outcome {
        try Data(data.utf8).write(to: folder.appendingPathComponent("data.jsonl"))
        let recipe = folder.appendingPathComponent("recipe.yaml")
        let text = "model: \(AssayProcess.tinyModel)\ndata: data.jsonl\noutput: out\nadapter: {rank: 1}\n\(more)"
        try Data(text.utf8).write(to: recipe)
        return try AssayProcess.run(
            ["train", kind, recipe.path, "--db", database(folder), "--json"], environment: ["ASSAY_MATMUL": backend])
    }

    private static func database(_ folder: URL) -> String { folder.appendingPathComponent("runs.sqlite").path }

    private static func report(_ more: [String], in folder: URL) throws -> AssayProcess.Outcome {
        try AssayProcess.run(["report", "training", "--db", database(folder)] + more)
    }

    private struct Report: Decodable {
        struct Run: Decodable {
            var id: String
            var status: String
            var reason: String?
        }
        var run: Run
        var evaluations: [HeldOutMetrics]
    }

    private struct Written: Decodable {
        var run: String?
        var heldOutLoss: Double?
        var heldOutAccuracy: Double?
        var heldOutMargin: Double?
    }

    @Test func heldOutResultsAreKeptAndShown() throws {
        try Places.withTemporaryFolder { folder in
            let outcome = try Self.train("steps: 3\nheld_out: 0.5\nevaluate_every: 2\n", in: folder)
            #expect(outcome.complaint.contains("step 2: held-out loss "), "\(outcome.complaint)")
            let (csv, html) = (folder.appendingPathComponent("a.csv"), folder.appendingPathComponent("a.html"))
            let report = try Self.report(["--json", "--csv", csv.path, "--html", html.path], in: folder)
                .json(Report.self)
            #expect(report.evaluations.map(\.step) == [2, 3])
            #expect(report.run.status == "finished" && report.run.reason == nil)
            let last = try #require(report.evaluations.last)
            #expect(try outcome.json(Written.self).heldOutLoss == last.loss)
            let lines = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines[0].hasSuffix(",accuracy,margin,held_out_loss,held_out_accuracy,held_out_margin"))
            #expect(lines[1].hasPrefix("1,") && lines[1].hasSuffix(",,,,,"))
            #expect(lines[3].hasPrefix("3,") && lines[3].hasSuffix(",,,\(last.loss),,"))
            #expect(try String(contentsOf: html, encoding: .utf8).contains("Held-out examples"))
            let text = try Self.report([], in: folder).output
            #expect(text.contains("held out, 2 times, last after step 3\n  loss    "), "\(text)")
            // They travel.
            let (lines1, copy) = (folder.appendingPathComponent("a.jsonl").path, folder.appendingPathComponent("b"))
            _ = try AssayProcess.run(["runs", "export", "--db", Self.database(folder), "--out", lines1])
            let imported = try AssayProcess.run(["runs", "import", lines1, "--db", copy.path])
            #expect(imported.code == 0, "\(imported.complaint)")
            let copied = try AssayProcess.run(["report", "training", "--db", copy.path, "--json"]).json(Report.self)
            #expect(copied.evaluations == report.evaluations)
        }
    }

    @Test func heldOutPreferencesHaveAccuracyAndMargin() throws {
        try Places.withTemporaryFolder { folder in
            let outcome = try Self.train(
                "steps: 4\nheld_out: 0.5\nlearning_rate: 0.01\n", kind: "dpo", data: Self.pairs, in: folder)
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let written = try outcome.json(Written.self)
            let margin = try #require(written.heldOutMargin)
            #expect(margin > 0 && written.heldOutAccuracy == 1)
            // One pair: its loss is that of its margin.
            #expect(abs(try #require(written.heldOutLoss) - log(1 + exp(-margin))) < 1e-9)
            let report = try Self.report(["--json"], in: folder).json(Report.self)
            #expect(report.evaluations.map(\.accuracy) == [1] && report.evaluations.map(\.margin) == [margin])
            let text = try Self.report([], in: folder).output
            #expect(text.contains("\n  accuracy 1 → 1 ") && text.contains("\n  margin "), "\(text)")
        }
    }

    /// A target's weight that no gradient holds.
    @Test func aTrainingThatStopsSaysWhy() throws {
        try Places.withTemporaryFolder { folder in
            let outcome = try Self.train("steps: 2\n", data: #"{"text": "one two", "weight": 3e38}"#, in: folder)
            #expect(outcome.code == 1)
            let failed = try Self.report(["--json"], in: folder).json(Report.self).run
            #expect(failed.status == "failed")
            #expect(failed.reason?.hasPrefix("the loss of step 1 is not a finite number; ") == true)
            let text = try Self.report([], in: folder).output
            #expect(text.contains(", failed\nreason    the loss of step 1 is not a finite number; "), "\(text)")
        }
    }

    /// What stood in the way is gone: the run goes on under its id, and nothing is said of it any more.
    @Test func aFailedTrainingGoesOn() throws {
        try Places.withTemporaryFolder { folder in
            let place = folder.appendingPathComponent("out/adapter_model.safetensors")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            #expect(try Self.train("steps: 2\n", in: folder).code != 0)
            let failed = try Self.report(["--json"], in: folder).json(Report.self).run
            #expect(failed.status == "failed" && failed.reason?.contains("adapter_model") == true, "\(failed)")
            try FileManager.default.removeItem(at: place)
            let again = try Self.train("steps: 2\n", in: folder)
            #expect(again.code == 0, "\(again.complaint)")
            let run = try Self.report(["--json"], in: folder).json(Report.self).run
            #expect(run.id == failed.id && run.status == "finished" && run.reason == nil)
        }
    }

    @Test func aTrainingGoesOnAsTheSameAndNothingElse() throws {
        try Places.withTemporaryFolder { folder in
            let recipe = "steps: 3\nheld_out: 0.5\nlearning_rate: 0.01\n"
            let saving = "checkpoint_every: 1\ncheckpoints_kept: 9\n"
            #expect(try Self.train(recipe + saving, in: folder).code == 0)
            func file(_ name: String) -> URL { folder.appendingPathComponent("out/\(name)") }
            let result = try Data(contentsOf: file("adapter_model.safetensors"))
            try FileManager.default.removeItem(at: file("checkpoints/step-00000003.safetensors"))
            let backend = try Self.train(recipe + saving, backend: "reference", in: folder)
            #expect(backend.code == 65)
            #expect(backend.complaint.contains("step-00000002.safetensors was computed by onednn"))
            #expect(backend.complaint.contains(", and this is reference "), "\(backend.complaint)")
            let rate = try Self.train("steps: 3\nheld_out: 0.5\nlearning_rate: 0.02\n" + saving, in: folder)
            #expect(rate.code == 65)
            #expect(rate.complaint.contains("run: learning_rate is 0.02 here and 0.01 there; undo the change"))
            let texts = try Self.train(recipe + saving, data: Self.texts + Self.texts, in: folder)
            #expect(texts.complaint.contains("the data's SHA-256 is "), "\(texts.complaint)")
            // How often it saves and evaluates is no part of what it is.
            let again = try Self.train(recipe + "evaluate_every: 1\n", in: folder)
            #expect(again.code == 0 && again.complaint.contains("from step 2\n"), "\(again.complaint)")
            #expect(try Data(contentsOf: file("adapter_model.safetensors")) == result)
        }
    }

    @Test func aSecondTrainingInOneFolderIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("out/checkpoints").path
            try FolderLock.holding(path) {
                let partial = "\(path)/.step-00000001.safetensors.x.partial"
                try Data("x".utf8).write(to: URL(fileURLWithPath: partial))
                let outcome = try Self.train("steps: 1\n", in: folder)
                #expect(outcome.code == 65)
                let process = ProcessInfo.processInfo.processIdentifier
                #expect(outcome.complaint.contains("another training (process \(process)) writes to "))
                #expect(FileManager.default.fileExists(atPath: partial))
            }
            #expect(try Self.train("steps: 1\n", in: folder).code == 0)
        }
    }

    /// One process holds the folder: a second one is refused with its number. It is killed: the next one trains.
    @Test func aKilledTrainingHoldsNothing() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("assay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            try FolderLock.holding("\(path)/out/checkpoints") {
                let second = try TrainingRecordTests.train("steps: 1\n", in: URL(fileURLWithPath: path))
                let sentence = "another training (process \(getpid())) writes to "
                guard second.code == 65, second.complaint.contains(sentence) else { return }
                kill(getpid(), SIGKILL)
            }
        }
        let lock = try String(contentsOf: folder.appendingPathComponent("out/checkpoints/.lock"), encoding: .utf8)
        let holder = try #require(Int32(lock.dropLast()))
        #expect(holder != getpid())
        let next = try Self.train("steps: 1\n", in: folder)
        #expect(next.code == 0, "\(next.complaint)")
    }
}
