extension SpecialTokens {
    /// Spellings of control tokens at which a model has said what it had to say.
    static let endings: Set<String> = [
        "</s>", "<eos>", "<|endoftext|>", "<|end_of_text|>", "<|end|>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>",
        "<end_of_turn>", "<end_of_utterance>", "<EOT>", "_<EOT>", "[EOS]", "[EOT]", "<｜end▁of▁sentence｜>",
        "<|return|>", "<|call|>",
    ]

    init(
        in metadata: some MetadataSource,
        model: VocabularyDescription.Model,
        tokens: [String],
        types: [TokenType]
    ) throws(TokenizerError) {
        func id(_ key: String) throws(TokenizerError) -> Int32? {
            guard let value = metadata.integer(key) else { return nil }
            guard let id = Int32(exactly: value), tokens.indices.contains(value) else {
                throw .idOutOfRange(key: key, id: value, vocabularySize: tokens.count)
            }
            return id
        }
        func control(_ spelling: String) -> Int32? {
            zip(tokens, types).enumerated().first { $1.1 == .control && $1.0 == spelling }.map { Int32($0.offset) }
        }
        self.init(
            beginningOfSequence: try id(MetadataKey.beginningOfSequence),
            endOfSequence: try id(MetadataKey.endOfSequence),
            unknown: try id(MetadataKey.unknown),
            padding: try id(MetadataKey.padding)
        )
        if model == .wordPiece {
            beginningOfSequence = try id(MetadataKey.classification) ?? beginningOfSequence
            endOfSequence = try id(MetadataKey.separator) ?? endOfSequence
        }
        if model.hasScores {
            beginningOfSequence = beginningOfSequence ?? control("<s>")
            endOfSequence = endOfSequence ?? control("</s>")
            unknown = unknown ?? types.firstIndex(of: .unknown).map { Int32($0) }
        }
        endOfGeneration = Self.endings(tokens: tokens, types: types)
        for ending in [endOfSequence, try id(MetadataKey.endOfTurn), try id(MetadataKey.endOfMessage)] {
            if let ending { endOfGeneration.insert(ending) }
        }
        addsBeginningOfSequence =
            beginningOfSequence != nil
            && (metadata.bool(MetadataKey.addsBeginningOfSequence) ?? model.addsBeginningOfSequence)
        addsEndOfSequence =
            endOfSequence != nil && (metadata.bool(MetadataKey.addsEndOfSequence) ?? model.addsEndOfSequence)
    }

    static func endings(tokens: [String], types: [TokenType]) -> Set<Int32> {
        var ids: Set<Int32> = []
        for (index, type) in types.enumerated() where type == .control && tokens.indices.contains(index) {
            if endings.contains(tokens[index]) { ids.insert(Int32(index)) }
        }
        return ids
    }
}

extension VocabularyDescription.Model {
    /// What holds where the metadata do not say.
    fileprivate var addsBeginningOfSequence: Bool {
        switch self {
        case .sentencePiece, .wordPiece: true
        case .unigram: false
        case .bytePairs(let preTokenizer): preTokenizer.expectsBeginningOfSequence
        }
    }

    fileprivate var addsEndOfSequence: Bool { self == .unigram || self == .wordPiece }
}
