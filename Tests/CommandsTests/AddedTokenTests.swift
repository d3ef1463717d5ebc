import Foundation
import TestSupport
import Testing

/// Tokenizers with tokens for which their model has no embedding.
struct AddedTokenTests {
    /// The tiny Gemma 3, of 72 tokens, with a tokenizer of as many words and one token more.
    private func withModel(isSpecial: Bool, template: String, _ body: (URL) throws -> Void) throws {
        try Places.withTemporaryFolder { folder in
            let model = folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: Places.fixture("families/gemma3/folder"), to: model)
            let words = Dictionary(uniqueKeysWithValues: (0..<72).map { ("w\($0)", $0) })
            let file: [String: Any] = [
                "model": ["type": "WordLevel", "vocab": words, "unk_token": "w3"],
                "pre_tokenizer": ["type": "WhitespaceSplit"],
                "added_tokens": [["id": 72, "content": "<image>", "special": isSpecial]],
            ]
            let configuration: [String: Any] = [
                "bos_token": "w1", "eos_token": "w2", "unk_token": "w3", "add_bos_token": false,
                "chat_template": template,
            ]
            for (name, content) in [("tokenizer.json", file), ("tokenizer_config.json", configuration)] {
                try JSONSerialization.data(withJSONObject: content).write(to: model.appendingPathComponent(name))
            }
            try body(model)
        }
    }

    private func generate(_ model: URL, _ arguments: [String]) throws -> AssayProcess.Outcome {
        try AssayProcess.run(
            ["generate", "--model", model.path, "--max-tokens", "2", "--temperature", "0"] + arguments)
    }

    @Test func aControlTokenWithoutAnEmbeddingIsRefusedWhereAPromptHoldsIt() throws {
        let template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
        try withModel(isSpecial: true, template: template) { model in
            // Its spelling in the user's words is text.
            for arguments in [
                ["--prompt", "w5 w6"], ["--prompt", "w5 <image> w6"], ["--raw", "--prompt", "<image> w7"],
            ] {
                let outcome = try generate(model, arguments)
                #expect(outcome.code == 0, "\(arguments) \(outcome.complaint)")
            }
        }
        try withModel(isSpecial: true, template: "w4 <image> " + template) { model in
            let outcome = try generate(model, ["--prompt", "w5 w6"])
            #expect(outcome.code == 65)
            #expect(
                outcome.complaint.contains("\"<image>\", the token 72, and the model has embeddings of 72 tokens"),
                "\(outcome.complaint)")
        }
    }

    @Test func aTokenOfTextWithoutAnEmbeddingIsRefused() throws {
        try withModel(isSpecial: false, template: "") { model in
            let outcome = try generate(model, ["--raw", "--prompt", "w5 w6"])
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("the tokenizer has 73 ids and the model 72"), "\(outcome.complaint)")
        }
    }
}
