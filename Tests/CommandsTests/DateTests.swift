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
