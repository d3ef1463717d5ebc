/// What can be wrong with a model, or with what it is asked.
public enum TransformerError: Error, Hashable, Sendable {
    case unknownArchitecture(String, known: [String])
    case missing(key: String)
    case configuration(key: String, value: String, allowed: String)
    case missingTensor(String)
    case unexpectedTensor(String)
    case shape(tensor: String, found: [Int], expected: [Int])
    /// What a GGUF file cannot say of a model.
    case noGGUF(String)
    case adapterKind(String)
    case adapterArchitecture(String, model: String)
    case adapterTarget(String)
    case adapterPatterns([String], module: String)
    case adapterNotFinite(String)
    /// What is wrong with the adapter at a path.
    indirect case adapter(path: String, TransformerError)
    /// Bytes.
    case tooLarge(needed: Int, available: Int)
    case tokenOutOfRange(id: Int32, vocabularySize: Int)
    /// What a hook has made of a token id.
    case editedToken(Float, vocabularySize: Int)
    case contextExceeded(length: Int, limit: Int)
    /// A context that was asked for when a model was loaded.
    case contextTooShort(wanted: Int, longest: Int)
    case emptyPrompt
    /// Logits that are no numbers.
    case notNumbers
    case sampling(option: String, value: Double, allowed: String)
}

extension TransformerError {
    /// Runs `body`, whose errors of this type get an adapter's path; nil leaves them as they are.
    static func naming<Result>(adapter path: String?, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as TransformerError {
            guard let path else { throw error }
            throw TransformerError.adapter(path: path, error)
        }
    }
}

extension TransformerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownArchitecture(let name, let known):
            return "the model's architecture is \"\(name)\"; this version runs \(known.joined(separator: ", "))"
        case .missing(let key):
            return "the model's metadata has no \"\(key)\"; the file is incomplete, convert the model again"
        case .configuration(let key, let value, let allowed):
            return "the model's \(key) is \(value); allowed: \(allowed)"
        case .missingTensor(let name):
            return "the model has no tensor \"\(name)\"; the file is incomplete, convert the model again"
        case .unexpectedTensor(let name):
            return "the model has a tensor \"\(name)\" that its architecture does not use; it would run wrongly"
        case .shape(let tensor, let found, let expected):
            return "tensor \"\(tensor)\" has shape \(found); its model's configuration asks for \(expected)"
        case .noGGUF(let part):
            return "the model has \(part), so no GGUF file can be written of it; write a folder of transformers"
        case .adapterKind(let kind):
            return "the adapter is of the kind \(kind); LoRA (PEFT folder or GGUF) and control vectors can be applied"
        case .adapterArchitecture(let found, let model):
            return "the adapter was made for the architecture \(found), and the model is \(model)"
        case .adapterTarget(let name):
            return "the adapter holds \"\(name)\", which is no low-rank change of a matrix in the model's blocks"
        case .adapterPatterns(let patterns, let module):
            let quoted = patterns.map { "\"\($0)\"" }.joined(separator: " and ")
            return """
                the adapter's alpha_pattern has several values for \(module), by \(quoted); allowed: one value for each \
                module; give these patterns the same value, or remove all but one
                """
        case .adapterNotFinite(let name):
            return """
                the adapter's tensor "\(name)" holds a number that is not finite; allowed: finite numbers; train the \
                adapter again, with a lower learning rate or clipped gradients
                """
        case .adapter(let path, let fault): return "the adapter \(path) cannot be put on the model: \(fault)"
        case .tooLarge(let needed, let available):
            return """
                the model's weights take \(AvailableMemory.text(ofBytes: needed)) of memory; \
                \(AvailableMemory.text(ofBytes: available)) are free; use a smaller model
                """
        case .tokenOutOfRange(let id, let vocabularySize):
            return "token id \(id) is not in the vocabulary of \(vocabularySize) ids"
        case .editedToken(let value, let vocabularySize):
            return "a hook on hook_tokens left \(value); allowed: whole numbers from 0 to \(vocabularySize - 1)"
        case .contextExceeded(let length, let limit):
            return "\(length) positions are more than the model's context of \(limit); shorten the prompt or the limit"
        case .contextTooShort(let wanted, let longest):
            return "a context of \(wanted) positions was asked for; the model has at most \(longest)"
        case .emptyPrompt:
            return "the prompt has no tokens; give at least one"
        case .notNumbers:
            return "the model's logits are not numbers (NaN): its weights are damaged, or a hook has made activations "
                + "too large"
        case .sampling(let option, let value, let allowed):
            return "\(option) is \(value); allowed: \(allowed)"
        }
    }
}
