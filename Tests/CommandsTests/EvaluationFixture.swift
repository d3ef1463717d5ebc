import Foundation
import Testing

/// A small evaluation in a folder of its own.
struct EvaluationFixture {
    let folder: URL

    var definition: String { folder.appendingPathComponent("sums.yaml").path }

    /// - Parameter scorers: lines of YAML.
    init(in folder: URL, prompts: Int = 24, samples: Int = 3, scorers: [String] = ["- name: numeric"]) throws {
        self.folder = folder
        let lines = (0..<prompts).map { index in
            let (a, b) = (index % 9 + 1, index * 7 % 9 + 1)
            return """
                {"id":"sum-\(index)","prompt":"What is \(a) + \(b)?","target":["\(a + b)"],"category":"sums"}
                """
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("sums.jsonl"))
        let yaml = """
            schema: 1
            name: sums
            version: 1
            description: Sums of two digits.
            prompts:
              - file: sums.jsonl
            generation:
              samples: \(samples)
              temperature: 0.9
              max_tokens: 24
              seed: 5
            scorers:
            \(scorers.map { "  " + $0 }.joined(separator: "\n"))
            """
        try Data(yaml.utf8).write(to: folder.appendingPathComponent("sums.yaml"))
    }

    func arguments(db: String, model: String = AssayProcess.tinyModel, _ more: [String] = []) -> [String] {
        ["eval", "run", definition, "--model", model, "--db", path(db)] + more
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Writes the first samples of the only run of a database to another one, as of a run that was stopped there.
    func stop(db: String, after count: Int, as other: String) throws {
        let export = try AssayProcess.run(["runs", "export", "--db", path(db)]).output
        let lines = export.split(separator: "\n").map(String.init)
        let run = lines[1].replacing("\"status\":\"finished\"", with: "\"status\":\"started\"")
            .replacing(/"finishedAt":"[^"]*",/, with: "")
        let end = (lines.last ?? "").replacing(/"samples":[0-9]+/, with: "\"samples\":\(count)")
        let prompts = lines.filter { $0.hasSuffix("\"type\":\"prompt\"}") }
        let samples = Array(lines.filter { $0.hasSuffix("\"type\":\"sample\"}") }.prefix(count))
        let part = [lines[0], run] + prompts + samples + [end]
        try Data((part.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("part.jsonl"))
        let imported = try AssayProcess.run(["runs", "import", path("part.jsonl"), "--db", path(other)])
        #expect(imported.code == 0, "\(imported.complaint)")
    }

    /// The samples and metrics of the only run of a database, as text that can be compared.
    func rows(db: String) throws -> String {
        struct Run: Decodable { var id: String }
        let runs = try AssayProcess.run(["runs", "list", "--db", path(db), "--json"]).json([Run].self)
        guard runs.count == 1, let run = runs.first else { return "\(runs.count) runs" }
        let export = try AssayProcess.run(["runs", "export", run.id, "--db", path(db)]).output
        // The lines before are the header and the run itself, which names times, threads and batch size.
        return export.split(separator: "\n").dropFirst(2).joined(separator: "\n")
            .replacingOccurrences(of: run.id, with: "RUN")
    }
}
