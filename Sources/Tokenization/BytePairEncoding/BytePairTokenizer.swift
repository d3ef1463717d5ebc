/// Byte-level byte-pair encoding: GPT-2 and what came after it.
///
/// The bytes of the tokens of any text, one after another, are the text's bytes, if the vocabulary has a token for
/// every byte. Some in use lack a few that hardly occur (StarCoder's and SmolLM's one, Falcon's 15): those are left out,
/// as in llama.cpp and in Hugging Face's tokenizers.
public struct BytePairTokenizer: Tokenizer {
    public let specialTokens: SpecialTokens
    private let spellings: [String]
    private let types: [TokenType]
    /// What each token stands for.
    private let table: TokenTable
    private let byteIDs: [Int32]
    private let merges: MergeTable
    private let rules: [any PieceRule]
    private let prefersWholeWords: Bool
    private let splitter: SpecialTokenSplitter

    /// Cost: 10 to 60 ms for the vocabularies in use.
    ///
    /// - Precondition: the description's model is ``VocabularyDescription/Model/bytePairs(preTokenizer:)``.
    /// - Throws: ``TokenizerError`` where merges and tokens do not fit together or a byte has no token.
    public init(_ vocabulary: VocabularyDescription, preTokenizer: PreTokenizer) throws(TokenizerError) {
        specialTokens = vocabulary.specialTokens
        spellings = vocabulary.tokens
        types = vocabulary.types
        let alphabet = ByteAlphabet()
        table = Self.table(of: vocabulary, alphabet: alphabet)
        byteIDs = try Self.byteIDs(in: table)
        merges = try MergeTable(vocabulary.merges, alphabet: alphabet, table: table)
        rules = preTokenizer.rules
        prefersWholeWords = preTokenizer.prefersWholeWords
        splitter = SpecialTokenSplitter(vocabulary, splitsUserDefined: true)
    }

    /// Control tokens stand for their spelling and are not found, so that no merge makes one out of plain text.
    private static func table(of vocabulary: VocabularyDescription, alphabet: ByteAlphabet) -> TokenTable {
        let bytes = vocabulary.tokens.reduce(0) { $0 + $1.utf8.count }
        var table = TokenTable(capacity: vocabulary.tokens.count, bytes: bytes)
        var decoded: [UInt8] = []
        for (token, type) in zip(vocabulary.tokens, vocabulary.types) {
            let spelling = token.utf8Span.span
            decoded.removeAll(keepingCapacity: true)
            let isSpelled = type == .control || type == .unknown || type == .userDefined
            if !isSpelled, alphabet.decode(spelling, into: &decoded) {
                table.append(decoded.span, findable: true)
            } else {
                table.append(spelling, findable: false)
            }
        }
        return table
    }

    /// ``WordMerger/noToken`` for bytes that have none.
    private static func byteIDs(in table: TokenTable) throws(TokenizerError) -> [Int32] {
        let ids = (UInt8.min...UInt8.max).map { table.id(of: [$0].span) }
        let missing = (UInt8(0x20)...0x7E).filter { ids[Int($0)] == nil }
        guard missing.isEmpty else { throw .missingByteTokens(missing) }
        return ids.map { $0 ?? WordMerger.noToken }
    }

    public var vocabularySize: Int { spellings.count }

    public func encode(_ text: String, special: SpecialTokenParsing) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 4 + 1)
        var merger = WordMerger(merges: merges, byteIDs: byteIDs)
        for fragment in splitter.fragments(of: bytes, special: special) {
            switch fragment {
            case .token(let token): tokens.append(token)
            case .text(let range): appendTokens(of: range, in: bytes.span, merger: &merger, to: &tokens)
            }
        }
        return tokens
    }

    private func appendTokens(
        of range: Range<Int>, in text: Span<UInt8>, merger: inout WordMerger, to tokens: inout [Token]
    ) {
        var start = range.lowerBound
        for end in rules.ends(in: text, range: range) {
            if prefersWholeWords, let id = table.id(of: text.extracting(start..<end)) {
                tokens.append(Token(id: id, utf8Range: start..<end))
            } else {
                merger.appendTokens(of: start..<end, in: text, to: &tokens)
            }
            start = end
        }
    }

    public func bytes(of id: Int32) -> [UInt8] {
        spellings.indices.contains(Int(id)) ? Array(table[id]) : []
    }

    public func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        var bytes: [UInt8] = []
        for id in ids where spellings.indices.contains(Int(id)) && !(skippingSpecialTokens && isControl(id)) {
            bytes += table[id]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    public func piece(of id: Int32) -> String {
        spellings.indices.contains(Int(id)) ? spellings[Int(id)] : ""
    }

    public func isControl(_ id: Int32) -> Bool {
        types.indices.contains(Int(id)) && types[Int(id)] == .control
    }
}
