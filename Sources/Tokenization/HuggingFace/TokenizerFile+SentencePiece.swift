extension VocabularyDescription {
    /// SentencePiece's BPE in a `tokenizer.json`, as GGUF files hold it: the order of its merges becomes scores.
    ///
    /// - Parameters:
    ///   - json: what the file holds
    ///   - size: number of ids; those without a token become unused tokens
    /// - Throws: ``TokenizerError/noGGUF(reason:)`` for what such a vocabulary does not say; ``TokenizerError``.
    init(
        sentencePiece json: JSONValue, _ file: TokenizerFile, specialTokens: SpecialTokens, size: Int
    ) throws(TokenizerError) {
        let model = json["model"] ?? .null
        if let fault = file.parts.faultInScores(model) { throw .noGGUF(reason: fault) }
        guard let addsSpacePrefix = Self.addsSpacePrefix(json) else {
            throw .noGGUF(reason: "its normalizer or pre_tokenizer does more than write ▁ for spaces")
        }
        let spellings = file.parts.spellings
        guard spellings.count <= size else {
            throw .count(key: "model.vocab", found: spellings.count, allowed: 0...size)
        }
        var special = specialTokens
        special.unknown = special.unknown ?? file.parts.id(spelled: model["unk_token"]?.string)
        let types = (0..<size).map { file.parts.scoredType(of: Int32($0), unknown: special.unknown) }
        let findable = (0..<size).map { index -> [UInt8] in
            guard let spelling = file.parts.spelling(of: Int32(index)) else { return [] }
            // Found in the text before anything is merged, but for spaces, which are not yet written as ▁ then.
            let isTaken = types[index] == .userDefined && !spelling.utf8.contains(0xE2)
            return isTaken ? [] : Array(spelling.utf8)
        }
        try self.init(
            model: .sentencePiece,
            tokens: (0..<size).map { file.parts.spelling(of: Int32($0)) ?? "[PAD\($0)]" },
            types: types,
            scores: try MergeScores(spellings: findable, merges: ModelVocabulary.merges(model)).scores,
            specialTokens: special,
            addsSpacePrefix: addsSpacePrefix)
        // What cannot be read is not written.
        _ = try SentencePieceTokenizer(self)
    }

    /// Whether a space is put in front of a text; nil where other things are done to it.
    private static func addsSpacePrefix(_ json: JSONValue) -> Bool? {
        let normalizer = json["normalizer"]
        let splitter = json["pre_tokenizer"]
        guard let normalizer else { return splitter.map(onlyMarksSpaces) == true ? false : nil }
        let isSequence = normalizer["type"]?.string == "Sequence"
        var steps = isSequence ? normalizer["normalizers"]?.array ?? [] : [normalizer]
        guard let last = steps.popLast(), marksSpaces(last), splitter.map(cutsAtSpaces) ?? true else { return nil }
        if steps.isEmpty { return false }
        let isPrefix = steps.count == 1 && steps[0]["type"]?.string == "Prepend" && steps[0]["prepend"]?.string == mark
        return isPrefix ? true : nil
    }

    private static let mark = "\u{2581}"

    private static func marksSpaces(_ step: JSONValue) -> Bool {
        step["type"]?.string == "Replace" && step["pattern"]?["String"]?.string == " "
            && step["content"]?.string == mark
    }

    /// Gemma's, which finds no space any more.
    private static func cutsAtSpaces(_ step: JSONValue) -> Bool {
        step["type"]?.string == "Split" && step["pattern"]?["String"]?.string == " "
            && step["invert"]?.boolean != true
    }

    private static func onlyMarksSpaces(_ step: JSONValue) -> Bool {
        step["type"]?.string == "Metaspace" && step["replacement"]?.string == mark
            && step["prepend_scheme"]?.string == "never" && step["split"]?.boolean == false
    }
}

extension TokenizerFile.Parts {
    /// Whether a model is BPE of characters with tokens for the bytes of others, as SentencePiece's.
    static func isSentencePiece(_ model: JSONValue) -> Bool {
        guard let kind = try? ModelKind(model), kind == .bytePairs else { return false }
        return model["byte_fallback"]?.boolean ?? false
    }

    fileprivate func id(spelled wanted: String?) -> Int32? {
        guard let wanted else { return nil }
        return spellings.firstIndex { $0?.utf8.elementsEqual(wanted.utf8) ?? false }.map { Int32($0) }
    }

    fileprivate func scoredType(of id: Int32, unknown: Int32?) -> TokenType {
        if id == unknown { return .unknown }
        let type = type(of: id)
        guard type == .normal, let spelling = spelling(of: id) else { return type }
        return Self.byteSpellings.contains(spelling) ? .byte : .normal
    }

    private static let byteSpellings = Set((UInt8.min...UInt8.max).map(BytePairModel.spelling))

    /// What a vocabulary with scores does not say; nil where it says everything but the order of merges.
    fileprivate func faultInScores(_ model: JSONValue) -> String? {
        let known = Set(spellings.compactMap(\.self))
        if isByteLevel { return "its model has a byte_fallback" }
        if !Self.byteSpellings.isSubset(of: known) { return "it has no token for each of the 256 bytes" }
        if model["ignore_merges"]?.boolean ?? false { return "its whole words skip the merges" }
        if let token = tokensInNormalizedText.first(where: { !$0.spelling.isEmpty }) {
            let spelling = String(decoding: token.spelling, as: UTF8.self)
            return "its token \"\(spelling)\" is looked for in the normalised text"
        }
        return faultInOptions(model) ?? faultInAddedTokens
    }
}
