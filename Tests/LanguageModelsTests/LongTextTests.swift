import Foundation
import LanguageModels
import Tensors
import TestSupport
import Testing
import Transformers

/// A model for long texts is another one than the model for short ones that is made of the same files.
struct LongTextTests {
    /// The tiny Phi-3 with longrope and a tokenizer of three words.
    private func write(to folder: URL) throws {
        let source = Places.fixture("families/phi3/folder")
        let text = try String(contentsOf: source.appendingPathComponent("config.json"), encoding: .utf8)
        let original = #""original_max_position_embeddings": "#
        #expect(text.contains(original + "4096,"))
        let scaling = #"{"type": "longrope", "short_factor": [1, 1.2, 1.5, 2], "long_factor": [2, 3, 5, 8]}"#
        try text.replacingOccurrences(of: original + "4096,", with: "\(original)16, \"rope_scaling\": \(scaling),")
            .write(to: folder.appendingPathComponent("config.json"), atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            at: source.appendingPathComponent("model.safetensors"),
            to: folder.appendingPathComponent("model.safetensors"))
        try #"""
        {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "[UNK]": 2}, "unk_token": "[UNK]"}}
        """#.write(to: folder.appendingPathComponent("tokenizer.json"), atomically: true, encoding: .utf8)
    }

    private func model(_ folder: URL, _ contextLength: Int?) throws -> LanguageModel {
        try LanguageModel(
            name: "tiny", path: folder.path, backend: .oneDNN, threads: 1, contextLength: contextLength)
    }

    @Test func theDigestTellsThemApart() throws {
        try Places.withTemporaryFolder { folder in
            try write(to: folder)
            let short = try model(folder, nil)
            #expect(short.transformer.configuration.contextLength == 16)
            #expect(try short.digest() == short.files.digest())
            let asked = try model(folder, 16)
            #expect(asked.transformer.configuration == short.transformer.configuration)
            #expect(try asked.digest() == short.digest())
            let long = try model(folder, 17)
            #expect(long.transformer.configuration.contextLength == 64)
            #expect(try long.digest() != short.digest())
            #expect(try model(folder, 64).digest() == long.digest())
            #expect(throws: TransformerError.contextTooShort(wanted: 65, longest: 64)) { try model(folder, 65) }
        }
    }
}
