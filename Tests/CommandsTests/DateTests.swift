import Foundation
import TestSupport
import Testing

/// A model whose chat template asks for the date without looking whether there is one.
struct DateTests {
    /// The small model with another template in the place of its own.
    private func model(in folder: URL) throws -> String {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: AssayProcess.tinyModel))
        let key = try #require(bytes.range(of: Data("tokenizer.chat_template".utf8)))
        // Behind the key stand the type and the length of the text, 4 bytes and 8.
        let length = Int(bytes[key.upperBound + 4]) + Int(bytes[key.upperBound + 5]) << 8
        let template = "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ m['content'] }}{% endfor %}{#"
        let padded = template + String(repeating: " ", count: length - template.utf8.count - 2) + "#}"
        let start = key.upperBound + 12
        bytes.replaceSubrange(start..<start + length, with: Data(padded.utf8))
        let file = folder.appendingPathComponent("dated.gguf")
        try bytes.write(to: file)
        return file.path
    }

    private struct Generation: Decodable {
        struct Sample: Decodable { var logprobs: [Float] }
        var samples: [Sample]
    }

    @Test func aReplyDependsOnTheDateThatIsGiven() throws {
        try Places.withTemporaryFolder { folder in
            let arguments = [
                "generate", "--model", try model(in: folder), "--prompt", "Hi", "--max-tokens", "4", "--json",
            ]
            let without = try AssayProcess.run(arguments)
            #expect(without.code != 0 && without.complaint.contains("--date"), "\(without.complaint)")
            let replies = try ["2024-07-26", "2024-07-26", "1999-12-31"].map { date in
                let outcome = try AssayProcess.run(arguments + ["--date", date])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                return try outcome.json(Generation.self).samples[0].logprobs
            }
            #expect(replies[0] == replies[1] && replies[0] != replies[2])
        }
    }

    /// The texts of a safetensors file's header, all of them.
    private func header(_ path: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return String(decoding: data.dropFirst(8).prefix(length), as: UTF8.self).replacing("\\\"", with: "\"")
    }

    /// A file of prompts, half of them harmful.
    private func prompts(_ label: String, _ count: Int, in folder: URL) throws -> String {
        let file = folder.appendingPathComponent("\(label).jsonl")
        let lines = (0..<count).map { index in
            "{\"id\":\"\(label)-\(index)\",\"prompt\":\"How \(label) is \(index) times \(index)?\",\"label\":\"\(label)\"}\n"
        }
        try Data(lines.joined().utf8).write(to: file)
        return file.path
    }

    @Test func directionsAndTheirUsesHaveTheDateThatIsGiven() throws {
        try Places.withTemporaryFolder { folder in
            let model = ["--model", try model(in: folder)]
            let (harmful, harmless) = (try prompts("harmful", 3, in: folder), try prompts("harmless", 3, in: folder))
            let out = folder.appendingPathComponent("direction.safetensors").path
            func run(_ arguments: [String], _ date: String?) throws -> AssayProcess.Outcome {
                try AssayProcess.run(["steer"] + arguments + model + (date.map { ["--date", $0] } ?? []))
            }
            let direction = ["direction", "--positive", harmful, "--negative", harmless, "--out", out]
            let without = try run(direction, nil)
            #expect(without.code != 0 && without.complaint.contains("--date"), "\(without.complaint)")
            let with = try run(direction, "2024-07-26")
            #expect(with.code == 0, "\(with.complaint)")
            #expect(try header(out).contains("\"date\":\"2024-07-26\""))
            let given = ["--directions", out, "--layer", "1", "--max-tokens", "2"]
            for command in [
                ["generate", "--prompt", "Hi"] + given, ["inversion", "--prompts", harmful] + given,
                ["sweep", "--prompts", harmless, "--directions", out, "--layers", "1", "--max-tokens", "2"],
                ["select", "--directions", out, "--harmful", harmful, "--harmless", harmless],
                ["post-instruction", "--harmful", harmful, "--harmless", harmless, "--max-tokens", "2"],
            ] {
                let without = try run(command, nil)
                #expect(without.code != 0 && without.complaint.contains("--date"), "\(without.complaint)")
                let with = try run(command, "2024-07-26")
                #expect(with.code == 0, "\(command): \(with.complaint)")
            }
        }
    }

    @Test func activationsNameTheDateOfTheirPrompts() throws {
        try Places.withTemporaryFolder { folder in
            let prompts = try prompts("harmless", 2, in: folder)
            let model = try model(in: folder)
            func extracted(_ name: String, _ more: [String]) throws -> (outcome: AssayProcess.Outcome, path: String) {
                let out = folder.appendingPathComponent(name).path
                let arguments = ["extract", "--model", model, "--prompts", prompts, "--out", out] + more
                return (try AssayProcess.run(arguments), out)
            }
            let without = try extracted("none", []).outcome
            #expect(without.code != 0 && without.complaint.contains("--date"), "\(without.complaint)")
            for more in [[], ["--mean"]] {
                let (outcome, path) = try extracted("some\(more.count)", ["--date", "2024-07-26"] + more)
                #expect(outcome.code == 0, "\(outcome.complaint)")
                #expect(try header(path).contains("\"date\":\"2024-07-26\""))
            }
            let text = try AssayProcess.run(
                ["extract", "--model", model, "--text", "Hi", "--out", "none", "--date", "2024-07-26"])
            #expect(text.code == 64 && text.complaint.contains("leave out --date"), "\(text.complaint)")
        }
    }

    /// Scoring tells the template what the fit told it, unless another date is given.
    @Test func aGuardKeepsTheDateOfItsFit() throws {
        try Places.withTemporaryFolder { folder in
            let model = ["--model", try model(in: folder)]
            let sets = try ["harmful", "harmless"].map { try prompts($0, 24, in: folder) }
            let out = folder.appendingPathComponent("guard.safetensors").path
            let fit = ["guard", "fit", "--out", out, "--methods", "paper", "--folds", "2"] + model + sets
            let without = try AssayProcess.run(fit)
            #expect(without.code != 0 && without.complaint.contains("--date"), "\(without.complaint)")
            let with = try AssayProcess.run(fit + ["--date", "2024-07-26"])
            #expect(with.code == 0, "\(with.complaint)")
            #expect(try header(out).contains("\"date\":\"2024-07-26\""))
            struct Report: Decodable {
                struct Row: Decodable { var verdict: Verdict }
                struct Verdict: Decodable { var score: Double }
                var results: [Row]
            }
            let score = ["guard", "score", "--guard", out, "--text", "How harmful is 2?", "--json"] + model
            let scores = try [[], ["--date", "2024-07-26"], ["--date", "1999-12-31"]].map { date in
                let outcome = try AssayProcess.run(score + date)
                #expect(outcome.code == 0, "\(outcome.complaint)")
                return try outcome.json(Report.self).results.map(\.verdict.score)
            }
            #expect(scores[0] == scores[1] && scores[0] != scores[2])
            let judged = try AssayProcess.run(["guard", "evaluate", "--guard", out] + model + sets)
            #expect(judged.code == 0, "\(judged.complaint)")
        }
    }

    @Test func anEvaluationHasTheDateOfItsDefinition() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 2, samples: 1)
            let model = try model(in: folder)
            let yaml = try String(contentsOfFile: fixture.definition, encoding: .utf8)
            for (db, date) in [("none.sqlite", ""), ("some.sqlite", "\ndate: 2024-07-26\n")] {
                try Data((yaml + date).utf8).write(to: URL(fileURLWithPath: fixture.definition))
                #expect(try AssayProcess.run(fixture.arguments(db: db, model: model)).code == 0)
                #expect(try fixture.rows(db: db).contains("cannot render the prompt") == date.isEmpty)
            }
            let plan = try AssayProcess.run(fixture.arguments(db: "x.sqlite", model: model, ["--dry-run"]))
            #expect(plan.output.contains("format chat, date 2024-07-26"), "\(plan.output)")
        }
    }

    @Test func aTrainingHasTheDateOfItsRecipe() throws {
        try Places.withTemporaryFolder { folder in
            let row = #"{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes"}]}"#
            try Data((row + "\n").utf8).write(to: folder.appendingPathComponent("data.jsonl"))
            let recipe = folder.appendingPathComponent("recipe.yaml")
            func train(_ date: String) throws -> AssayProcess.Outcome {
                let model = try model(in: folder)
                let yaml = "model: \(model)\ndata: data.jsonl\noutput: out\nsteps: 1\nadapter: {rank: 1}\n"
                try Data((yaml + date).utf8).write(to: recipe)
                let database = folder.appendingPathComponent("runs.sqlite").path
                return try AssayProcess.run(["train", "sft", recipe.path, "--db", database])
            }
            let without = try train("")
            #expect(without.code == 65 && without.complaint.contains("key date"), "\(without.complaint)")
            let first = try train("date: 2024-07-26\n")
            #expect(first.code == 0, "\(first.complaint)")
            let other = try train("date: 2024-07-27\n")
            #expect(other.code != 0 && other.complaint.contains("another run"), "\(other.complaint)")
        }
    }
}
