extension VocabularyDescription {
    /// The byte-level vocabulary of a `tokenizer.json`, as GGUF files hold one. Canonical composition of the text,
    /// which Qwen's files ask for, is no part of it.
    ///
    /// - Parameters:
    ///   - json: what the file holds
    ///   - size: number of ids; those without a token become unused tokens
    /// - Throws: ``TokenizerError/noGGUF(reason:)`` for what such a vocabulary does not say; ``TokenizerError``.
    init(
        byteLevel json: JSONValue, _ file: TokenizerFile, specialTokens: SpecialTokens, size: Int
    ) throws(TokenizerError) {
        let model = json["model"] ?? .null
        if let fault = file.parts.faultInGGUF(json, model) { throw .noGGUF(reason: fault) }
        let ignoresMerges = model["ignore_merges"]?.boolean ?? false
        guard let expressions = json["pre_tokenizer"].flatMap({ PreTokenizer.expressions(of: $0) }),
            let preTokenizer = PreTokenizer(cuttingBy: expressions, ignoresMerges: ignoresMerges)
        else {
            throw .noGGUF(reason: "llama.cpp has no name for the way in which its pre_tokenizer cuts words")
        }
        let spellings = file.parts.spellings
        guard spellings.count <= size else {
            throw .count(key: "model.vocab", found: spellings.count, allowed: 0...size)
        }
        let ids = (0..<size).map { Int32($0) }
        try self.init(
            model: .bytePairs(preTokenizer: preTokenizer),
            tokens: ids.map { file.parts.spelling(of: $0) ?? "[PAD\($0)]" },
            types: ids.map(file.parts.type),
            merges: ModelVocabulary.merges(model).map { "\($0.left) \($0.right)" },
            specialTokens: specialTokens)
        // What cannot be read is not written.
        _ = try BytePairTokenizer(self, preTokenizer: preTokenizer)
    }
}

extension TokenizerFile.Parts {
    func spelling(of id: Int32) -> String? {
        spellings.indices.contains(Int(id)) ? spellings[Int(id)] : nil
    }

    func type(of id: Int32) -> TokenType {
        if controls.contains(id) { return .control }
        if added.contains(id) { return .userDefined }
        return spelling(of: id) == nil ? .unused : .normal
    }

    /// What a byte-level vocabulary of a GGUF file does not say; nil where it says everything but the way in which
    /// words are cut.
    fileprivate func faultInGGUF(_ json: JSONValue, _ model: JSONValue) -> String? {
        guard isByteLevel else { return "it is no byte-level BPE" }
        if let normalizer = json["normalizer"], !Self.onlyComposes(normalizer) {
            return "its normalizer changes the text"
        }
        if splitter?.addsSpace ?? false { return "it puts a space in front of a text" }
        if let fault = faultInOptions(model) { return fault }
        if model["byte_fallback"]?.boolean ?? false { return "its model has a byte_fallback" }
        if model["unk_token"] != nil, !hasAllBytes { return "its model has an unk_token, and bytes without a token" }
        return faultInAddedTokens
    }

    /// Marks of a model's words, which no GGUF vocabulary has.
    func faultInOptions(_ model: JSONValue) -> String? {
        let options = ["continuing_subword_prefix", "end_of_word_suffix"]
        return options.first { !(model[$0]?.string ?? "").isEmpty }.map { "its model has a \($0)" }
    }

    var faultInAddedTokens: String? {
        let minding = (tokensInText + tokensInNormalizedText).first {
            $0.stripsLeft || $0.stripsRight || $0.isSingleWord
        }
        return minding.map {
            "its token \"\(String(decoding: $0.spelling, as: UTF8.self))\" minds the spaces or letters beside it"
        }
    }

    private var hasAllBytes: Bool {
        let known = Set(spellings.compactMap(\.self))
        return (UInt8.min...UInt8.max).allSatisfy {
            known.contains(String(decoding: ByteSpelling.spelled([$0]), as: UTF8.self))
        }
    }

    private static func onlyComposes(_ normalizer: JSONValue) -> Bool {
        switch normalizer["type"]?.string {
        case "NFC": true
        case "Sequence": (normalizer["normalizers"]?.array ?? []).allSatisfy(onlyComposes)
        default: false
        }
    }
}

extension TextSplitter {
    fileprivate var addsSpace: Bool {
        switch self {
        case .sequence(let steps): steps.contains(where: \.addsSpace)
        case .spacePrefix: true
        default: false
        }
    }
}
