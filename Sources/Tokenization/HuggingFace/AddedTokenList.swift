/// `added_tokens` with the ids that they have beside a model's vocabulary.
struct AddedTokenList {
    private struct Item {
        let spelling: String
        let id: Int32
        let isSpecial: Bool
        let isNormalized: Bool
        let stripsLeft: Bool
        let stripsRight: Bool
        let isSingleWord: Bool
    }

    let vocabulary: ModelVocabulary
    private var items: [Item] = []

    /// A token that the model's vocabulary has keeps that id; others follow the last one.
    ///
    /// - Throws: ``TokenizerError``.
    init(_ value: JSONValue?, vocabulary: ModelVocabulary) throws(TokenizerError) {
        self.vocabulary = vocabulary
        guard let value else { return }
        guard let list = value.array else { throw .unexpectedValue(key: "added_tokens") }
        let limit = VocabularyDescription.Limits.tokens
        guard list.count <= limit else { throw .count(key: "added_tokens", found: list.count, allowed: 0...limit) }
        let addedBytes = list.reduce(0) { $0 + min($1["content"]?.string?.utf8.count ?? 0, 1 << 10) }
        var ids = SpellingTrie(
            capacity: vocabulary.entries.reduce(addedBytes) { $0 + $1.spelling.utf8.count })
        for entry in vocabulary.entries {
            ids.insert(entry.spelling.utf8Span.span, value: Int32(truncatingIfNeeded: entry.id))
        }
        var next = vocabulary.entries.count
        for (index, value) in list.enumerated() {
            guard let spelling = value["content"]?.string else {
                throw .unexpectedValue(key: "added_tokens[\(index)].content")
            }
            let allowed = VocabularyDescription.Limits.bytesPerSpecialToken
            guard spelling.utf8.count <= allowed else {
                throw .tokenTooLong(index: index, bytes: spelling.utf8.count, allowed: allowed)
            }
            if spelling.isEmpty { continue }
            let known = ids.value(of: spelling.utf8Span.span)
            let item = try Self.item(value, spelling, id: known.map { Int($0) } ?? next)
            if known == nil {
                // A second entry of the same spelling is the same token.
                ids.insert(spelling.utf8Span.span, value: item.id)
                next += 1
            }
            items.append(item)
        }
    }

    private static func item(_ value: JSONValue, _ spelling: String, id: Int) throws(TokenizerError) -> Item {
        guard id < VocabularyDescription.Limits.tokens else {
            throw .idOutOfRange(key: "added_tokens", id: id, vocabularySize: VocabularyDescription.Limits.tokens)
        }
        let isSpecial = value["special"]?.boolean ?? false
        return Item(
            spelling: spelling,
            id: Int32(truncatingIfNeeded: id),
            isSpecial: isSpecial,
            isNormalized: value["normalized"]?.boolean ?? !isSpecial,
            stripsLeft: value["lstrip"]?.boolean ?? false,
            stripsRight: value["rstrip"]?.boolean ?? false,
            isSingleWord: value["single_word"]?.boolean ?? false
        )
    }

    /// Ids that no text may be split into.
    var hidden: Set<Int32> { Set(items.lazy.filter(Self.isControl).map(\.id)) }

    /// Some files forget to call `<|im_start|>` special.
    private static func isControl(_ item: Item) -> Bool {
        item.isSpecial || (item.spelling.hasPrefix("<|") && item.spelling.hasSuffix("|>"))
            || (item.spelling.hasPrefix("<｜") && item.spelling.hasSuffix("｜>"))
    }

    /// The id of a spelling, nil where neither list has it.
    func id(of spelling: String) -> Int32? {
        items.last { $0.spelling.utf8.elementsEqual(spelling.utf8) }?.id
            ?? vocabulary.entries.last { $0.spelling.utf8.elementsEqual(spelling.utf8) }
            .map { Int32(truncatingIfNeeded: $0.id) }
    }

    func write(to parts: inout TokenizerFile.Parts, normalizer: TextNormalizer?) {
        let size = max(vocabulary.entries.map { $0.id + 1 }.max() ?? 0, items.map { Int($0.id) + 1 }.max() ?? 0)
        parts.spellings = Array(repeating: nil, count: size)
        for entry in vocabulary.entries where entry.id >= 0 { parts.spellings[entry.id] = entry.spelling }
        for item in items {
            parts.spellings[Int(item.id)] = item.spelling
            parts.added.insert(item.id)
            if Self.isControl(item) { parts.controls.insert(item.id) }
            var entry = AddedTokens.Entry(
                id: item.id, spelling: Array(item.spelling.utf8), isControl: Self.isControl(item),
                stripsLeft: item.stripsLeft, stripsRight: item.stripsRight, isSingleWord: item.isSingleWord)
            if item.isNormalized {
                var text = AlignedText(entry.spelling[...])
                normalizer?.apply(to: &text)
                if text.bytes != entry.spelling { parts.normalizedSpellings[item.id] = text.bytes }
                entry.spelling = text.bytes
                parts.tokensInNormalizedText.append(entry)
            } else {
                parts.tokensInText.append(entry)
            }
        }
    }
}

extension SpellingTrie {
    /// The value of a whole string.
    func value(of string: Span<UInt8>) -> Int32? {
        var node: Int32 = 0
        for index in string.indices {
            guard let next = step(node, string[index]) else { return nil }
            node = next
        }
        return value(at: node) < 0 ? nil : value(at: node)
    }
}

/// `post_processor`: the special tokens around a text.
enum PostProcessor {
    /// The ids before and after a single text.
    ///
    /// - Throws: ``TokenizerError``.
    static func ids(
        _ value: JSONValue?, vocabulary: AddedTokenList, depth: Int = 0
    ) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
        guard let value else { return ([], []) }
        guard depth < 8 else { throw .unexpectedValue(key: "post_processor") }
        switch value["type"]?.string {
        case "ByteLevel": return ([], [])
        case "Sequence":
            var (prefix, suffix): ([Int32], [Int32]) = ([], [])
            for processor in value["processors"]?.array ?? [] {
                let ids = try ids(processor, vocabulary: vocabulary, depth: depth + 1)
                prefix = ids.prefix + prefix
                suffix += ids.suffix
            }
            return (prefix, suffix)
        case "BertProcessing", "RobertaProcessing":
            return (try id(value["cls"], vocabulary), try id(value["sep"], vocabulary))
        case "TemplateProcessing": return try template(value, vocabulary)
        case let name: throw .unsupportedStep(kind: "post_processor", name: name ?? "")
        }
    }

    /// `["[CLS]", 101]`
    private static func id(_ value: JSONValue?, _ vocabulary: AddedTokenList) throws(TokenizerError) -> [Int32] {
        guard let pair = value?.array, pair.count == 2, let spelling = pair[0].string else {
            throw .unexpectedValue(key: "post_processor")
        }
        return vocabulary.id(of: spelling).map { [$0] } ?? []
    }

    private static func ids(_ value: JSONValue?) -> [Int32]? {
        value?.array?.compactMap { number in number.integer.flatMap { Int32(exactly: $0) } }
    }

    private static func template(
        _ value: JSONValue, _ vocabulary: AddedTokenList
    ) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
        var (prefix, suffix): ([Int32], [Int32]) = ([], [])
        var isBefore = true
        for item in value["single"]?.array ?? [] {
            if item["Sequence"] != nil {
                isBefore = false
            } else if let name = item["SpecialToken"]?["id"]?.string {
                let ids = Self.ids(value["special_tokens"]?[name]?["ids"]) ?? vocabulary.id(of: name).map { [$0] } ?? []
                if isBefore { prefix += ids } else { suffix += ids }
            } else {
                throw .unexpectedValue(key: "post_processor.single")
            }
        }
        return (prefix, suffix)
    }
}
