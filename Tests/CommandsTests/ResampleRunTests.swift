import Foundation
import TestSupport
import Testing

struct ResampleRunTests {
    /// Two programming tasks, graded by their weak tests.
    private func codeDefinition(in folder: URL) throws -> String {
        let tasks = try String(
            contentsOf: Places.root.appendingPathComponent("prompts/code/functions.jsonl"), encoding: .utf8)
        let lines = tasks.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n"
        try Data(lines.utf8).write(to: folder.appendingPathComponent("code.jsonl"))
        let yaml = """
            schema: 1
            name: functions
            version: 1
            description: Functions.
            prompts:
              - file: code.jsonl
            generation:
              temperature: 0.9
              max_tokens: 16
            scorers:
              - name: python-weak
            """
        let file = folder.appendingPathComponent("code.yaml")
        try Data(yaml.utf8).write(to: file)
        return file.path
    }

    private func arguments(_ definition: String, weak: String, db: URL, _ more: [String] = []) -> [String] {
        ["resample", "run", definition, "--weak", weak, "--db", db.path] + more
    }

    @Test func programsRunWhereThatIsAllowedAndNothingRunsElse() throws {
        try Places.withTemporaryFolder { folder in
            let db = folder.appendingPathComponent("r.sqlite")
            let command = arguments(
                try codeDefinition(in: folder), weak: "python-weak", db: db,
                ["--model", AssayProcess.tinyModel, "--budget", "2"])
            let refused = try AssayProcess.run(command)
            #expect(refused.code == 64 && refused.output.isEmpty)
            #expect(refused.complaint.contains("--allow-code-execution"), "\(refused.complaint)")
            let allowed = try AssayProcess.run(command + ["--allow-code-execution"])
            #expect(allowed.code == 0, "\(allowed.complaint)")
            let rows = try AssayProcess.run(["runs", "export", "--db", db.path]).output.split(separator: "\n")
            let samples = rows.filter { $0.hasSuffix("\"type\":\"sample\"}") }
            #expect(samples.count == 4)
            #expect(samples.allSatisfy { $0.contains("\"scorer\":\"python-weak\",\"value\":0,") })
            let run = try #require(rows.first { $0.contains("\"environment\"") })
            #expect(run.contains("\"programs\":{\"cpuSeconds\":") && run.contains("\"python\":\"3."), "\(run)")
        }
    }

    @Test(arguments: ["--false-positive-cost", "--sample-cost"])
    func costsWithoutAPolicyAreRefused(_ option: String) throws {
        let outcome = try AssayProcess.run([
            "resample", "run", "none.yaml", "--model", AssayProcess.tinyModel, "--weak", "numeric", option, "1",
        ])
        #expect(outcome.code == 64 && outcome.complaint.contains("give --from and --strong with them"))
    }

    @Test func warningsOfThePlanAreShown() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 2, samples: 1)
            let yaml = try String(contentsOfFile: fixture.definition, encoding: .utf8)
            try Data(yaml.replacing("temperature: 0.9", with: "temperature: 0").utf8)
                .write(to: URL(fileURLWithPath: fixture.definition))
            let outcome = try AssayProcess.run(
                arguments(
                    fixture.definition, weak: "numeric", db: folder.appendingPathComponent("r.sqlite"),
                    ["--model", AssayProcess.tinyModel, "--budget", "2"]))
            #expect(outcome.code == 0)
            #expect(outcome.complaint.contains("assay: warning: Temperature 0"), "\(outcome.complaint)")
        }
    }

    /// The organism is right often enough for searches to end before the budget does.
    @Test func aFinishedSearchIsExportedImportedAndMerged() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 6)
            let outcome = try AssayProcess.run(
                arguments(
                    fixture.definition, weak: "numeric", db: folder.appendingPathComponent("a.sqlite"),
                    ["--model", AssayProcess.organism, "--budget", "8"]))
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let exported = try AssayProcess.run(["runs", "export", "--db", fixture.path("a.sqlite")]).output
            #expect(exported.split(separator: "\n").count { $0.hasSuffix("\"type\":\"sample\"}") } < 48)
            try Data(exported.utf8).write(to: URL(fileURLWithPath: fixture.path("a.jsonl")))
            func move(_ arguments: [String]) throws {
                let outcome = try AssayProcess.run(["runs"] + arguments)
                #expect(outcome.code == 0, "\(outcome.complaint)")
            }
            try move(["import", fixture.path("a.jsonl"), "--db", fixture.path("b.sqlite")])
            try move(["merge", fixture.path("b.sqlite"), "--db", fixture.path("c.sqlite")])
            let same = try AssayProcess.run(["runs", "export", "--db", fixture.path("c.sqlite")]).output == exported
            #expect(same)
        }
    }
}
