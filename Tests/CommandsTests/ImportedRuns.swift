import Foundation
import Testing

/// A database of runs that were written by hand, as lines of an export.
struct ImportedRuns {
    /// A run of scorers `weak`, `strong` and `style`.
    struct Run {
        var number: Int
        var seed = 1
        var model = "m"
        /// The digit that the model's digest is made of.
        var digest = "a"
        var temperature = 1.0
        /// What the chat template was told.
        var date: String?
        /// The policy that ended the sampling of a task.
        var stopping: String?
        /// For each prompt and sample the three values; nil where the scorer did not look at the sample.
        var grades: [[[Double?]]]

        var id: String { "00000000-0000-4000-8000-" + String(format: "%012d", number) }
    }

    let db: String
    private let folder: URL

    init(in folder: URL, _ runs: [Run]) throws {
        self.folder = folder
        db = folder.appendingPathComponent("runs.sqlite").path
        try take(runs.flatMap(Self.lines))
    }

    /// Takes in lines of an export, without its first one.
    func take(_ lines: [[String: Any]]) throws {
        let all = try ([["assay_export": 1]] + lines).map { try JSONSerialization.data(withJSONObject: $0) }
        let file = folder.appendingPathComponent("runs.jsonl")
        try Data(all.joined(separator: Data("\n".utf8))).write(to: file)
        let outcome = try AssayProcess.run(["runs", "import", file.path, "--db", db])
        #expect(outcome.code == 0, "\(outcome.complaint)")
    }

    private static let scorers = ["weak", "strong", "style"]

    private static func lines(of run: Run) -> [[String: Any]] {
        var lines: [[String: Any]] = [["type": "run", "run": record(of: run)]]
        for (prompt, samples) in run.grades.enumerated() {
            lines.append(["type": "prompt", "index": prompt, "set": "a", "id": "t\(prompt)", "ids": [1]])
            for (index, values) in samples.enumerated() {
                let scores = zip(scorers, values).compactMap { name, value in
                    value.map { ["scorer": name, "version": 1, "value": $0] as [String: Any] }
                }
                lines.append([
                    "type": "sample", "prompt": prompt, "sample": index, "ids": [Int](), "logprobs": "", "text": "",
                    "finish": "stop", "scores": scores,
                ])
            }
        }
        return lines + [["type": "end", "run": run.id, "samples": run.grades.reduce(0) { $0 + $1.count }]]
    }

    private static func record(of run: Run) -> [String: Any] {
        let generation: [String: Any] = [
            "max_tokens": 8, "min_p": 0, "samples": 1, "seed": run.seed, "stop": [String](),
            "temperature": run.temperature, "top_k": 0, "top_p": 1,
        ]
        var settings: [String: Any] = ["generation": generation]
        settings["stopping"] = run.stopping
        var definition: [String: Any] = [
            "description": "", "format": "raw", "name": "bench", "generation": generation,
            "prompts": [["file": "a.jsonl"]], "scorers": [["name": "numeric", "parameters": [String: String]()]],
            "task": "generate", "version": 1,
        ]
        definition["date"] = run.date
        return [
            "id": run.id, "settings": settings, "plannedSamples": 99, "status": "started",
            "startedAt": "2026-01-01T00:00:00Z",
            "definition": definition,
            "model": [
                "name": run.model, "digest": String(repeating: run.digest, count: 64), "architecture": "llama",
                "computeMode": "f32", "backend": "none",
            ],
            "promptSets": [
                [
                    "name": "a", "digest": String(repeating: "b", count: 64), "format": "assay",
                    "promptCount": run.grades.count,
                ] as [String: Any]
            ],
            "scorers": scorers.map { ["key": $0, "version": 1] as [String: Any] },
            "environment": ["assayVersion": "0", "cpu": "none", "threads": 1, "batch": 1] as [String: Any],
        ]
    }
}
