import Foundation
import TestSupport
import Testing

/// What programs are told of stored runs.
struct RunsTests {
    private struct Intake: Decodable, Equatable {
        var source: String?
        var runs_added: Int
        var runs_known: Int
        var samples_added: Int
        var samples_known: Int
        var training_runs_added: Int
        var training_runs_known: Int

        init(_ source: String? = nil, runs: (Int, Int), samples: (Int, Int)) {
            self.source = source
            (runs_added, runs_known) = runs
            (samples_added, samples_known) = samples
            (training_runs_added, training_runs_known) = (0, 0)
        }
    }

    /// Calls `body` with an evaluation of 4 prompts with 2 samples each, run into `a.sqlite`.
    private func withRun(_ body: (EvaluationFixture) throws -> Void) throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 4, samples: 2)
            #expect(try AssayProcess.run(fixture.arguments(db: "a.sqlite")).code == 0)
            try body(fixture)
        }
    }

    private func json<Value: Decodable>(_ arguments: [String], _ type: Value.Type) throws -> Value {
        let outcome = try AssayProcess.run(["runs"] + arguments + ["--json"])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return try outcome.json(type)
    }

    @Test func movingAndRemovingAreReported() throws {
        struct Export: Decodable {
            var file: String
            var lines: Int
            var bytes: Int
        }
        struct Removal: Decodable {
            var removed: [String]
        }
        try withRun { fixture in
            let (source, lines) = (fixture.path("a.sqlite"), fixture.path("a.jsonl"))
            let export = try json(["export", "--db", source, "--out", lines], Export.self)
            let text = try String(contentsOfFile: lines, encoding: .utf8)
            #expect(export.file == lines && export.bytes == text.utf8.count)
            #expect(export.lines == text.split(separator: "\n").count)

            let importing = ["import", lines, "--db", fixture.path("b.sqlite")]
            #expect(try json(importing, Intake.self) == Intake(runs: (1, 0), samples: (8, 0)))
            #expect(try json(importing, Intake.self) == Intake(runs: (0, 1), samples: (0, 8)))
            let merged = try json(["merge", source, "--db", fixture.path("c.sqlite")], [Intake].self)
            #expect(merged == [Intake(source, runs: (1, 0), samples: (8, 0))])

            let id = try #require(text.firstMatch(of: /"id":"([0-9a-f-]{36})"/)?.1)
            let removal = try json(["rm", String(id.prefix(8)), "--db", source], Removal.self)
            #expect(removal.removed == [String(id)])
        }
    }

    @Test func anExportToStandardOutputHasNoReport() throws {
        let outcome = try AssayProcess.run(["runs", "export", "--json"])
        #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.complaint.contains("--out"))
    }

    /// Keys are those of `report run`; none is a name of the program's own.
    @Test func aRunIsShownWithTheKeysOfReports() throws {
        try withRun { fixture in
            let outcome = try AssayProcess.run(["runs", "list", "--db", fixture.path("a.sqlite"), "--json"])
            let id = try #require(outcome.json([[String: JSON]].self).first?["id"]?.text)
            let arguments = [id, "--db", fixture.path("a.sqlite")]
            let shown = try json(["show", "--samples"] + arguments, JSON.self)
            let reported = try AssayProcess.run(["report", "run"] + arguments + ["--json", "--texts"]).json(JSON.self)
            #expect(shown.allKeys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } }, "\(shown.allKeys)")
            let run = try #require(shown["run"])
            for key in ["id", "evaluation", "version", "status", "started", "planned_samples", "model", "scorers"] {
                #expect(run[key] == reported["run"]?[key], "\(key)")
            }
            #expect(run["settings"]?["max_tokens"] == .number(24))
            #expect(run["definition"]?["generation"]?["temperature"] == .number(0.9))
            #expect(run["prompt_sets"]?[0]?["prompts"] == .number(4))
            #expect(shown["metrics"]?[0]?["name"] == reported["metrics"]?[0]?["name"])
            let (sample, row) = (shown["samples"]?[0], reported["listed"]?[0])
            for key in ["prompt_set", "prompt", "category", "sample", "finish", "text"] {
                #expect(sample?[key] != nil && sample?[key] == row?[key], "\(key)")
            }
            let (score, reportedScore) = (sample?["scores"]?[0], row?["scores"]?[0])
            #expect(score?["scorer"] == .text("numeric"))
            #expect((score?["value"] ?? .null) == reportedScore?["value"])
            #expect((score?["unscored"] ?? .null) == reportedScore?["unscored"])
            #expect(sample?["ids"]?.count == sample?["logprobs"]?.count)
            #expect(sample?["ids"]?.count ?? 0 > 0)
        }
    }

    @Test func aPlanIsShownWithTheKeysOfReports() throws {
        let outcome = try AssayProcess.run(["eval", "run", "evals/code.yaml", "--model", "m", "--dry-run", "--json"])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let plan = try outcome.json(JSON.self)
        #expect(plan["prompt_sets"]?[0]?["prompts"] != nil)
        #expect(plan["settings"]?["max_tokens"] != nil)
        #expect(plan["scorers"]?[0]?["scorer"] != nil)
        let prompt = try #require(plan["prompts"]?[0])
        #expect(prompt["prompt_set"] != nil && prompt["prompt"] != nil)
        #expect(prompt["tests"]?["entry_point"]?.text?.isEmpty == false)
        guard case .object(let suites)? = prompt["tests"]?["suites"] else {
            Issue.record("no suites")
            return
        }
        for (name, suite) in suites {
            #expect((suite["statements"] == nil) != (suite["check"] == nil), "\(name)")
            #expect(suite["statements"]?.count != 0)
        }
        #expect(plan.allKeys.allSatisfy { !$0.hasPrefix("_") && $0 == $0.lowercased() }, "\(plan.allKeys)")
    }
}

/// Any JSON value.
enum JSON: Decodable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    subscript(index: Int) -> JSON? {
        if case .list(let items) = self, items.indices.contains(index) { items[index] } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var count: Int? {
        if case .list(let items) = self { items.count } else { nil }
    }

    /// The keys of all objects in it.
    var allKeys: Set<String> {
        switch self {
        case .list(let items): items.reduce(into: []) { $0.formUnion($1.allKeys) }
        case .object(let members): members.values.reduce(into: Set(members.keys)) { $0.formUnion($1.allKeys) }
        default: []
        }
    }
}
