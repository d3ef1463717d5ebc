internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Tokenization
internal import Training
internal import Transformers

/// A model with all its weights, to be written as a file of its own.
struct WholeModel {
    let model: TrainableModel
    let language: LanguageModel

    /// Fails where the model cannot be written so, before anything is trained or written.
    ///
    /// - Parameter type: of a GGUF file's matrices; nil for a folder of transformers
    func check(_ type: ElementType?, at path: String) throws {
        switch language.files {
        case .folder(let source):
            guard type != nil else {
                try StoredExport.check(folder: path, source)
                return try StoredExport.check(model, like: source)
            }
            try GGUFExport.check(model)
            _ = try text(of: source)
        case .gguf(let source):
            guard type == nil else { return }
            try HuggingFaceExport.check(model)
            _ = try textFiles(of: source)
        }
    }

    /// A folder of transformers in float32. A GGUF file becomes one too, its tokenizer and chat template
    /// the files of a folder.
    func writeFolder(_ folder: String) throws {
        try check(nil, at: folder)
        switch language.files {
        case .folder(let source): try StoredExport.write(model, like: source, toFolder: folder)
        case .gguf(let source):
            let texts = try textFiles(of: source)
            let special = language.tokenizer.specialTokens
            try HuggingFaceExport.write(
                model,
                tokens: HuggingFaceExport.TokenIDs(
                    beginning: special.beginningOfSequence, end: special.endOfSequence, padding: special.padding),
                toFolder: folder)
            for text in texts {
                try Data(text.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(text.name)"), options: .atomic)
            }
        }
    }

    /// A file with the tokenizer and the chat template, and a warning of what llama.cpp will not read as Assay does. A
    /// folder of transformers becomes one too.
    func writeGGUF(_ path: String, as type: ElementType) throws {
        switch language.files {
        case .folder(let source): try GGUFExport.write(model, text: try text(of: source), as: type, to: path)
        case .gguf(let source): try StoredExport.write(model, like: source, as: type, to: path)
        }
        for key in try model.configuration.keysIgnoredByLlamaCpp() {
            StandardError.write("assay: warning: \(path): \(key.sentence)\n")
        }
    }

    private func textFiles(of source: GGUFFile) throws -> [(name: String, text: String)] {
        try source.textFiles(contextLength: model.configuration.contextLength)
    }

    /// Keys of the tokenizer and the chat template of a folder. No name: llama.cpp reads some names as a kind of tokenizer.
    private func text(of source: HuggingFaceFolder) throws -> GGUFMetadata {
        try ModelFiles.textMetadata(ofFolder: source.path, vocabularySize: model.configuration.vocabularySize)
    }
}

extension IgnoredKey {
    /// What the key says, and what comes of it.
    fileprivate var sentence: String {
        let texts = harmlessLength.map { "texts of more than \($0) tokens" } ?? "every text"
        return "\(name) is \(value), which Assay reads and llama.cpp ignores; with it \(texts) will get other values"
    }
}
