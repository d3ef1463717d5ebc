/// What can go wrong before a model is loaded.
public enum ModelError: Error, Hashable, Sendable {
    case notFound(name: String)
    case notPulled(name: String)
    case notAModelFolder(path: String)
    case vocabularyMismatch(tokenizer: Int, model: Int)
    /// A prompt holds a control token of the tokenizer that the model has no embedding for.
    case noEmbedding(token: String, id: Int32, model: Int)
    case downloadFailed(package: String, reason: String)
    case wrongDigest(path: String, found: String, expected: String)
    case termsNotAccepted(name: String, terms: String)
}

extension ModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let name):
            let known = ModelCatalogue.entries.map(\.name).joined(separator: ", ")
            return
                "there is no file \"\(name)\" and no model of that name; name a .gguf file, a folder, or one of \(known)"
        case .notPulled(let name):
            return "the model \"\(name)\" is not in the cache; get it with: assay model pull \(name)"
        case .notAModelFolder(let path):
            return "the folder \"\(path)\" has no config.json; name a .gguf file, or a folder as transformers saves it"
        case .vocabularyMismatch(let tokenizer, let model):
            return "the tokenizer has \(tokenizer) ids and the model \(model); the file is not consistent"
        case .noEmbedding(let token, let id, let model):
            return """
                the prompt holds \"\(token)\", the token \(id), and the model has embeddings of \(model) tokens alone; \
                leave it out of the prompt, or of the chat template
                """
        case .downloadFailed(let package, let reason):
            return "the package \(package) could not be downloaded: \(reason)"
        case .wrongDigest(let path, let found, let expected):
            return "\"\(path)\" has SHA-256 \(found), not \(expected); remove it and pull again"
        case .termsNotAccepted(let name, let terms):
            return "\(name) has terms of its own (\(terms)); read them, then pull with --accept-terms"
        }
    }
}
