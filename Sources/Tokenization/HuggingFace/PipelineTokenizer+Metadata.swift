extension PipelineTokenizer {
    /// From a GGUF vocabulary of a kind that is neither byte-level nor SentencePiece's.
    ///
    /// - Throws: ``TokenizerError``.
    init(_ vocabulary: VocabularyDescription) throws(TokenizerError) {
        let special = vocabulary.specialTokens
        var parts: TokenizerFile.Parts
        switch vocabulary.model {
        case .wordPiece: parts = try Self.wordPieceParts(vocabulary)
        case .bytePairs(let preTokenizer): parts = try Self.bytePairParts(vocabulary, preTokenizer)
        case .sentencePiece, .unigram: throw .unsupportedModel("llama")
        }
        parts.spellings = vocabulary.tokens
        for (index, type) in vocabulary.types.enumerated() {
            let isFound = type == .control || type == .userDefined || type == .unknown
            guard isFound, !vocabulary.tokens[index].isEmpty else { continue }
            parts.added.insert(Int32(index))
            if type == .control { parts.controls.insert(Int32(index)) }
            parts.tokensInText.append(
                AddedTokens.Entry(
                    id: Int32(index), spelling: Array(vocabulary.tokens[index].utf8), isControl: type != .userDefined))
        }
        self.init(parts, specialTokens: special)
    }

    private static func hidden(_ vocabulary: VocabularyDescription) -> Set<Int32> {
        Set(
            vocabulary.types.indices.lazy
                .filter { [.control, .unknown, .userDefined].contains(vocabulary.types[$0]) }.map { Int32($0) })
    }

    /// BERT's vocabulary in GGUF: a word's first piece begins with `▁`, what goes on with a word has no mark.
    private static func wordPieceParts(
        _ vocabulary: VocabularyDescription
    ) throws(TokenizerError) -> TokenizerFile.Parts {
        let mark = "\u{2581}".utf8
        let hidden = hidden(vocabulary)
        let entries = vocabulary.tokens.enumerated().map { index, token in
            let isFirst = token.utf8.starts(with: mark)
            let text = isFirst ? String(Substring(token.utf8.dropFirst(mark.count))) : token
            return (spelling: isFirst || hidden.contains(Int32(index)) ? text : "##" + text, id: index)
        }
        guard let unknown = vocabulary.specialTokens.unknown else { throw .noUnknownToken }
        var seen: [(spelling: String, id: Int)] = []
        for entry in entries where !entry.spelling.isEmpty { seen.append(entry) }
        let model = WordPieceModel(
            vocabulary: try SubwordVocabulary(seen, hidden: hidden),
            unknown: unknown,
            continuation: Array("##".utf8),
            longestWord: Int.max,
            longestToken: entries.reduce(0) { max($0, $1.spelling.utf8.count) }
        )
        var parts = TokenizerFile.Parts(model: model)
        parts.normalizer = .bert(TextNormalizer.BertOptions())
        parts.splitter = try TextSplitter.steps(
            .object([JSONValue.Member(key: "type", value: .string("BertPreTokenizer"))]), depth: 0
        ).first
        parts.decoder = .metaspace(mark: Array(mark), dropsFirst: true)
        return parts
    }

    /// BPE over plain text, as Gemma 4 has it.
    private static func bytePairParts(
        _ vocabulary: VocabularyDescription, _ preTokenizer: PreTokenizer
    ) throws(TokenizerError) -> TokenizerFile.Parts {
        let hidden = hidden(vocabulary)
        var options = BytePairModel.Options()
        options.unknown = vocabulary.specialTokens.unknown
        options.byteFallback = true
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(vocabulary.merges.count)
        for (index, merge) in vocabulary.merges.enumerated() {
            // A space stands between the halves; the left one may begin with one.
            guard let space = merge.utf8.dropFirst().firstIndex(of: 0x20) else { throw .malformedMerge(index: index) }
            merges.append((String(merge[..<space]), String(merge[merge.utf8.index(after: space)...])))
        }
        let entries = vocabulary.tokens.enumerated().map { (spelling: $1, id: $0) }
        let model = try BytePairModel(
            options, vocabulary: try SubwordVocabulary(entries, hidden: hidden), merges: merges, hidden: hidden)
        var parts = TokenizerFile.Parts(model: model)
        parts.splitter = .rules(preTokenizer.rules)
        parts.decoder = .byteFallback
        if preTokenizer.escapesSpaces {
            do {
                let mark = Array("\u{2581}".utf8)
                parts.normalizer = .replace(try TextPattern(literal: " "), with: mark)
                parts.decoder = .sequence([.replace(try TextPattern(literal: "\u{2581}"), with: [0x20]), .byteFallback])
            } catch {
                throw .unsupportedPattern(key: MetadataKey.preTokenizer)
            }
        }
        return parts
    }
}
