extension VocabularyDescription {
    /// The vocabulary of a `tokenizer.model`, as GGUF files hold one.
    ///
    /// - Parameter size: number of ids; those without a piece become unused tokens
    /// - Throws: ``TokenizerError/noGGUF(reason:)`` for what such a vocabulary does not say; ``TokenizerError``.
    init(_ model: SentencePieceModel, specialTokens: SpecialTokens, size: Int) throws(TokenizerError) {
        if let fault = model.faultInGGUF { throw .noGGUF(reason: fault) }
        guard model.pieces.count <= size else {
            throw .count(key: "pieces", found: model.pieces.count, allowed: 0...size)
        }
        let unused = (model.pieces.count..<size).map {
            SentencePieceModel.Piece(spelling: "[PAD\($0)]", score: -1000, type: .unused)
        }
        let pieces = model.pieces + unused
        try self.init(
            model: .sentencePiece, tokens: pieces.map(\.spelling), types: pieces.map(\.type),
            scores: pieces.map(\.score), specialTokens: specialTokens,
            addsSpacePrefix: model.normalizer.addsDummyPrefix)
    }
}

extension SentencePieceModel {
    /// What llama.cpp does not do with such a vocabulary; nil where it does everything.
    fileprivate var faultInGGUF: String? {
        let faults = [
            (algorithm != .bytePairs, "its tokenizer.model is a unigram model"),
            (!hasByteFallback, "its tokenizer.model has no tokens for bytes"),
            (!normalizer.characterMap.isEmpty, "its tokenizer.model replaces characters"),
            (normalizer.removesExtraWhitespace, "its tokenizer.model removes spaces"),
            (
                treatsWhitespaceAsSuffix || !normalizer.escapesWhitespace,
                "its tokenizer.model does not put spaces in front of words"
            ),
            (pieces.contains { $0.type == .userDefined }, "its tokenizer.model has user-defined tokens"),
        ]
        return faults.first(where: \.0)?.1
    }
}
