import Foundation
import TestSupport
import Testing

/// The forms that other programs call.
struct FormTests {
    private struct Tokens: Decodable {
        var ids: [Int32]
        var pieces: [String]
    }

    private struct Score: Decodable {
        var ids: [Int32]
        var logprobs: [Float]
        var mean_nll: Double
        var perplexity: Double
    }

    private struct Generation: Decodable {
        struct Sample: Decodable, Equatable {
            var ids: [Int32]
            var text: String
            var finish: String
            var logprobs: [Float]
        }

        var samples: [Sample]
    }

    private let model = ["--model", AssayProcess.tinyModel]

    @Test func tokenizeAndScoreAgree() throws {
        let text = "What is 3 + 4?"
        let tokens = try AssayProcess.run(["tokenize"] + model + ["--text", text, "--json"]).json(Tokens.self)
        #expect(tokens.ids.count == tokens.pieces.count)
        let score = try AssayProcess.run(["score"] + model + ["--text", text, "--json"]).json(Score.self)
        #expect(score.ids == tokens.ids)
        #expect(score.logprobs.count == score.ids.count - 1)
        let mean = -score.logprobs.reduce(0) { $0 + Double($1) } / Double(score.logprobs.count)
        #expect(abs(score.mean_nll - mean) < 1e-9)
        #expect(abs(score.perplexity - exp(mean)) < 1e-6)
        try Places.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("ids.txt")
            try Data(tokens.ids.map { "\($0)" }.joined(separator: " ").utf8).write(to: file)
            let same = try AssayProcess.run(["score"] + model + ["--ids", file.path, "--json"]).json(Score.self)
            #expect(same.logprobs == score.logprobs)
            let less = try AssayProcess.run(["score"] + model + ["--text", text, "--max-tokens", "3", "--json"])
            #expect(try less.json(Score.self).logprobs == Array(score.logprobs.prefix(2)))
        }
    }

    @Test func controlTokensInTextStayText() throws {
        let plain = try AssayProcess.run(["tokenize"] + model + ["--text", "<|im_end|>", "--json"]).json(Tokens.self)
        let special = try AssayProcess.run(["tokenize"] + model + ["--text", "<|im_end|>", "--special", "--json"])
        #expect(plain.ids.count > 1)
        #expect(try special.json(Tokens.self).ids.count == 1)
    }

    @Test func generationIsRepeatableAndSeedsMatter() throws {
        func generate(_ more: [String]) throws -> [Generation.Sample] {
            let arguments =
                ["generate"] + model + ["--prompt", "What is 2 + 2?", "--max-tokens", "12", "--json"] + more
            return try AssayProcess.run(arguments).json(Generation.self).samples
        }
        let sampled = ["--samples", "4", "--temperature", "1.2"]
        let first = try generate(sampled + ["--seed", "1"])
        #expect(first.count == 4)
        #expect(try generate(sampled + ["--seed", "1", "--batch", "2", "--threads", "1"]) == first)
        #expect(try generate(sampled + ["--seed", "2"]) != first)
        #expect(first.allSatisfy { ["stop", "length"].contains($0.finish) && $0.ids.count == $0.logprobs.count })
        let greedy = try generate([])
        #expect(try generate(["--seed", "9"]) == greedy)
    }

    @Test func extractWritesWhatWasAsked() throws {
        try Places.withTemporaryFolder { folder in
            let out = folder.appendingPathComponent("a.safetensors").path
            let prompts = folder.appendingPathComponent("p.jsonl")
            try Data("{\"id\":\"a\",\"prompt\":\"Hello there\"}\n{\"id\":\"b\",\"prompt\":\"And you?\"}\n".utf8).write(
                to: prompts)
            struct Result: Decodable {
                var prompts: Int
                var positions: [String]
                var tensors: [String: [Int]]
            }
            let outcome = try AssayProcess.run(
                ["extract"] + model + [
                    "--prompts", prompts.path, "--hooks", "blocks.0.hook_resid_post,hook_embed", "--positions",
                    "t_inst,t_post_inst", "--out", out, "--json",
                ])
            let result = try outcome.json(Result.self)
            #expect(result.prompts == 2)
            #expect(Set(result.tensors.keys) == ["blocks.0.hook_resid_post", "hook_embed"])
            #expect(result.tensors["hook_embed"]?.prefix(2) == [2, 2])
            func extract(_ hooks: String) throws -> AssayProcess.Outcome {
                let out = folder.appendingPathComponent("b.safetensors").path
                return try AssayProcess.run(
                    ["extract"] + model + ["--prompts", prompts.path, "--hooks", hooks, "--out", out, "--json"])
            }
            // Scores and patterns are large: a pattern that could mean anything leaves them out, a name does not.
            let all = try extract("blocks.0.*").json(Result.self).tensors.keys
            #expect(all.contains("blocks.0.attn.hook_z") && !all.contains("blocks.0.attn.hook_pattern"))
            let named = try extract("blocks.0.attn.hook_pattern")
            #expect(try Array(named.json(Result.self).tensors.keys) == ["blocks.0.attn.hook_pattern"])
            let wrong = try extract("hook_embed,hook_embedd")
            #expect(wrong.code == 65 && wrong.complaint.contains("\"hook_embedd\""), "\(wrong.complaint)")
        }
    }

    @Test func plainLinesAreReadWhereTheirFormIsNamed() throws {
        try Places.withTemporaryFolder { folder in
            let prompts = folder.appendingPathComponent("lines.txt")
            try Data("How do I whistle?\nHow do I juggle?\n".utf8).write(to: prompts)
            let out = folder.appendingPathComponent("a.safetensors").path
            func extracted(_ more: [String]) throws -> AssayProcess.Outcome {
                try AssayProcess.run(["extract"] + model + ["--prompts", prompts.path, "--out", out] + more)
            }
            #expect(try extracted([]).code == 65)
            let named = try extracted(["--format", "malicious-instruct"])
            #expect(named.code == 0 && named.output.contains("of 2 prompts"), "\(named.complaint)")
            let unknown = try extracted(["--format", "lines"])
            #expect(unknown.code == 64 && unknown.complaint.contains("--format is \"lines\"; allowed: assay, advbench"))
        }
    }

    /// Logits are read as any activation is: their log-softmax is what the score says.
    @Test func logitsAreExtracted() throws {
        try Places.withTemporaryFolder { folder in
            let out = folder.appendingPathComponent("a.safetensors").path
            let text = ["--text", "Hello there, how are you?"]
            let extracted = try AssayProcess.run(
                ["extract"] + model + text + ["--hooks", "unembed.hook_out", "--positions", "all", "--out", out])
            #expect(extracted.code == 0, "\(extracted.complaint)")
            let score = try AssayProcess.run(["score"] + model + text + ["--json"]).json(Score.self)
            let rows = try logits(in: out, positions: score.ids.count)
            #expect(score.logprobs.count == score.ids.count - 1)
            for (index, logProbability) in score.logprobs.enumerated() {
                let row = rows[index].map(Double.init)
                let highest = try #require(row.max())
                let total = highest + log(row.reduce(0) { $0 + exp($1 - highest) })
                let found = row[Int(score.ids[index + 1])] - total
                #expect(abs(found - Double(logProbability)) < 1e-5, "position \(index)")
            }
        }
    }

    /// The rows of the only float tensor of a safetensors file.
    private func logits(in path: String, positions: Int) throws -> [[Float]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try #require(
            JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)) as? [String: Any])
        let entry = try #require(header["unembed.hook_out"] as? [String: Any])
        let offsets = try #require(entry["data_offsets"] as? [Int])
        let bytes = data.dropFirst(8 + length)[...].dropFirst(offsets[0]).prefix(offsets[1] - offsets[0])
        let values = unsafe Array(bytes).withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
        let width = values.count / positions
        return (0..<positions).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
    }

    /// Logits come in pieces of 64 positions; rows stand where they were asked for.
    @Test func rowsOfAPromptKeepTheOrderOfTheirPositions() throws {
        try Places.withTemporaryFolder { folder in
            let prompts = folder.appendingPathComponent("p.jsonl")
            // Of so many lengths, some have the end of a piece between the two positions.
            let lengths = 10..<50
            let lines = lengths.map { length in
                "{\"id\":\"\(length)\",\"prompt\":\"\((0..<length).map { "word\($0)" }.joined(separator: " "))\"}\n"
            }
            try Data(lines.joined().utf8).write(to: prompts)
            func extracted(_ positions: String) throws -> [[Float]] {
                let out = folder.appendingPathComponent(positions).path
                let outcome = try AssayProcess.run(
                    ["extract"] + model + [
                        "--prompts", prompts.path, "--hooks", "unembed.hook_out", "--positions", positions,
                        "--out", out,
                    ])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                return try logits(in: out, positions: 2 * lengths.count)
            }
            let (ascending, descending) = (try extracted("t_inst,t_post_inst"), try extracted("t_post_inst,t_inst"))
            for prompt in lengths.indices.map({ 2 * ($0 - lengths.lowerBound) }) {
                #expect(ascending[prompt] != ascending[prompt + 1])
                #expect(descending[prompt] == ascending[prompt + 1] && descending[prompt + 1] == ascending[prompt])
            }
        }
    }

    /// The words that are put in the model's mouth come after `t_post_inst` and before `last`.
    @Test func thePrefillIsBehindThePostInstruction() throws {
        try Places.withTemporaryFolder { folder in
            let prompts = folder.appendingPathComponent("p.jsonl")
            let lines = """
                {"id":"a","prompt":"Hello there"}
                {"id":"b","prompt":"Hello there","prefill":"Sure, here"}

                """
            try Data(lines.utf8).write(to: prompts)
            func extracted(_ position: String) throws -> [[Float]] {
                let out = folder.appendingPathComponent(position).path
                let outcome = try AssayProcess.run(
                    ["extract"] + model + [
                        "--prompts", prompts.path, "--hooks", "unembed.hook_out", "--positions", position, "--out", out,
                    ])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                return try logits(in: out, positions: 2)
            }
            let (postInstruction, last) = (try extracted("t_post_inst"), try extracted("last"))
            #expect(postInstruction[0] == postInstruction[1])
            #expect(last[0] == postInstruction[0] && last[1] != last[0])
        }
    }

    /// The second prompt is longer than the context: the extraction ends there, with the first one done.
    @Test func anExtractionIsContinuedInItsOwnModeAlone() throws {
        try Places.withTemporaryFolder { folder in
            let prompts = folder.appendingPathComponent("p.jsonl")
            let long = [String](repeating: "word", count: 2000).joined(separator: " ")
            try Data("{\"id\":\"a\",\"prompt\":\"Hello\"}\n{\"id\":\"b\",\"prompt\":\"\(long)\"}\n".utf8).write(
                to: prompts)
            let out = folder.appendingPathComponent("a.safetensors").path
            func progress(_ mode: String) throws -> String {
                let outcome = try AssayProcess.run(
                    ["extract"] + model + ["--prompts", prompts.path, "--mode", mode, "--out", out])
                #expect(outcome.code == 65 && outcome.complaint.contains("context"), "\(outcome.complaint)")
                return try String(contentsOfFile: out + ".progress", encoding: .utf8)
            }
            let first = try progress("f32")
            #expect(first.hasSuffix("\n1\n"))
            #expect(try progress("f32") == first)
            #expect(try progress("bf16") != first)
        }
    }

    @Test func helpNamesEverySubject() throws {
        let help = try AssayProcess.run(["--help"])
        #expect(help.code == 0)
        for subject in [
            "model", "tokenize", "score", "generate", "extract", "eval", "report", "runs", "prompts", "bench",
        ] {
            #expect(help.output.contains("\n  \(subject) "))
        }
        for shell in ["bash", "zsh", "fish"] {
            let script = try AssayProcess.run(["--generate-completion-script", shell])
            #expect(script.code == 0 && script.output.contains("passk"))
        }
    }
}
