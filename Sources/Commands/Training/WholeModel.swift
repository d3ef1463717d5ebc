internal import Checkpoints
internal import LanguageModels
internal import Tokenization
internal import Training

/// A model with all its weights, to be written in the form of the files that it came from.
struct WholeModel {
    let model: TrainableModel
    let language: LanguageModel

    /// Fails where the model cannot be written so, before anything is trained or written.
    ///
    /// - Parameter type: of a GGUF file's matrices; nil for a folder of transformers
    func check(_ type: ElementType?, at path: String) throws {
        switch language.files {
        case .folder(let source):
            guard type == nil else {
                throw TrainingError.writer(
                    found: "a GGUF file of a model that was loaded from a folder",
                    allowed: "a folder of transformers, or an adapter")
            }
            try StoredExport.check(folder: path, source)
        case .gguf: if type == nil { try HuggingFaceExport.check(model) }
        }
    }

    /// A folder of transformers in float32. A GGUF file of the family `llama` becomes one too, without a tokenizer.
    func writeFolder(_ folder: String) throws {
        try check(nil, at: folder)
        switch language.files {
        case .folder(let source): try StoredExport.write(model, like: source, toFolder: folder)
        case .gguf:
            let special = language.tokenizer.specialTokens
            try HuggingFaceExport.write(
                model,
                tokens: HuggingFaceExport.TokenIDs(
                    beginning: special.beginningOfSequence, end: special.endOfSequence, padding: special.padding),
                toFolder: folder)
        }
    }

    func writeGGUF(_ path: String, as type: ElementType) throws {
        try check(type, at: path)
        guard case .gguf(let source) = language.files else { return }
        try StoredExport.write(model, like: source, as: type, to: path)
    }
}
