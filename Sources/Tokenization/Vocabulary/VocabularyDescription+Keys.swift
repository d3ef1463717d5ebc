/// One value of a GGUF vocabulary.
public enum VocabularyValue: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case strings([String])
    case floats([Float])
    case integers([Int])
    /// Numbers below 256.
    case bytes([UInt8])
}

extension VocabularyDescription {
    /// The keys of a GGUF file that say this: the way back of ``init(reading:)``.
    ///
    /// - Throws: ``TokenizerError/noGGUF(reason:)`` where generation ends at more tokens than there are keys for.
    public func keys() throws(TokenizerError) -> [(key: String, value: VocabularyValue)] {
        var keys: [(key: String, value: VocabularyValue)] = [(MetadataKey.model, .string(modelName))]
        if case .bytePairs(let preTokenizer) = model {
            keys.append((MetadataKey.preTokenizer, .string(preTokenizer.rawValue)))
        }
        keys.append((MetadataKey.tokens, .strings(tokens)))
        if model.hasScores { keys.append((MetadataKey.scores, .floats(scores))) }
        keys.append((MetadataKey.types, .integers(types.map { Int($0.rawValue) })))
        if model.hasMerges { keys.append((MetadataKey.merges, .strings(merges))) }
        keys += try specialTokens.keys(tokens: tokens, types: types)
        if model.hasScores {
            keys.append((MetadataKey.addsSpacePrefix, .bool(addsSpacePrefix)))
            keys.append((MetadataKey.removesExtraWhitespace, .bool(removesExtraWhitespace)))
        }
        if !characterMap.isEmpty { keys.append((MetadataKey.characterMap, .bytes(characterMap))) }
        return keys
    }

    private var modelName: String {
        switch model {
        case .bytePairs(.gemma4): "gemma4"
        case .bytePairs(.whitespace): "whitespace"
        case .bytePairs: "gpt2"
        case .sentencePiece: "llama"
        case .unigram: "t5"
        case .wordPiece: "bert"
        }
    }
}

extension SpecialTokens {
    fileprivate func keys(
        tokens: [String], types: [TokenType]
    ) throws(TokenizerError) -> [(key: String, value: VocabularyValue)] {
        // Ends that their spelling tells need no key.
        let told = Self.endings(tokens: tokens, types: types)
        let others = endOfGeneration.subtracting(told).filter { $0 != endOfSequence }.sorted()
        guard others.count <= 2 else {
            throw .noGGUF(reason: "generation ends at \(others.count) tokens beside the usual ones, and 2 have a key")
        }
        let ids: [(String, Int32?)] = [
            (MetadataKey.beginningOfSequence, beginningOfSequence), (MetadataKey.endOfSequence, endOfSequence),
            (MetadataKey.unknown, unknown), (MetadataKey.padding, padding),
            (MetadataKey.endOfTurn, others.first), (MetadataKey.endOfMessage, others.dropFirst().first),
        ]
        return ids.compactMap { key, id in id.map { (key, .integer(Int($0))) } } + [
            (MetadataKey.addsBeginningOfSequence, .bool(addsBeginningOfSequence)),
            (MetadataKey.addsEndOfSequence, .bool(addsEndOfSequence)),
        ]
    }
}
