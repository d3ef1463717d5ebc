/// `tokenizer.json`, checked and ready to be built.
struct TokenizerFile {
    /// What a ``PipelineTokenizer`` is made of.
    struct Parts {
        var spellings: [String?] = []
        var controls: Set<Int32> = []
        var added: Set<Int32> = []
        /// What a decoder is given for added tokens that the normaliser changes.
        var normalizedSpellings: [Int32: [UInt8]] = [:]
        var tokensInText: [AddedTokens.Entry] = []
        var tokensInNormalizedText: [AddedTokens.Entry] = []
        var normalizer: TextNormalizer?
        var splitter: TextSplitter?
        var model: any SubwordModel
        var decoder: PieceDecoder?
        /// Whether the model is BPE that is given the bytes themselves.
        var isByteLevel = false

        /// Removes the token with the last id; false where it is no control token.
        fileprivate mutating func dropLastControl() -> Bool {
            let id = Int32(spellings.count - 1)
            guard controls.remove(id) != nil else { return false }
            spellings.removeLast()
            added.remove(id)
            normalizedSpellings[id] = nil
            tokensInText.removeAll { $0.id == id }
            tokensInNormalizedText.removeAll { $0.id == id }
            return true
        }
    }

    /// The largest file that is read. The largest in use has 34 MB.
    static let largestFile = 1 << 28

    private(set) var parts: Parts
    /// Ids that the post-processor puts before and after a single text.
    let prefix: [Int32]
    let suffix: [Int32]

    /// What the file holds.
    ///
    /// - Throws: ``TokenizerError``.
    static func json(_ bytes: [UInt8]) throws(TokenizerError) -> JSONValue {
        guard bytes.count <= largestFile else {
            throw .fileTooLarge(bytes: bytes.count, allowed: largestFile)
        }
        return try JSONReader.read(bytes)
    }

    /// - Throws: ``TokenizerError``.
    init(_ file: JSONValue) throws(TokenizerError) {
        guard let modelValue = file["model"] else { throw .missingValue(key: "model") }
        var normalizer: TextNormalizer?
        if let value = file["normalizer"] { normalizer = try TextNormalizer(value) }
        let kind = try ModelKind(modelValue)
        let added = try AddedTokenList(file["added_tokens"], vocabulary: ModelVocabulary(modelValue, kind: kind))
        var steps: [TextSplitter] = []
        if let value = file["pre_tokenizer"] { steps = try TextSplitter.steps(value, depth: 0) }
        var isByteLevel = false
        if kind == .bytePairs, case .byteSpelling? = steps.last {
            isByteLevel = true
            steps.removeLast()
        }
        let model = try added.vocabulary.makeModel(modelValue, hidden: added.hidden, isByteLevel: isByteLevel)
        var parts = Parts(model: model)
        parts.isByteLevel = isByteLevel
        parts.normalizer = normalizer
        parts.splitter = steps.isEmpty ? nil : steps.count == 1 ? steps[0] : .sequence(steps)
        if let value = file["decoder"] { parts.decoder = try PieceDecoder(value, depth: 0) }
        added.write(to: &parts, normalizer: normalizer)
        self.parts = parts
        (prefix, suffix) = try PostProcessor.ids(file["post_processor"], vocabulary: added)
    }

    /// Without the control tokens at the end for which a model of `size` ids has no embedding.
    func fitting(_ size: Int) -> TokenizerFile {
        var file = self
        while file.parts.spellings.count > size, file.parts.dropLastControl() {}
        return file
    }
}

/// The algorithms that `model.type` names.
enum ModelKind: String {
    case bytePairs = "BPE"
    case unigram = "Unigram"
    case wordPiece = "WordPiece"
    case wordLevel = "WordLevel"

    /// Old files name no type.
    init(_ model: JSONValue) throws(TokenizerError) {
        if let name = model["type"]?.string {
            guard let kind = ModelKind(rawValue: name) else { throw .unsupportedModel(name) }
            self = kind
        } else if model["merges"] != nil {
            self = .bytePairs
        } else if model["vocab"]?.array != nil {
            self = .unigram
        } else if model["continuing_subword_prefix"] != nil {
            self = .wordPiece
        } else {
            self = .wordLevel
        }
    }
}

/// The vocabulary in `model`, not yet searchable.
struct ModelVocabulary {
    let kind: ModelKind
    /// Spelling and id; with ``ModelKind/unigram`` the id is the place.
    var entries: [(spelling: String, id: Int)] = []
    var scores: [Double] = []

    init(_ model: JSONValue, kind: ModelKind) throws(TokenizerError) {
        self.kind = kind
        guard let vocab = model["vocab"] else { throw .missingValue(key: "model.vocab") }
        if kind == .unigram {
            guard let list = vocab.array else { throw .unexpectedValue(key: "model.vocab") }
            try Self.check(list.count)
            for (index, item) in list.enumerated() {
                guard let pair = item.array, pair.count == 2, let spelling = pair[0].string, let score = pair[1].number
                else { throw .unexpectedValue(key: "model.vocab[\(index)]") }
                entries.append((spelling, index))
                scores.append(score)
            }
        } else {
            guard let members = vocab.members else { throw .unexpectedValue(key: "model.vocab") }
            try Self.check(members.count)
            for member in members {
                guard let id = member.value.integer else { throw .unexpectedValue(key: "model.vocab") }
                entries.append((member.key, id))
            }
        }
    }

    private static func check(_ count: Int) throws(TokenizerError) {
        let limit = VocabularyDescription.Limits.tokens
        guard count <= limit else { throw .count(key: "model.vocab", found: count, allowed: 0...limit) }
    }

    /// - Throws: ``TokenizerError``.
    func makeModel(
        _ model: JSONValue, hidden: Set<Int32>, isByteLevel: Bool
    ) throws(TokenizerError) -> any SubwordModel {
        if kind == .unigram { return try makeUnigram(model, hidden: hidden) }
        let unknownSpelling = model["unk_token"]?.string
        let unknown = unknownSpelling.flatMap { wanted in
            entries.last { $0.spelling.utf8.elementsEqual(wanted.utf8) }.map { Int32(truncatingIfNeeded: $0.id) }
        }
        let vocabulary = try SubwordVocabulary(entries, hidden: hidden)
        switch kind {
        case .wordLevel: return WordLevelModel(vocabulary: vocabulary, unknown: unknown)
        case .wordPiece:
            guard let unknown else { throw .noUnknownToken }
            return WordPieceModel(
                vocabulary: vocabulary,
                unknown: unknown,
                continuation: Array((model["continuing_subword_prefix"]?.string ?? "##").utf8),
                longestWord: model["max_input_chars_per_word"]?.integer ?? 100,
                longestToken: entries.reduce(0) { max($0, $1.spelling.utf8.count) }
            )
        default:
            var options = BytePairModel.Options()
            options.unknown = unknown
            options.fusesUnknown = model["fuse_unk"]?.boolean ?? false
            options.byteFallback = model["byte_fallback"]?.boolean ?? false
            options.ignoresMerges = model["ignore_merges"]?.boolean ?? false
            options.continuation = model["continuing_subword_prefix"]?.string ?? ""
            options.wordEnd = model["end_of_word_suffix"]?.string ?? ""
            options.isByteLevel = isByteLevel
            return try BytePairModel(options, vocabulary: vocabulary, merges: try Self.merges(model), hidden: hidden)
        }
    }

    private func makeUnigram(_ model: JSONValue, hidden: Set<Int32>) throws(TokenizerError) -> any SubwordModel {
        let unknown = model["unk_id"]?.integer
        if let unknown, !entries.indices.contains(unknown) {
            throw .idOutOfRange(key: "model.unk_id", id: unknown, vocabularySize: entries.count)
        }
        for (index, entry) in entries.enumerated() {
            let allowed = VocabularyDescription.Limits.bytesPerToken
            guard entry.spelling.utf8.count <= allowed else {
                throw .tokenTooLong(index: index, bytes: entry.spelling.utf8.count, allowed: allowed)
            }
        }
        return try UnigramModel(
            pieces: zip(entries, scores).map { ($0.spelling, $1) },
            unknown: unknown.map { Int32($0) },
            byteFallback: model["byte_fallback"]?.boolean ?? false,
            hidden: hidden
        )
    }

    /// `"left right"`, or `["left", "right"]` in newer files.
    static func merges(_ model: JSONValue) throws(TokenizerError) -> [(left: String, right: String)] {
        guard let list = model["merges"]?.array else { throw .missingValue(key: "model.merges") }
        let limit = VocabularyDescription.Limits.merges
        guard list.count <= limit else { throw .count(key: "model.merges", found: list.count, allowed: 0...limit) }
        var merges: [(left: String, right: String)] = []
        merges.reserveCapacity(list.count)
        for (index, item) in list.enumerated() {
            if let text = item.string {
                let utf8 = text.utf8
                guard let space = utf8.firstIndex(of: 0x20), !utf8[utf8.index(after: space)...].contains(0x20) else {
                    throw .malformedMerge(index: index)
                }
                merges.append((String(text[..<space]), String(text[utf8.index(after: space)...])))
            } else if let pair = item.array, pair.count == 2, let left = pair[0].string, let right = pair[1].string {
                merges.append((left, right))
            } else {
                throw .malformedMerge(index: index)
            }
        }
        return merges
    }
}
