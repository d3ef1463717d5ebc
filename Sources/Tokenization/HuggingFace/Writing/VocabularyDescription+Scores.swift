extension VocabularyDescription {
    /// The parts of `tokenizer.json` for SentencePiece's BPE: its scores become the order of merges, as in transformers'
    /// own converter. Like this program and llama.cpp it puts a space in front of a text, and of the text after a special
    /// token, where the vocabulary says so.
    ///
    /// - Throws: ``TokenizerError/noTokenizerFile(reason:)``.
    func sentencePieceSteps() throws(TokenizerError) -> TokenizerSteps {
        if let fault = faultInTokenizerFile { throw .noTokenizerFile(reason: fault) }
        func replacing(_ old: String, _ new: String) -> JSONValue {
            let pattern = JSONValue.object([.init("String", .string(old))])
            return .step("Replace", [.init("pattern", pattern), .init("content", .string(new))])
        }
        let prefix = JSONValue.step("Prepend", [.init("prepend", .string("\u{2581}"))])
        let strip = JSONValue.step(
            "Strip", [.init("content", .string(" ")), .init("start", .number(1)), .init("stop", .number(0))])
        let decoders = [replacing("\u{2581}", " "), .step("ByteFallback"), .step("Fuse")]
        let normalizers = (addsSpacePrefix ? [prefix] : []) + [replacing(" ", "\u{2581}")]
        return TokenizerSteps(
            normalizer: .step("Sequence", [.init("normalizers", .array(normalizers))]),
            decoder: .step("Sequence", [.init("decoders", .array(decoders + (addsSpacePrefix ? [strip] : [])))]),
            model: bytePairModel(
                merges: try scoredMerges(), unknown: specialTokens.unknown.map { tokens[Int($0)] }, byteFallback: true,
                ignoresMerges: false))
    }

    /// What `tokenizer.json` would not say, or only in part.
    private var faultInTokenizerFile: String? {
        let bytes = Set(zip(tokens, types).filter { $0.1 == .byte }.map(\.0))
        let spelled = (UInt8.min...UInt8.max).map(BytePairModel.spelling)
        let longest = tokens.reduce(0) { max($0, $1.utf8.count) }
        let faults = [
            (!spelled.allSatisfy(bytes.contains), "it has no token for each of the 256 bytes"),
            (removesExtraWhitespace, "it removes spaces"),
            (!characterMap.isEmpty, "it replaces characters"),
            (
                longest > Limits.bytesPerSpecialToken,
                "it has a token of \(longest) bytes; at most \(Limits.bytesPerSpecialToken) are written"
            ),
        ]
        return faults.first(where: \.0)?.1
    }

    /// A token as two others.
    private struct ScoredMerge {
        let whole: Int32
        let left: Int32
        let right: Int32
        /// Bytes of the left one.
        let length: Int
    }

    /// Every way to make a token of two others, the token with the best score first; of one token's the way with the
    /// longest left half.
    private func scoredMerges() throws(TokenizerError) -> [(left: String, right: String)] {
        var merges = unorderedMerges()
        merges.sort { first, second in
            let (one, other) = (scores[Int(first.whole)], scores[Int(second.whole)])
            if one != other { return one > other }
            return (first.whole, second.length) < (second.whole, first.length)
        }
        for (first, second) in zip(merges, merges.dropFirst()) where first.whole != second.whole {
            guard scores[Int(first.whole)] == scores[Int(second.whole)] else { continue }
            throw .noTokenizerFile(reason: "its tokens \(first.whole) and \(second.whole) have one score")
        }
        return merges.map { (tokens[Int($0.left)], tokens[Int($0.right)]) }
    }

    private func unorderedMerges() -> [ScoredMerge] {
        var table = TokenTable(capacity: tokens.count, bytes: tokens.reduce(0) { $0 + $1.utf8.count })
        for (token, type) in zip(tokens, types) { table.append(token.utf8Span.span, findable: type == .normal) }
        var merges: [ScoredMerge] = []
        for (id, token) in tokens.enumerated() where types[id] == .normal {
            let spelling = token.utf8Span.span
            for offset in 1..<max(1, spelling.count) where spelling[offset] & 0xC0 != 0x80 {
                guard let left = table.id(of: spelling.extracting(first: offset)),
                    let right = table.id(of: spelling.extracting(droppingFirst: offset))
                else { continue }
                merges.append(ScoredMerge(whole: Int32(id), left: left, right: right, length: offset))
            }
        }
        return merges
    }
}
