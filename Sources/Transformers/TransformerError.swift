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
    /// What a folder of transformers cannot say of a model.
    case noFolder(String)
    case adapterKind(String)
    case adapterArchitecture(String, model: String)
    case adapterTarget(String)
    case adapterPattern(key: String, pattern: String, allowed: String)
    case adapterRank(module: String, found: Int, expected: Int)
    case adapterModule(String, allowed: [String])
    case adapterStrength(Float, whole: String)
    case adapterSum(String)
    /// Path of weights that are a pickle.
    case adapterPickle(String)
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
        case .noFolder(let part):
            return "the model has \(part), so no folder of transformers can be written of it; write a GGUF file"
        case .adapterKind(let kind):
            return "the adapter is of the kind \(kind); LoRA (PEFT folder or GGUF) and control vectors can be applied"
        case .adapterArchitecture(let found, let model):
            return "the adapter was made for the architecture \(found), and the model is \(model)"
        case .adapterTarget(let name):
            return "the adapter holds \"\(name)\", which is no low-rank change of a matrix of the model"
        case .adapterPattern(let key, let pattern, let allowed):
            return "the adapter's \(key) has \"\(pattern)\"; allowed: \(allowed)"
        case .adapterRank(let module, let found, let expected):
            return "the adapter's change of \(module) has the rank \(found); its adapter_config.json says \(expected)"
        case .adapterModule(let name, let allowed):
            return "the adapter holds the whole of \(name); allowed: that of \(allowed.joined(separator: " and "))"
        case .adapterStrength(let strength, let whole):
            return "the adapter's strength is \(strength), and it holds the whole of \(whole); allowed: 1"
        case .adapterSum(let name):
            return """
                the adapter changes embeddings, or holds a whole matrix (\(name)); allowed in a sum: low-rank changes of \
                other matrices; name the adapters one after another where the model is loaded
                """
        case .adapterPickle(let path):
            return """
                its weights are a pickle, \(path), which is a program and is not run; load the adapter with peft where you \
                trust it, and write it anew with model.save_pretrained(FOLDER, safe_serialization=True)
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
