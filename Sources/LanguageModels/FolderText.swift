internal import Checkpoints
internal import Foundation
internal import Tokenization

/// The tokenizer and the chat template of a folder as transformers saves it.
struct FolderText {
    /// Files beside the weights that what a model says depends on.
    static let fileNames = [
        HuggingFaceFolder.configurationFile, "generation_config.json", "model.safetensors.index.json", "tokenizer.json",
        "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "merges.txt", "chat_template.jinja",
    ]

    /// Longest template that is read.
    private static let longestTemplate = 4 << 20

    let path: String

    /// - Throws: `TokenizerError`, `CheckpointError`, ``ModelError/noTokenizer(path:)``.
    func read() throws -> (tokenizer: any Tokenizer, template: String?) {
        let model = URL(fileURLWithPath: "\(path)/tokenizer.model")
        guard FileManager.default.fileExists(atPath: model.path) else { throw ModelError.noTokenizer(path: path) }
        return (try TokenizerLoader.make(sentencePieceModelAt: model), try template())
    }

    /// The file of its own comes before the field of `tokenizer_config.json`.
    private func template() throws -> String? {
        let file = "\(path)/chat_template.jinja"
        if FileManager.default.fileExists(atPath: file) {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            guard data.count <= Self.longestTemplate, let text = String(data: data, encoding: .utf8) else {
                throw CheckpointError.invalidText(of: "chat_template.jinja")
            }
            return text
        }
        let settings = "\(path)/tokenizer_config.json"
        guard FileManager.default.fileExists(atPath: settings) else { return nil }
        return try JSONDocument(path: settings).string("chat_template")
    }
}
