extension VocabularyDescription {
    /// `tokenizer_config.json`: the roles of special tokens.
    ///
    /// A token of the text that has a role is not named: transformers would read its spelling as that token everywhere.
    ///
    /// - Throws: ``TokenizerError/noTokenizerFile(reason:)`` where such a token is to stand around a text.
    func tokenizerConfiguration(contextLength: Int) throws(TokenizerError) -> JSONValue {
        let around = [
            (specialTokens.addsBeginningOfSequence, "bos", specialTokens.beginningOfSequence),
            (specialTokens.addsEndOfSequence, "eos", specialTokens.endOfSequence),
        ]
        for case (true, let role, let id?) in around where !isAdded(id) {
            let reason = "its \(role) token \(id), which stands around every text, is one of the text"
            throw .noTokenizerFile(reason: reason)
        }
        let roles = [
            ("bos_token", specialTokens.beginningOfSequence), ("eos_token", specialTokens.endOfSequence),
            ("pad_token", specialTokens.padding), ("unk_token", specialTokens.unknown),
        ]
        let named = roles.compactMap { role, id -> JSONValue.Member? in
            guard let id, isAdded(id) else { return nil }
            return .init(role, .string(tokens[Int(id)]))
        }
        let adds: [JSONValue.Member] = [
            .init("add_bos_token", .boolean(specialTokens.addsBeginningOfSequence)),
            .init("add_eos_token", .boolean(specialTokens.addsEndOfSequence)),
        ]
        return .object(
            adds + named + [
                .init("clean_up_tokenization_spaces", .boolean(false)),
                .init("model_max_length", .number(Double(contextLength))),
                .init("tokenizer_class", .string("PreTrainedTokenizerFast")),
            ])
    }

    /// `generation_config.json`: every token at which generation ends; nil where there is none.
    var generationConfiguration: JSONValue? {
        let ends = specialTokens.endOfGeneration.sorted().map { JSONValue.number(Double($0)) }
        guard let first = ends.first else { return nil }
        let others = [
            ("bos_token_id", specialTokens.beginningOfSequence), ("pad_token_id", specialTokens.padding),
        ]
        let members = others.compactMap { key, id in id.map { JSONValue.Member(key, .number(Double($0))) } }
        return .object(members + [.init("eos_token_id", ends.count == 1 ? first : .array(ends))])
    }
}
