import Foundation
import TestSupport
import Testing

/// Recipes that begin with adapters of an earlier run.
struct TrainingCommandTests {
    private func write(_ text: String, _ name: String, in folder: URL) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func train(
        _ more: String, rate: Double = 0.01, output: String, in folder: URL
    ) throws -> AssayProcess.Outcome {
        let recipe = try write(
            "model: \(AssayProcess.tinyModel)\ndata: data.jsonl\noutput: \(output)\nsteps: 1\nlearning_rate: \(rate)\n"
                + more, "\(output).yaml", in: folder)
        return try AssayProcess.run([
            "train", "sft", recipe, "--db", folder.appendingPathComponent("runs.sqlite").path, "--json",
        ])
    }

    private struct Loss: Decodable { var loss: Double }
    private struct Score: Decodable { var mean_nll: Double }

    /// A step at rate 0 has the loss of the model that training begins with: the one that sampling reads with the adapter.
    @Test func trainingBeginsWithTheBaseAdapters() throws {
        try Places.withTemporaryFolder { folder in
            let text = "What is 3 + 4? It is 7."
            _ = try write("{\"text\": \"\(text)\", \"truncated\": true}\n", "data.jsonl", in: folder)
            func score(_ adapters: [String]) throws -> Double {
                try AssayProcess.run(
                    ["score", "--model", AssayProcess.tinyModel, "--text", text, "--json"]
                        + adapters.flatMap { ["--adapter", folder.appendingPathComponent($0).path] }
                ).json(Score.self).mean_nll
            }
            #expect(try train("adapter: {rank: 2}\n", output: "first", in: folder).code == 0)
            let (plain, adapted) = (try score([]), try score(["first"]))
            #expect(adapted < plain - 0.1, "\(adapted) and \(plain)")
            for (base, expected) in [("", plain), ("base_adapters: first\n", adapted)] {
                let outcome = try train(
                    base + "adapter: {rank: 1}\n", rate: 0, output: "still\(base.count)", in: folder)
                #expect(abs(try outcome.json(Loss.self).loss - expected) < 1e-5, "\(base)\(outcome.complaint)")
            }
            #expect(try train("base_adapters: first\nadapter: {rank: 1}\n", output: "second", in: folder).code == 0)
            #expect(try score(["first", "second"]) < adapted)
        }
    }

    @Test func aControlVectorIsNoBaseOfTraining() throws {
        try Places.withTemporaryFolder { folder in
            let (directions, vector) = ("harm.safetensors", "harm.gguf")
            let sides = ["harmful", "harmless"].map { "prompts/organism/\($0).jsonl" }
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            _ = try AssayProcess.run([
                "steer", "direction", "--model", AssayProcess.tinyModel, "--positive", sides[0], "--negative", sides[1],
                "--limit", "4", "--site", "hook_resid_post", "--out", path(directions),
            ])
            let exported = try AssayProcess.run([
                "steer", "export", "--directions", path(directions), "--model", AssayProcess.tinyModel, "--out",
                path(vector),
            ])
            #expect(exported.code == 0, "\(exported.complaint)")
            _ = try write(#"{"text": "one two"}"# + "\n", "data.jsonl", in: folder)
            let outcome = try train("base_adapters: \(vector)\nadapter: {rank: 1}\n", output: "out", in: folder)
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("base_adapters is a control vector"), "\(outcome.complaint)")
        }
    }

    @Test func aMissingBaseAdapterIsNamed() throws {
        try Places.withTemporaryFolder { folder in
            _ = try write(#"{"text": "one two"}"# + "\n", "data.jsonl", in: folder)
            let outcome = try train("base_adapters: nowhere\nadapter: {rank: 1}\n", output: "out", in: folder)
            #expect(outcome.code == 66)
            #expect(outcome.complaint.contains("nowhere"), "\(outcome.complaint)")
        }
    }
}
