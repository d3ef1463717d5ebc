/// Everything that a file says about its tokenizer, checked for sense and not yet built.
public struct VocabularyDescription: Sendable {
    /// The algorithm.
    public enum Model: Hashable, Sendable {
        /// BPE, `gpt2`: byte-level, or over plain text. `preTokenizer` names how a text is cut into words first.
        case bytePairs(preTokenizer: PreTokenizer)
        /// SentencePiece BPE by scores, `llama`.
        case sentencePiece
        /// SentencePiece's unigram model, `t5`.
        case unigram
        /// BERT's longest match first, `bert`.
        case wordPiece

        /// Whether each token has a score.
        var hasScores: Bool { self == .sentencePiece || self == .unigram }
        /// Whether the vocabulary comes with merges.
        var hasMerges: Bool { if case .bytePairs = self { true } else { false } }
    }

    public let model: Model
    /// The spelling of every token, by id.
    public let tokens: [String]
    /// One for each token.
    public let types: [TokenType]
    /// One for each token with ``Model/sentencePiece`` and ``Model/unigram``, else empty.
    public let scores: [Float]
    /// `left right`, best first, with ``Model/bytePairs(preTokenizer:)``, else empty.
    public let merges: [String]
    public let specialTokens: SpecialTokens
    /// Whether a space is put before a text, and before the text after a special token.
    public let addsSpacePrefix: Bool
    /// Whether spaces at the ends are dropped and runs of spaces become one.
    public let removesExtraWhitespace: Bool
    /// SentencePiece's compiled table of character replacements.
    public let characterMap: [UInt8]

    /// Bounds on what is accepted; the largest vocabularies in use have about 262,000 tokens and 515,000 merges.
    public enum Limits {
        public static let tokens = 1 << 21
        public static let merges = 1 << 22
        public static let bytesPerToken = 1 << 16
        /// Control and user-defined tokens are looked for everywhere in a text.
        public static let bytesPerSpecialToken = 1 << 10
        public static let characterMapBytes = 1 << 24
    }

    /// - Throws: ``TokenizerError`` where counts disagree, an id is outside the vocabulary, a token is too long or a
    ///   score is not finite.
    public init(
        model: Model,
        tokens: [String],
        types: [TokenType],
        scores: [Float] = [],
        merges: [String] = [],
        specialTokens: SpecialTokens = SpecialTokens(),
        addsSpacePrefix: Bool = false,
        removesExtraWhitespace: Bool = false,
        characterMap: [UInt8] = []
    ) throws(TokenizerError) {
        self.model = model
        self.tokens = tokens
        self.types = types
        self.scores = scores
        self.merges = merges
        self.specialTokens = specialTokens
        self.addsSpacePrefix = addsSpacePrefix
        self.removesExtraWhitespace = removesExtraWhitespace
        self.characterMap = characterMap
        try checkCounts()
        try checkTokens()
        try checkSpecialTokens()
    }

    private func checkCounts() throws(TokenizerError) {
        try Self.check(MetadataKey.tokens, tokens.count, in: 1...Limits.tokens)
        try Self.check(MetadataKey.types, types.count, in: tokens.count...tokens.count)
        try Self.check(MetadataKey.merges, merges.count, in: 0...(model.hasMerges ? Limits.merges : 0))
        let scoreCount = model.hasScores ? tokens.count : 0
        try Self.check(MetadataKey.scores, scores.count, in: scoreCount...scoreCount)
        try Self.check(MetadataKey.characterMap, characterMap.count, in: 0...Limits.characterMapBytes)
    }

    private func checkTokens() throws(TokenizerError) {
        for (index, token) in tokens.enumerated() {
            let isSpecial = types[index] != .normal && types[index] != .unused
            let allowed = isSpecial ? Limits.bytesPerSpecialToken : Limits.bytesPerToken
            guard token.utf8.count <= allowed else {
                throw .tokenTooLong(index: index, bytes: token.utf8.count, allowed: allowed)
            }
        }
        for (index, score) in scores.enumerated() where !score.isFinite {
            throw .scoreNotFinite(index: index)
        }
    }

    private func checkSpecialTokens() throws(TokenizerError) {
        let named: [(String, Int32?)] = [
            (MetadataKey.beginningOfSequence, specialTokens.beginningOfSequence),
            (MetadataKey.endOfSequence, specialTokens.endOfSequence),
            (MetadataKey.unknown, specialTokens.unknown),
            (MetadataKey.padding, specialTokens.padding),
        ]
        let ending = specialTokens.endOfGeneration.sorted().map { (MetadataKey.endOfTurn, Optional($0)) }
        for case (let key, let id?) in named + ending where !tokens.indices.contains(Int(id)) {
            throw .idOutOfRange(key: key, id: Int(id), vocabularySize: tokens.count)
        }
    }

    private static func check(
        _ key: String, _ found: Int, in allowed: ClosedRange<Int>
    ) throws(TokenizerError) {
        guard allowed.contains(found) else { throw .count(key: key, found: found, allowed: allowed) }
    }
}
