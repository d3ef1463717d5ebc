/// The names under which GGUF files keep their vocabulary.
enum MetadataKey {
    static let model = "tokenizer.ggml.model"
    static let preTokenizer = "tokenizer.ggml.pre"
    static let tokens = "tokenizer.ggml.tokens"
    static let types = "tokenizer.ggml.token_type"
    static let scores = "tokenizer.ggml.scores"
    static let merges = "tokenizer.ggml.merges"
    static let beginningOfSequence = "tokenizer.ggml.bos_token_id"
    static let endOfSequence = "tokenizer.ggml.eos_token_id"
    static let classification = "tokenizer.ggml.cls_token_id"
    static let separator = "tokenizer.ggml.seperator_token_id"
    static let endOfTurn = "tokenizer.ggml.eot_token_id"
    static let endOfMessage = "tokenizer.ggml.eom_token_id"
    static let unknown = "tokenizer.ggml.unknown_token_id"
    static let padding = "tokenizer.ggml.padding_token_id"
    static let addsBeginningOfSequence = "tokenizer.ggml.add_bos_token"
    static let addsEndOfSequence = "tokenizer.ggml.add_eos_token"
    static let addsSpacePrefix = "tokenizer.ggml.add_space_prefix"
    static let removesExtraWhitespace = "tokenizer.ggml.remove_extra_whitespaces"
    static let characterMap = "tokenizer.ggml.precompiled_charsmap"
}

extension VocabularyDescription {
    /// Reads a GGUF vocabulary.
    ///
    /// Absent values take the meaning that GGUF gives them: every token normal; a SentencePiece text gets a space in
    /// front and a BOS token; a byte-level one gets a BOS token only where its pre-tokenizer's models expect one.
    ///
    /// - Throws: ``TokenizerError``.
    public init(reading metadata: some MetadataSource) throws(TokenizerError) {
        let model = try Self.model(in: metadata)
        guard let tokens = metadata.strings(MetadataKey.tokens) else {
            throw .missingValue(key: MetadataKey.tokens)
        }
        let types = try Self.types(in: metadata, count: tokens.count)
        if model.hasScores, metadata.floats(MetadataKey.scores) == nil {
            throw .missingValue(key: MetadataKey.scores)
        }
        if model.hasMerges, metadata.strings(MetadataKey.merges) == nil {
            throw .missingValue(key: MetadataKey.merges)
        }
        try self.init(
            model: model,
            tokens: tokens,
            types: types,
            scores: model.hasScores ? metadata.floats(MetadataKey.scores) ?? [] : [],
            merges: model.hasMerges ? metadata.strings(MetadataKey.merges) ?? [] : [],
            specialTokens: try SpecialTokens(in: metadata, model: model, tokens: tokens, types: types),
            addsSpacePrefix: metadata.bool(MetadataKey.addsSpacePrefix) ?? model.hasScores,
            removesExtraWhitespace: metadata.bool(MetadataKey.removesExtraWhitespace) ?? false,
            characterMap: try Self.characterMap(in: metadata)
        )
    }

    private static func model(in metadata: some MetadataSource) throws(TokenizerError) -> Model {
        switch metadata.string(MetadataKey.model) {
        case nil:
            throw .missingValue(key: MetadataKey.model)
        case "gpt2", "whitespace":
            let name = metadata.string(MetadataKey.preTokenizer) ?? PreTokenizer.byDefault.rawValue
            guard let preTokenizer = PreTokenizer(named: name) else { throw .unsupportedPreTokenizer(name) }
            return .bytePairs(preTokenizer: preTokenizer)
        case "gemma4":
            return .bytePairs(preTokenizer: .gemma4)
        case "t5":
            return .unigram
        case "bert":
            return .wordPiece
        case "llama":
            return .sentencePiece
        case let name?:
            throw .unsupportedModel(name)
        }
    }

    private static func types(in metadata: some MetadataSource, count: Int) throws(TokenizerError) -> [TokenType] {
        guard let values = metadata.integers(MetadataKey.types) else {
            return Array(repeating: .normal, count: count)
        }
        var types: [TokenType] = []
        types.reserveCapacity(values.count)
        for value in values {
            guard let type = UInt8(exactly: value).flatMap(TokenType.init(rawValue:)) else {
                throw .unknownTokenType(index: types.count, value: value)
            }
            types.append(type)
        }
        return types
    }

    private static func characterMap(in metadata: some MetadataSource) throws(TokenizerError) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in metadata.integers(MetadataKey.characterMap) ?? [] {
            guard -128...255 ~= value else { throw .unexpectedValue(key: MetadataKey.characterMap) }
            bytes.append(UInt8(truncatingIfNeeded: value))
        }
        return bytes
    }
}
