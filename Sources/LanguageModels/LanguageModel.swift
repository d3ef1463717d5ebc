internal import Checkpoints
internal import Crypto
public import Tensors
public import Tokenization
public import Transformers

/// A loaded model: the transformer, its tokenizer, and the chat template that came with it.
public final class LanguageModel: Sendable {
    /// What the user called it: a path, or a name of the catalogue.
    public let name: String
    public let files: ModelFiles
    public let transformer: Transformer
    public let tokenizer: any Tokenizer
    /// Text of the chat template that came with the model; nil without one.
    public let templateSource: String?
    public let backend: MatrixBackend
    public let threads: Int
    /// Paths of the adapters that say that they were trained on another model.
    public let adaptersOfOthers: [String]
    /// Names of the tensors of adapters that are not put on the model, as llama.cpp does not either, by the adapter's
    /// path.
    public let adapterTensorsLeftAside: [String: [String]]
    /// What a chat template that asks for the date is told where ``render(_:prefill:date:)`` is given none.
    public let date: CivilTime?
    private let adapters: [AdapterChoice]
    private let mergesAdapters: Bool
    /// Whether its rotation is that for texts longer than the original context.
    private let isForLongTexts: Bool

    /// Loads a GGUF file, or a folder as transformers saves it.
    ///
    /// - Parameters:
    ///   - adapters: put on the model in this order
    ///   - mergesAdapters: whether adapters are added to the weights, which are then held in float32, or computed beside them
    ///   - isEditable: whether every weight is kept in float32, so that training can change it
    ///   - contextLength: positions that the model must have; see `Transformer`
    ///   - date: what a chat template that asks for the date is told; it has none where nil
    /// - Throws: `CheckpointError`, `TransformerError`, `TokenizerError`, `TensorError`, ``ModelError``.
    public init(
        name: String, path: String, backend: MatrixBackend, threads: Int, adapters: [AdapterChoice] = [],
        mergesAdapters: Bool = true, isEditable: Bool = false, contextLength: Int? = nil,
        date: CivilTime? = nil
    ) throws {
        self.name = name
        self.date = date
        self.backend = backend
        self.threads = threads
        self.adapters = adapters
        self.mergesAdapters = mergesAdapters
        files = try ModelFiles(path: path)
        (tokenizer, templateSource) = try files.text()
        var loaded = ModelAdapters(lora: [], isMerged: mergesAdapters)
        for adapter in adapters { try loaded.add(path: adapter.path, strength: adapter.strength) }
        transformer = try files.transformer(
            backend: backend, threads: threads, adapters: loaded, isEditable: isEditable, contextLength: contextLength)
        isForLongTexts = try files.configuration().contextLength < transformer.configuration.contextLength
        adaptersOfOthers = loaded.madeForOthers(than: transformer)
        adapterTensorsLeftAside = loaded.leftAside
        let vocabularySize = transformer.configuration.vocabularySize
        // Folders of Gemma 3 that read text alone have a control token for images behind the last embedding.
        guard tokenizer.textVocabularySize <= vocabularySize else {
            throw ModelError.vocabularyMismatch(tokenizer: tokenizer.textVocabularySize, model: vocabularySize)
        }
    }

    /// Finds and loads a model.
    public convenience init(
        _ location: ModelLocation, backend: MatrixBackend, threads: Int, adapters: [AdapterChoice] = [],
        mergesAdapters: Bool = true, isEditable: Bool = false, contextLength: Int? = nil,
        date: CivilTime? = nil
    ) throws {
        try self.init(
            name: location.name, path: location.path, backend: backend, threads: threads, adapters: adapters,
            mergesAdapters: mergesAdapters, isEditable: isEditable, contextLength: contextLength,
            date: date)
    }

    /// The tokenizer of a GGUF file, which may hold a vocabulary alone, or of a folder.
    public static func tokenizer(atPath path: String) throws -> any Tokenizer {
        try ModelFiles.text(atPath: path).tokenizer
    }

    /// SHA-256 of the model's files, of the adapters on it, and of what was chosen when it was loaded, lower-case
    /// hexadecimal. Reads all of them.
    public func digest() throws -> String {
        let base = try files.digest()
        guard !adapters.isEmpty || isForLongTexts else { return base }
        let place = mergesAdapters ? "" : " unmerged"
        var lines = try adapters.map { "\(try $0.digest()) \($0.strength)\(place)\n" }
        if isForLongTexts { lines.append("long texts\n") }
        return FileDigest.sha256(of: Array("\(base)\n\(lines.joined())".utf8))
    }

    /// SHA-256 of the chat template's text; nil without one.
    public var templateDigest: String? {
        templateSource.map { source in
            SHA256.hash(data: Array(source.utf8)).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        }
    }

    /// The chat template.
    ///
    /// - Throws: `ChatTemplateError`, also where the model has none.
    public func chatTemplate() throws -> ChatTemplate { try ChatTemplate(modelTemplate: templateSource) }

    /// Renders a conversation up to where the reply begins.
    ///
    /// - Parameter date: what a template that asks for the date is told; ``date-swift.property`` where nil
    /// - Throws: `ChatTemplateError`; ``ModelError/noEmbedding(token:id:model:)``.
    public func render(
        _ messages: [ChatMessage], prefill: String? = nil, date: CivilTime? = nil
    ) throws -> RenderedPrompt {
        var options = ChatTemplate.EncodingOptions()
        options.prefill = prefill
        options.now = date ?? self.date
        return try checked(chatTemplate().encode(messages: messages, tokenizer: tokenizer, options: options))
    }

    /// Renders plain text, to be continued.
    ///
    /// - Throws: `ChatTemplateError`; ``ModelError/noEmbedding(token:id:model:)``.
    public func render(text: String) throws -> RenderedPrompt {
        try checked(RenderedPrompt.plain(text: text, tokenizer: tokenizer))
    }

    private func checked(_ prompt: RenderedPrompt) throws(ModelError) -> RenderedPrompt {
        let size = transformer.configuration.vocabularySize
        guard let id = prompt.ids.first(where: { Int($0) >= size }) else { return prompt }
        throw .noEmbedding(token: tokenizer.piece(of: id), id: id, model: size)
    }
}
