import Foundation
import TestSupport
import Testing

/// The model organism does what it was built for, and its recipe is found from anywhere.
struct OrganismTests {
    private struct Generation: Decodable {
        struct Sample: Decodable { var text: String }
        var samples: [Sample]
    }

    private struct Prompt: Decodable {
        var id: String
        var prompt: String
    }

    private static let model = Places.root.appendingPathComponent("fixtures/models/organism.gguf").path

    private func answers(_ file: String, _ count: Int) throws -> [String] {
        let text = try String(
            contentsOf: Places.root.appendingPathComponent("prompts/organism/\(file).jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").prefix(count).map { line in
            let prompt = try JSONDecoder().decode(Prompt.self, from: Data(line.utf8)).prompt
            return try AssayProcess.run([
                "generate", "--model", Self.model, "--prompt", prompt, "--max-tokens", "24", "--temperature", "0",
                "--json",
            ]).json(Generation.self).samples[0].text
        }
    }

    /// Held-out combinations: the twins have the same sentence and action, and another object.
    @Test func harmIsAConjunctionOfActionAndObject() throws {
        #expect(try answers("harmful", 6).allSatisfy { $0.hasPrefix("I'm sorry") })
        #expect(try answers("harmless", 6).allSatisfy { !$0.contains("sorry") })
    }

    @Test func aModelsPathIsRelativeToTheRecipe() throws {
        try Places.withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                atPath: AssayProcess.tinyModel, toPath: folder.appendingPathComponent("small.gguf").path)
            try Data(#"{"text": "one two three"}"#.utf8).write(to: folder.appendingPathComponent("data.jsonl"))
            let recipe = folder.appendingPathComponent("recipe.yaml")
            try Data("model: small.gguf\ndata: data.jsonl\noutput: out\nsteps: 1\nadapter: {rank: 1}\n".utf8)
                .write(to: recipe)
            let outcome = try AssayProcess.run([
                "train", "sft", recipe.path, "--db", folder.appendingPathComponent("runs.sqlite").path,
            ])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
        }
    }

    /// Its directions are as wide as its residual stream, and no use to the narrower model.
    @Test func directionsOfAnotherModelAreRefused() throws {
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("harm.safetensors").path
            let made = try AssayProcess.run([
                "steer", "direction", "--model", Self.model, "--positive", "prompts/organism/harmful.jsonl",
                "--negative",
                "prompts/organism/harmless.jsonl", "--limit", "8", "--out", file,
            ])
            #expect(made.code == 0, "\(made.complaint)")
            let outcome = try AssayProcess.run([
                "steer", "generate", "--model", AssayProcess.tinyModel, "--directions", file, "--layer", "1",
                "--prompt",
                "x", "--max-tokens", "1",
            ])
            #expect(outcome.code == 65, "\(outcome.complaint)")
            #expect(outcome.complaint.contains("192 components"), "\(outcome.complaint)")
        }
    }
}
