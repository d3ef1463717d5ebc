extension VocabularyDescription {
    /// The parts of `tokenizer.json` for byte-level BPE.
    ///
    /// - Throws: ``TokenizerError/noTokenizerFile(reason:)``.
    func byteLevelSteps(_ preTokenizer: PreTokenizer) throws(TokenizerError) -> TokenizerSteps {
        guard let splits = preTokenizer.splits else {
            throw .noTokenizerFile(reason: "its kind is \(preTokenizer.rawValue), which is no byte-level BPE")
        }
        let cuts = splits.map { expression in
            JSONValue.step(
                "Split",
                [
                    .init("pattern", .object([.init("Regex", .string(expression))])),
                    .init("behavior", .string("Isolated")), .init("invert", .boolean(false)),
                ])
        }
        return TokenizerSteps(
            preTokenizer: .step("Sequence", [.init("pretokenizers", .array(cuts + [Self.byteSpelling]))]),
            decoder: Self.byteSpelling,
            model: bytePairModel(
                merges: try mergedPairs(), unknown: nil, byteFallback: false,
                ignoresMerges: preTokenizer.prefersWholeWords))
    }

    private static var byteSpelling: JSONValue {
        .step(
            "ByteLevel",
            [
                .init("add_prefix_space", .boolean(false)), .init("trim_offsets", .boolean(true)),
                .init("use_regex", .boolean(false)),
            ])
    }

    private func mergedPairs() throws(TokenizerError) -> [(left: String, right: String)] {
        var pairs: [(left: String, right: String)] = []
        pairs.reserveCapacity(merges.count)
        for (index, merge) in merges.enumerated() {
            guard let space = merge.utf8.firstIndex(of: 0x20) else { throw .malformedMerge(index: index) }
            pairs.append((String(merge[..<space]), String(merge[merge.utf8.index(after: space)...])))
        }
        return pairs
    }

    /// `model` of a BPE of any kind.
    ///
    /// - Parameter merges: best first
    func bytePairModel(
        merges: [(left: String, right: String)], unknown: String?, byteFallback: Bool, ignoresMerges: Bool
    ) -> JSONValue {
        .step(
            "BPE",
            [
                .init("dropout", .null), .init("unk_token", unknown.map { .string($0) } ?? .null),
                .init("continuing_subword_prefix", .null), .init("end_of_word_suffix", .null),
                .init("fuse_unk", .boolean(byteFallback)), .init("byte_fallback", .boolean(byteFallback)),
                .init("ignore_merges", .boolean(ignoresMerges)), .init("vocab", vocabularyMembers),
                .init("merges", .array(merges.map { .array([.string($0.left), .string($0.right)]) })),
            ])
    }
}
