internal import Checkpoints
internal import Foundation
internal import Tokenization

/// The tokenizer and the chat template of a folder as transformers saves it.
struct FolderText {
    /// Files beside the weights that what a model says depends on.
    static let fileNames = [
        HuggingFaceFolder.configurationFile, "generation_config.json", "model.safetensors.index.json", "tokenizer.json",
        "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "merges.txt", "chat_template.jinja", "chat_template.json",
    ]

    let path: String

    /// - Throws: `TokenizerError`, or what reading a file throws.
    func read() throws -> (tokenizer: any Tokenizer, template: String?) {
        let folder = try TokenizerFolder(URL(fileURLWithPath: path))
        return (try folder.tokenizer(), try folder.chatTemplate())
    }
}
