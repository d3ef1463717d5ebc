public import Foundation

/// The files beside a Hugging Face model that say how text becomes tokens.
///
/// Reads `tokenizer.json`, or `tokenizer.model` where that is absent; `tokenizer_config.json` and
/// `special_tokens_map.json` for the special tokens; `generation_config.json`, or `config.json`, for the ids at which
/// generation stops; `chat_template.jinja`, or the template in `tokenizer_config.json`. Weights are not looked at.
public struct TokenizerFolder {
    private let folder: URL
    private let configuration: JSONValue
    private let specialTokensMap: JSONValue
    private let generation: JSONValue

    /// The largest of the small files that is read.
    private static let largestConfiguration = 1 << 24

    /// - Throws: ``TokenizerError``, or what reading a file throws.
    public init(_ folder: URL) throws {
        self.folder = folder
        configuration = try Self.object(folder, "tokenizer_config.json")
        specialTokensMap = try Self.object(folder, "special_tokens_map.json")
        let generation = try Self.object(folder, "generation_config.json")
        self.generation = generation["eos_token_id"] == nil ? try Self.object(folder, "config.json") : generation
    }

    private static func bytes(_ folder: URL, _ name: String, limit: Int) throws -> [UInt8]? {
        let file = folder.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let bytes = try handle.read(upToCount: limit + 1) ?? Data()
        guard bytes.count <= limit else { throw TokenizerError.fileTooLarge(bytes: bytes.count, allowed: limit) }
        return Array(bytes)
    }

    /// The object in a file; an empty one where the file is absent.
    private static func object(_ folder: URL, _ name: String) throws -> JSONValue {
        guard let bytes = try bytes(folder, name, limit: largestConfiguration) else { return .object([]) }
        let value = try JSONReader.read(bytes)
        guard value.members != nil else { throw TokenizerError.unexpectedValue(key: name) }
        return value
    }

    /// - Throws: ``TokenizerError``, or what reading a file throws.
    public func tokenizer() throws -> any Tokenizer {
        if let bytes = try Self.bytes(folder, "tokenizer.json", limit: TokenizerFile.largestFile) {
            let file = try TokenizerFile(TokenizerFile.json(bytes))
            let cleansUp = configuration["clean_up_tokenization_spaces"]?.boolean ?? false
            return PipelineTokenizer(file.parts, specialTokens: specialTokens(of: file), cleansUp: cleansUp)
        }
        return try sentencePieceTokenizer(sentencePieceModel())
    }

    /// The bytes of `tokenizer.model`.
    private func sentencePieceModel() throws -> [UInt8] {
        guard let bytes = try Self.bytes(folder, "tokenizer.model", limit: SentencePieceModel.largestFile) else {
            throw TokenizerError.noTokenizer(folder: folder.lastPathComponent)
        }
        return bytes
    }

    private func sentencePieceTokenizer(_ model: [UInt8]) throws -> SentencePieceTokenizer {
        let tokenizer = try SentencePieceTokenizer(serializedModel: model)
        var special = tokenizer.specialTokens
        if let adds = configuration["add_bos_token"]?.boolean {
            special.addsBeginningOfSequence = adds && special.beginningOfSequence != nil
        }
        special.addsEndOfSequence = configuration["add_eos_token"]?.boolean ?? false
        for id in stoppingIDs where 0..<tokenizer.vocabularySize ~= Int(id) { special.endOfGeneration.insert(id) }
        return tokenizer.with(specialTokens: special)
    }

    /// The vocabulary as a GGUF file holds it.
    ///
    /// - Parameter size: number of ids that the model has; those without a token become unused tokens, and control
    ///   tokens behind them are left out
    /// - Throws: ``TokenizerError/noGGUF(reason:)`` for a tokenizer of which a GGUF file could not say everything;
    ///   ``TokenizerError``, or what reading a file throws.
    public func vocabulary(size: Int) throws -> VocabularyDescription {
        guard let bytes = try Self.bytes(folder, "tokenizer.json", limit: TokenizerFile.largestFile) else {
            let model = try sentencePieceModel()
            return try VocabularyDescription(
                SentencePieceModel(serialized: model),
                specialTokens: sentencePieceTokenizer(model).specialTokens, size: size)
        }
        let json = try TokenizerFile.json(bytes)
        let file = try TokenizerFile(json).fitting(size)
        if let model = json["model"], TokenizerFile.Parts.isSentencePiece(model) {
            return try VocabularyDescription(
                sentencePiece: json, file, specialTokens: specialTokens(of: file), size: size)
        }
        return try VocabularyDescription(byteLevel: json, file, specialTokens: specialTokens(of: file), size: size)
    }

    private func specialTokens(of file: TokenizerFile) -> SpecialTokens {
        let spellings = file.parts.spellings
        func id(_ key: String) -> Int32? {
            guard let wanted = spelling(of: key) else { return nil }
            return spellings.firstIndex { $0?.utf8.elementsEqual(wanted.utf8) ?? false }.map { Int32($0) }
        }
        func single(_ ids: [Int32]) -> Int32? {
            ids.count == 1 && spellings.indices.contains(Int(ids[0])) ? ids[0] : nil
        }
        var special = SpecialTokens(
            beginningOfSequence: id("bos_token") ?? single(file.prefix),
            endOfSequence: id("eos_token") ?? single(file.suffix),
            unknown: id("unk_token"),
            padding: id("pad_token")
        )
        if let prefix = single(file.prefix) {
            special.beginningOfSequence = prefix
            special.addsBeginningOfSequence = true
        }
        if let suffix = single(file.suffix) { special.addsEndOfSequence = special.endOfSequence == suffix }
        if let adds = configuration["add_bos_token"]?.boolean {
            special.addsBeginningOfSequence = adds && special.beginningOfSequence != nil
        }
        if let adds = configuration["add_eos_token"]?.boolean {
            special.addsEndOfSequence = adds && special.endOfSequence != nil
        }
        special.endOfGeneration = endings(in: file.parts, special)
        return special
    }

    private func endings(in parts: TokenizerFile.Parts, _ special: SpecialTokens) -> Set<Int32> {
        var ids: Set<Int32> = []
        for id in parts.controls {
            if let spelling = parts.spellings[Int(id)], SpecialTokens.endings.contains(spelling) { ids.insert(id) }
        }
        for id in stoppingIDs where parts.spellings.indices.contains(Int(id)) { ids.insert(id) }
        if let end = special.endOfSequence { ids.insert(end) }
        return ids
    }

    /// `eos_token_id`: one id or several.
    private var stoppingIDs: [Int32] {
        let value = generation["eos_token_id"]
        return (value?.array ?? value.map { [$0] } ?? []).compactMap { $0.integer.flatMap(Int32.init(exactly:)) }
    }

    /// A special token's spelling: a text, or an object with `content`.
    private func spelling(of key: String) -> String? {
        for file in [configuration, specialTokensMap] {
            if let text = file[key]?.string ?? file[key]?["content"]?.string { return text }
        }
        return nil
    }

    /// The text of the chat template: `chat_template.jinja` before the one in `tokenizer_config.json`. Of several with
    /// names, the one with `name`, else the one named `default`. Nil where the model has none.
    ///
    /// - Throws: ``TokenizerError``, or what reading the file throws.
    public func chatTemplate(named name: String = "default") throws -> String? {
        let limit = TemplateLimits().sourceBytes
        let files = name == "default" ? ["chat_template.jinja"] : ["additional_chat_templates/\(name).jinja"]
        for file in files where !name.contains("/") {
            guard let bytes = try Self.bytes(folder, file, limit: limit) else { continue }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw TokenizerError.unexpectedValue(key: file)
            }
            return text
        }
        let legacy = try Self.object(folder, "chat_template.json")["chat_template"]
        guard let value = configuration["chat_template"] ?? legacy else { return nil }
        if let text = value.string { return name == "default" ? text : nil }
        guard let list = value.array else { throw TokenizerError.unexpectedValue(key: "chat_template") }
        return list.first { $0["name"]?.string == name }?["template"]?.string
    }
}
