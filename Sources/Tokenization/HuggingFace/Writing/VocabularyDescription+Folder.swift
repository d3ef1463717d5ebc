extension VocabularyDescription {
    /// The files that say in a folder of transformers what a GGUF file says of its tokenizer and chat template:
    /// `tokenizer.json`, `tokenizer_config.json`, `generation_config.json` where generation ends somewhere, and
    /// `chat_template.jinja` where there is a template.
    ///
    /// Byte-level BPE, and SentencePiece's BPE with a token for every byte.
    ///
    /// - Parameters:
    ///   - template: text of the chat template
    ///   - contextLength: the model's, in tokens
    /// - Throws: ``TokenizerError/noTokenizerFile(reason:)`` for what `tokenizer.json` would not say.
    public func folderFiles(
        template: String?, contextLength: Int
    ) throws(TokenizerError) -> [(name: String, text: String)] {
        var files = [
            ("tokenizer.json", JSONWriter.text(try tokenizerFile())),
            ("tokenizer_config.json", JSONWriter.text(try tokenizerConfiguration(contextLength: contextLength))),
        ]
        if let stops = generationConfiguration { files.append(("generation_config.json", JSONWriter.text(stops))) }
        if let template { files.append(("chat_template.jinja", template)) }
        return files
    }

    /// `tokenizer.json`.
    private func tokenizerFile() throws(TokenizerError) -> JSONValue {
        try checkSpellings()
        let steps = try tokenizerSteps()
        return .object([
            .init("version", .string("1.0")), .init("truncation", .null), .init("padding", .null),
            .init("added_tokens", .array(addedTokens)),
            .init("normalizer", steps.normalizer), .init("pre_tokenizer", steps.preTokenizer),
            .init("post_processor", postProcessor), .init("decoder", steps.decoder), .init("model", steps.model),
        ])
    }

    private func tokenizerSteps() throws(TokenizerError) -> TokenizerSteps {
        switch model {
        case .bytePairs(let preTokenizer): try byteLevelSteps(preTokenizer)
        case .sentencePiece: try sentencePieceSteps()
        case .unigram: throw .noTokenizerFile(reason: "its kind is t5")
        case .wordPiece: throw .noTokenizerFile(reason: "its kind is bert")
        }
    }

    /// The keys of an object are the tokens.
    private func checkSpellings() throws(TokenizerError) {
        var known: [ArraySlice<UInt8>: Int] = [:]
        for (id, token) in tokens.enumerated() {
            guard let other = known.updateValue(id, forKey: Array(token.utf8)[...]) else { continue }
            throw .noTokenizerFile(reason: "its tokens \(other) and \(id) have one spelling")
        }
    }

    /// Every token with its id, in the order of the ids.
    var vocabularyMembers: JSONValue {
        .object(tokens.enumerated().map { .init($1, .number(Double($0))) })
    }

    /// Tokens that are found in a text before it is cut.
    private var addedTokens: [JSONValue] {
        tokens.indices.filter { isAdded(Int32($0)) && !tokens[$0].isEmpty }.map { id in
            .object([
                .init("id", .number(Double(id))), .init("content", .string(tokens[id])),
                .init("single_word", .boolean(false)), .init("lstrip", .boolean(false)),
                .init("rstrip", .boolean(false)), .init("normalized", .boolean(false)),
                .init("special", .boolean(types[id] != .userDefined)),
            ])
        }
    }

    func isAdded(_ id: Int32) -> Bool { [.control, .unknown, .userDefined].contains(types[Int(id)]) }

    /// The tokens around a text.
    private var postProcessor: JSONValue {
        let first = specialTokens.addsBeginningOfSequence ? specialTokens.beginningOfSequence : nil
        let last = specialTokens.addsEndOfSequence ? specialTokens.endOfSequence : nil
        func special(_ id: Int32?, _ type: Int) -> [JSONValue] {
            id.map { [Self.item("SpecialToken", tokens[Int($0)], type)] } ?? []
        }
        func text(_ name: String, _ type: Int) -> [JSONValue] {
            special(first, type) + [Self.item("Sequence", name, type)] + special(last, type)
        }
        let named = first == last ? [first] : [first, last]
        let members = named.compactMap(\.self).map { id -> JSONValue.Member in
            let spelling = tokens[Int(id)]
            let entry: [JSONValue.Member] = [
                .init("id", .string(spelling)), .init("ids", .array([.number(Double(id))])),
                .init("tokens", .array([.string(spelling)])),
            ]
            return .init(spelling, .object(entry))
        }
        return .object([
            .init("type", .string("TemplateProcessing")), .init("single", .array(text("A", 0))),
            .init("pair", .array(text("A", 0) + text("B", 1))), .init("special_tokens", .object(members)),
        ])
    }

    private static func item(_ kind: String, _ name: String, _ type: Int) -> JSONValue {
        .object([.init(kind, .object([.init("id", .string(name)), .init("type_id", .number(Double(type)))]))])
    }
}

/// The parts of `tokenizer.json` that depend on the kind of the vocabulary.
struct TokenizerSteps {
    var normalizer = JSONValue.null
    var preTokenizer = JSONValue.null
    var decoder: JSONValue
    var model: JSONValue
}

extension JSONValue.Member {
    init(_ key: String, _ value: JSONValue) { self.init(key: key, value: value) }
}

extension JSONValue {
    /// An object with a type and what belongs to it.
    static func step(_ type: String, _ members: [Member] = []) -> JSONValue {
        .object([Member("type", .string(type))] + members)
    }
}
