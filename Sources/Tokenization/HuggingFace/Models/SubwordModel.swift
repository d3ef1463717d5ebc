/// Splits a piece of text into tokens of a vocabulary: `model` in `tokenizer.json`.
protocol SubwordModel: Sendable {
    /// What encodes one piece after another, with scratch space of its own.
    func makeEncoder() -> any SubwordEncoder
}

protocol SubwordEncoder {
    /// Appends the tokens of `piece`, which is not empty; their ranges refer to `text`.
    mutating func appendTokens(of piece: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token])
}

/// The spellings of a vocabulary, by id and back.
struct SubwordVocabulary: Sendable {
    /// By id; nil where no token has it.
    let spellings: [String?]
    /// Finds ids; tokens that plain text must not become are not in it.
    private let table: TokenTable
    private let ids: [Int32]

    /// - Parameters:
    ///   - entries: spelling and id, in any order.
    ///   - hidden: ids that no text is split into: control tokens.
    /// - Throws: ``TokenizerError``.
    init(_ entries: [(spelling: String, id: Int)], hidden: Set<Int32>) throws(TokenizerError) {
        let limit = VocabularyDescription.Limits.tokens
        guard entries.count <= limit else {
            throw .count(key: "model.vocab", found: entries.count, allowed: 0...limit)
        }
        var spellings: [String?] = []
        var table = TokenTable(capacity: entries.count, bytes: entries.reduce(0) { $0 + $1.spelling.utf8.count })
        var ids: [Int32] = []
        ids.reserveCapacity(entries.count)
        for (spelling, id) in entries {
            guard 0..<limit ~= id else { throw .idOutOfRange(key: "model.vocab", id: id, vocabularySize: limit) }
            guard spelling.utf8.count <= VocabularyDescription.Limits.bytesPerToken else {
                throw .tokenTooLong(
                    index: id, bytes: spelling.utf8.count, allowed: VocabularyDescription.Limits.bytesPerToken)
            }
            if id >= spellings.count { spellings += Array(repeating: nil, count: id + 1 - spellings.count) }
            guard spellings[id] == nil else { throw .duplicateID(id) }
            spellings[id] = spelling
            table.append(spelling.utf8Span.span, findable: !hidden.contains(Int32(truncatingIfNeeded: id)))
            ids.append(Int32(truncatingIfNeeded: id))
        }
        self.spellings = spellings
        self.table = table
        self.ids = ids
    }

    func id(of spelling: Span<UInt8>) -> Int32? { table.id(of: spelling).map { ids[Int($0)] } }
    func id(of spelling: String) -> Int32? { id(of: spelling.utf8Span.span) }
}
