public import Checkpoints
internal import Crypto
public import Tensors
public import Tokenization
public import Transformers

/// A loaded model: the transformer, its tokenizer, and the chat template that came with it.
public final class LanguageModel: Sendable {
    /// What the user called it: a path, or a name of the catalogue.
    public let name: String
    public let file: GGUFFile
    public let transformer: Transformer
    public let tokenizer: any Tokenizer
    /// Text of the chat template in the file; nil without one.
    public let templateSource: String?
    public let backend: MatrixBackend
    public let threads: Int

    /// Loads a GGUF file.
    ///
    /// - Throws: `CheckpointError`, `TransformerError`, `TokenizerError`, `TensorError`, ``ModelError``.
    public init(name: String, path: String, backend: MatrixBackend, threads: Int) throws {
        self.name = name
        self.backend = backend
        self.threads = threads
        file = try GGUFFile(path: path)
        tokenizer = try TokenizerLoader.make(from: VocabularyMetadata(file.metadata))
        templateSource = try file.metadata.string("tokenizer.chat_template")
        transformer = try Transformer(file, backend: backend, threads: threads)
        let vocabularySize = transformer.configuration.vocabularySize
        guard tokenizer.vocabularySize <= vocabularySize else {
            throw ModelError.vocabularyMismatch(tokenizer: tokenizer.vocabularySize, model: vocabularySize)
        }
    }

    /// Finds and loads a model.
    public convenience init(_ location: ModelLocation, backend: MatrixBackend, threads: Int) throws {
        try self.init(name: location.name, path: location.path, backend: backend, threads: threads)
    }

    /// The tokenizer of a GGUF file, which may hold a vocabulary alone.
    public static func tokenizer(atPath path: String) throws -> any Tokenizer {
        try TokenizerLoader.make(from: VocabularyMetadata(GGUFFile(path: path).metadata))
    }

    /// SHA-256 of the file, lower-case hexadecimal. Reads all of it.
    public func digest() throws -> String { try FileDigest.sha256(ofFileAt: file.path) }

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
    /// - Throws: `ChatTemplateError`, also where the file has none.
    public func chatTemplate() throws -> ChatTemplate { try ChatTemplate(modelTemplate: templateSource) }

    /// Renders a conversation up to where the reply begins.
    public func render(_ messages: [ChatMessage], prefill: String? = nil) throws -> RenderedPrompt {
        var options = ChatTemplate.EncodingOptions()
        options.prefill = prefill
        return try chatTemplate().encode(messages: messages, tokenizer: tokenizer, options: options)
    }

    /// Renders plain text, to be continued.
    public func render(text: String) throws -> RenderedPrompt {
        try RenderedPrompt.plain(text: text, tokenizer: tokenizer)
    }
}

/// The tokenizer's view of a GGUF file's metadata. A value of the wrong kind counts as absent, and the tokenizer says
/// what it misses.
private struct VocabularyMetadata: MetadataSource {
    let metadata: GGUFMetadata

    init(_ metadata: GGUFMetadata) { self.metadata = metadata }

    func string(_ key: String) -> String? { (try? metadata.string(key)) ?? nil }

    func integer(_ key: String) -> Int? { (try? metadata.integer(key)) ?? nil }

    func bool(_ key: String) -> Bool? { (try? metadata.bool(key)) ?? nil }

    func strings(_ key: String) -> [String]? { (try? metadata.strings(key)) ?? nil }

    func floats(_ key: String) -> [Float]? { (try? metadata.floats(key)) ?? nil }

    func integers(_ key: String) -> [Int]? { (try? metadata.integers(key)) ?? nil }
}
