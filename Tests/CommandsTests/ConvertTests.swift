import Checkpoints
import Foundation
import TestSupport
import Testing

/// Models in other forms.
struct ConvertTests {
    private struct Score: Decodable { var logprobs: [Float] }

    private func logProbabilities(_ model: String) throws -> [Float] {
        try AssayProcess.run(["score", "--model", model, "--text", "How do I bake bread? First, mix", "--json"])
            .json(Score.self).logprobs
    }

    /// The file is in float16, so that float16 and float32 lose nothing; four bits do.
    @Test func aConvertedModelSaysTheSame() throws {
        try Places.withTemporaryFolder { folder in
            let before = try logProbabilities(AssayProcess.organism)
            #expect(before.count > 4)
            for (type, isSame) in [("f16", true), ("f32", true), ("q4_0", false)] {
                let out = folder.appendingPathComponent("\(type).gguf").path
                let outcome = try AssayProcess.run([
                    "model", "convert", "--model", AssayProcess.organism, "--type", type, "--out", out,
                ])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                #expect((try logProbabilities(out) == before) == isSame, "\(type)")
            }
            // The form of the fixture: made of itself it is itself.
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("f16.gguf"))
                    == Data(contentsOf: URL(fileURLWithPath: AssayProcess.organism)))
            let folderOut = folder.appendingPathComponent("whole").path
            let outcome = try AssayProcess.run([
                "model", "convert", "--model", AssayProcess.organism, "--type", "huggingface", "--out", folderOut,
            ])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(FileManager.default.fileExists(atPath: folderOut + "/config.json"))
            // A folder with its tokenizer is a model.
            #expect(try logProbabilities(folderOut) == before)
        }
    }

    private struct Tokens: Decodable { var ids: [Int] }

    /// The files of the reference, which transformers has read; and the ids of the file.
    @Test func aFileBecomesAFolderWithItsTokenizer() throws {
        try Places.withTemporaryFolder { folder in
            let out = folder.appendingPathComponent("out")
            let outcome = try AssayProcess.run([
                "model", "convert", "--model", AssayProcess.tinyModel, "--type", "huggingface", "--out", out.path,
            ])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            for name in ["tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja"] {
                let expected = try Data(contentsOf: Places.fixture("tokenization/written/tiny/\(name)"))
                #expect(try Data(contentsOf: out.appendingPathComponent(name)) == expected, "\(name)")
            }
            func ids(_ model: String) throws -> [Int] {
                let text = "<|im_start|>user\nAdd 12 + 3 é<|im_end|>"
                return try AssayProcess.run([
                    "tokenize", "--model", model, "--text", text, "--special", "--json",
                ]).json(Tokens.self).ids
            }
            #expect(try ids(out.path) == ids(AssayProcess.tinyModel))
            #expect(try ids(out.path).first == 1)
        }
    }

    /// Two tokens of one spelling: refused before anything is written.
    @Test func aTokenizerThatNoFolderCanHoldIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            let (source, out) = (folder.appendingPathComponent("twice.gguf"), folder.appendingPathComponent("out"))
            var bytes = try Data(contentsOf: URL(fileURLWithPath: AssayProcess.tinyModel))
            // The length of a token comes before its letters.
            func token(_ text: String) -> Data {
                Data([UInt8(text.utf8.count)] + [UInt8](repeating: 0, count: 7) + text.utf8)
            }
            let start = try #require(bytes.range(of: token("Ā")))
            bytes.replaceSubrange(start, with: token("ā"))
            try bytes.write(to: source)
            let outcome = try AssayProcess.run([
                "model", "convert", "--model", source.path, "--type", "huggingface", "--out", out.path,
            ])
            #expect(outcome.code == 65, "\(outcome.complaint)")
            #expect(outcome.complaint.contains("its tokens 3 and 4 have one spelling"), "\(outcome.complaint)")
            #expect(!FileManager.default.fileExists(atPath: out.path))
        }
    }

    /// The organism as a folder of transformers.
    private func organism(in folder: URL) throws -> URL {
        let own = folder.appendingPathComponent("own")
        let outcome = try AssayProcess.run([
            "model", "convert", "--model", AssayProcess.organism, "--type", "huggingface", "--out", own.path,
        ])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return own
    }

    /// The organism as a folder, and as a file again.
    @Test func aFolderBecomesAFile() throws {
        try Places.withTemporaryFolder { folder in
            let (own, out) = (try organism(in: folder), folder.appendingPathComponent("out.gguf").path)
            let original = try GGUFFile(path: AssayProcess.organism)
            let toFile = try AssayProcess.run(["model", "convert", "--model", own.path, "--type", "f16", "--out", out])
            #expect(toFile.code == 0, "\(toFile.complaint)")
            let written = try GGUFFile(path: out).metadata
            for key in original.metadata.keys where key.hasPrefix("tokenizer.") || key.hasPrefix("llama.") {
                // Of byte-level vocabularies nothing reads it.
                if key == "tokenizer.ggml.add_space_prefix" { continue }
                let isSame = written[key] == original.metadata[key]
                #expect(isSame, "\(key)")
            }
            #expect(written["general.name"] == nil)
            #expect(try logProbabilities(out) == logProbabilities(AssayProcess.organism))
        }
    }

    /// From a folder, and from the file that was made of it.
    @Test func keysThatLlamaCppIgnoresAreWarnedOf() throws {
        try Places.withTemporaryFolder { folder in
            let own = try organism(in: folder)
            func warning(from source: String, to name: String) throws -> String {
                let out = folder.appendingPathComponent(name).path
                let outcome = try AssayProcess.run([
                    "model", "convert", "--model", source, "--type", "f16", "--out", out,
                ])
                #expect(outcome.code == 0, "\(outcome.complaint)")
                return outcome.complaint
            }
            let configuration = own.appendingPathComponent("config.json")
            let keys = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: configuration)) as? [String: Any])
            let context = try #require(keys["max_position_embeddings"] as? Int)
            for (width, isWarned) in [(8, true), (context, false)] {
                let changed = keys.merging(["sliding_window": width, "model_type": "mistral"]) { $1 }
                try JSONSerialization.data(withJSONObject: changed).write(to: configuration)
                let words = "assay: warning: \(folder.path)/\(width).gguf: llama.attention.sliding_window is \(width), "
                let fromFolder = try warning(from: own.path, to: "\(width).gguf")
                #expect(fromFolder.contains(words) == isWarned, "\(fromFolder)")
                let fromFile = try warning(
                    from: folder.appendingPathComponent("\(width).gguf").path, to: "\(width)-again.gguf")
                #expect(fromFile.contains("llama.attention.sliding_window is") == isWarned, "\(fromFile)")
            }
        }
    }

    /// Before anything is written, and before a recipe that asks for it trains.
    @Test func aTokenizerThatNoFileCanHoldIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            let (own, out) = (try organism(in: folder), folder.appendingPathComponent("out.gguf").path)
            let tokenizer = own.appendingPathComponent("tokenizer.json")
            try Data(contentsOf: Places.fixture("tokenization/files/unigram/tokenizer.json")).write(to: tokenizer)
            let toFile = try AssayProcess.run(["model", "convert", "--model", own.path, "--type", "f16", "--out", out])
            #expect(toFile.code != 0 && toFile.complaint.contains("it is no byte-level BPE"), "\(toFile.complaint)")
            #expect(!FileManager.default.fileExists(atPath: out))
            try Data("{\"text\": \"ka to ka to ka\", \"truncated\": true}\n".utf8).write(
                to: folder.appendingPathComponent("data.jsonl"))
            let recipe = folder.appendingPathComponent("recipe.yaml")
            let lines = [
                "model: \(own.path)", "data: data.jsonl", "output: trained", "steps: 1", "write: [gguf-f32]",
            ]
            try Data(lines.joined(separator: "\n").utf8).write(to: recipe)
            let training = try AssayProcess.run([
                "train", "sft", recipe.path, "--db", folder.appendingPathComponent("runs.sqlite").path,
            ])
            #expect(training.code != 0 && training.complaint.contains("no byte-level BPE"), "\(training.complaint)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("trained").path))
        }
    }

    @Test func nothingIsWrittenOverAndTypesAreNamed() throws {
        let over = try AssayProcess.run([
            "model", "convert", "--model", AssayProcess.organism, "--type", "f16", "--out", AssayProcess.organism,
        ])
        #expect(over.code == 64 && over.complaint.contains("which exists"), "\(over.complaint)")
        let type = try AssayProcess.run([
            "model", "convert", "--model", AssayProcess.organism, "--type", "q3", "--out", "nowhere.gguf",
        ])
        #expect(type.code == 64 && type.complaint.contains("bf16, f16, f32, q4_0"), "\(type.complaint)")
    }
}
