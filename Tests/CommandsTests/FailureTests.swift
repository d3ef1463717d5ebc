import Foundation
import TestSupport
import Testing

/// Every mistake that a user can make: its exit code, and a sentence that names what was found.
struct FailureTests {
    private func expect(
        _ arguments: [String], code: Int32, saying words: [String], in folder: URL? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try AssayProcess.run(arguments, in: folder, environment: ["ASSAY_CACHE": "/nonexistent"])
        #expect(outcome.code == code, "\(arguments): \(outcome.complaint)", sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.complaint.contains(word), "\(outcome.complaint)", sourceLocation: sourceLocation)
        }
        #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func usage() throws {
        try expect(["evil"], code: 64, saying: ["evil"])
        try expect(["score", "--model", AssayProcess.tinyModel], code: 64, saying: ["--text"])
        try expect(
            ["tokenize", "--model", AssayProcess.tinyModel, "--text", "a", "--file", "b"], code: 64,
            saying: ["--text and --file"])
        try expect(["resample", "compare", "a", "b", "--run", "c"], code: 64, saying: ["--run"])
        try expect(["generate", "--model", "m", "--prompt", "x", "--samples", "0"], code: 64, saying: ["--samples"])
        let generate = ["generate", "--model", AssayProcess.tinyModel, "--prompt", "x"]
        try expect(generate + ["--samples", "100001"], code: 64, saying: ["--samples is 100001; allowed: 1 to 100000"])
        try expect(generate + ["--stop", ""], code: 64, saying: ["--stop is empty"])
        let evaluate = ["eval", "run", "evals/refusal.yaml", "--model", AssayProcess.tinyModel]
        for command in [generate, evaluate] {
            try expect(
                command + ["--temperature", "101"], code: 64, saying: ["--temperature is 101.0; allowed: 0 to 100"])
        }
        try expect(evaluate + ["--samples", "100001"], code: 64, saying: ["--samples is 100001; allowed: 1 to 100000"])
        // The usage is that of the command that was called.
        try expect(["report", "passk", "--k", "0"], code: 64, saying: ["--k", "Usage: assay report passk"])
        try expect(
            ["prompts", "check", "x", "--format", "foo"], code: 64, saying: ["--format", "Usage: assay prompts check"])
        try expect(
            ["generate", "--model", AssayProcess.tinyModel, "--prompt", "x", "--top-p", "1.5"], code: 64,
            saying: ["top-p", "1.5"])
        try expect(
            ["generate", "--model", "m", "--prompt", "x", "--date", "2023-02-29"], code: 64,
            saying: ["2023-02-29", "YYYY-MM-DD"])
        try expect(
            ["generate", "--model", "m", "--prompt", "x", "--raw", "--date", "2024-02-29"], code: 64,
            saying: ["--raw", "--date"])
    }

    @Test func missingInputs() throws {
        try expect(["score", "--model", "nowhere.gguf", "--text", "x"], code: 66, saying: ["nowhere.gguf"])
        try expect(
            ["score", "--model", "smollm2-135m-instruct", "--text", "x"], code: 66, saying: ["assay model pull"])
        try expect(["eval", "run", "nowhere.yaml", "--model", "m"], code: 66, saying: ["nowhere.yaml"])
        try expect(["report", "passk", "--db", "nowhere.sqlite"], code: 66, saying: ["nowhere.sqlite"])
        // What is wrong with a prompt set is what the check was asked for: its result, not a complaint.
        let check = try AssayProcess.run(["prompts", "check", "nowhere.jsonl"])
        #expect(check.code == 66 && check.output.contains("nowhere.jsonl"), "\(check)")
    }

    @Test func brokenModels() throws {
        try Places.withTemporaryFolder { folder in
            let whole = try Data(contentsOf: URL(fileURLWithPath: AssayProcess.tinyModel))
            for length in [0, 3, 4, 100, 5000, whole.count / 2, whole.count - 1] {
                let path = folder.appendingPathComponent("cut.gguf")
                try whole.prefix(length).write(to: path)
                try expect(["score", "--model", path.path, "--text", "x"], code: 65, saying: ["assay: "])
            }
            // What is no model at all is named.
            let notes = folder.appendingPathComponent("notes.md").path
            try Data("# Not a model, and no guard".utf8).write(to: URL(fileURLWithPath: notes))
            try expect(["tokenize", "--model", notes, "--text", "x"], code: 65, saying: ["notes.md", "GGUF"])
            try expect(
                ["guard", "score", "--model", AssayProcess.organism, "--guard", notes, "--text", "x"], code: 65,
                saying: ["notes.md", "safetensors header"])
        }
    }

    @Test func brokenDefinitionsAndPrompts() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder)
            let yaml = try String(contentsOfFile: fixture.definition, encoding: .utf8)
            let unknown = folder.appendingPathComponent("unknown.yaml")
            try Data((yaml + "\ntemprature: 1\n").utf8).write(to: unknown)
            try expect(
                ["eval", "run", unknown.path, "--model", "m", "--dry-run"], code: 65, saying: ["temprature", "scorers"])
            let prompts = folder.appendingPathComponent("sums.jsonl")
            let lines = try String(contentsOf: prompts, encoding: .utf8)
            try Data((lines + "{\"id\":\"x\",\"prompt\":\"y\"\n").utf8).write(to: prompts)
            try expect(
                ["eval", "run", fixture.definition, "--model", "m", "--dry-run"], code: 65,
                saying: ["sums.jsonl", "25"])
        }
    }

    @Test func databasesOfOthers() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 2)
            try Data("not a database, but long enough to be read as one".utf8)
                .write(to: folder.appendingPathComponent("text.sqlite"))
            try expect(fixture.arguments(db: "text.sqlite"), code: 65, saying: ["text.sqlite"])
        }
    }

    /// Before the model is loaded, and before a database is made.
    @Test func aPageThatCannotBeWrittenIsFoundOutFirst() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 2)
            for (page, reason) in [("/proc/x.html", "No such file"), (folder.path, "it is a folder")] {
                try expect(
                    fixture.arguments(db: "r.sqlite", model: "nowhere.gguf", ["--html", page]), code: 74,
                    saying: ["\"\(page)\" cannot be written", reason])
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.path("r.sqlite")))
        }
    }

    @Test func aFailedImportLeavesNoDatabase() throws {
        try Places.withTemporaryFolder { folder in
            try Data("run,prompt".utf8).write(to: folder.appendingPathComponent("bad.jsonl"))
            try expect(["runs", "import", "bad.jsonl"], code: 65, saying: ["bad.jsonl", "1"], in: folder)
            try expect(["runs", "import", "nowhere.jsonl"], code: 66, saying: ["nowhere.jsonl"], in: folder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["bad.jsonl"])
        }
    }

    @Test func moreSuccessesThanSamplesAreRefused() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 4, samples: 2)
            #expect(try AssayProcess.run(fixture.arguments(db: "r.sqlite")).code == 0)
            try expect(
                ["report", "passk", "--db", fixture.path("r.sqlite"), "--k", "1,3", "--unscored-as-wrong"], code: 65,
                saying: ["sum-0", "3"])
            try expect(
                ["report", "passk", "--db", fixture.path("r.sqlite"), "--scorer", "foo"], code: 66,
                saying: ["foo", "numeric"])
            let report = try AssayProcess.run(
                ["report", "passk", "--db", fixture.path("r.sqlite"), "--k", "1,2", "--unscored-as-wrong", "--json"])
            #expect(report.code == 0, "\(report.complaint)")
        }
    }

    /// Results that were lost are never a success; a reader that has gone wants no more of them.
    @Test func resultsThatCannotBeWritten() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 4, samples: 2)
            #expect(try AssayProcess.run(fixture.arguments(db: "r.sqlite")).code == 0)
            let commands = [
                ["report", "passk", "--unscored-as-wrong"], ["report", "passk", "--unscored-as-wrong", "--json"],
                ["runs", "list"], ["runs", "export"],
            ]
            let said = [["--help"], ["--version"], ["help", "runs"], ["runs", "--help"]]
            for command in commands.map({ $0 + ["--db", fixture.path("r.sqlite")] }) + said {
                let full = try AssayProcess.run(command, to: FileHandle(forWritingAtPath: "/dev/full"))
                #expect(full.code == 74, "\(command)")
                #expect(
                    full.complaint
                        == "assay: standard output cannot be written: No space left on device; some results are lost\n")
                let pipe = Pipe()
                try pipe.fileHandleForReading.close()
                let gone = try AssayProcess.run(command, to: pipe.fileHandleForWriting)
                #expect(gone.code == 0 && gone.complaint.isEmpty, "\(command): \(gone)")
            }
        }
    }
}
