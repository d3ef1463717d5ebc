internal import Checkpoints
internal import LanguageModels
internal import Tokenization
internal import Training

/// A model with all its weights, to be written in the form of the files that it came from.
struct WholeModel {
    let model: TrainableModel
    let language: LanguageModel

    /// A folder of transformers in float32. A GGUF file of the family `llama` becomes one too, without a tokenizer.
    func writeFolder(_ folder: String) throws {
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

    /// - Parameter key: what an error calls the choice of the form
    func writeGGUF(_ path: String, as type: ElementType, key: String) throws {
        guard case .gguf(let source) = language.files else {
            throw TrainingError.configuration(
                key: key, found: "gguf", allowed: "adapter or huggingface, where the base model is a folder")
        }
        try StoredExport.write(model, like: source, as: type, to: path)
    }
}
