extension PreTokenizer {
    /// Expressions by which the engine of `tokenizers` cuts a text as ``rules`` do, one after another, what lies between
    /// two matches being a piece too; nil for kinds that are not byte-level.
    var splits: [String]? {
        if let expressions { return expressions }
        let sources = PatternRules.sources(rules)
        return switch self {
        case .glm4: [WordExpressions.llama3]
        case .graniteEmbedding: [WordExpressions.gpt4o]
        case .miniCPM5: [Self.threeNumbers, WordExpressions.longNumbers]
        case .laguna: [#"[^\n]+|[\n]+"#, WordExpressions.qwen2]
        case .byDefault:
            [#"[\p{P}$+<=>^~|]+"#, WordExpressions.gpt2, WordExpressions.numbers, Self.threeDigits]
        case .falcon: [#"[\p{P}$+<=>^~|`]+"#, WordExpressions.gpt2, Self.threeDigits]
        case .deepSeekLLM: Self.deepSeekWords
        case .deepSeekV3: Self.numbersAndIdeographs + [Self.deepSeekV3Words]
        case .spark25: Self.numbersAndIdeographs + sources + [WordExpressions.singleNumbers]
        case .afmoe: [Self.numbersInThrees] + sources + [Self.deepSeekV3Words]
        case .viking: sources + [WordExpressions.singleNumbers]
        case .youtu: sources + [WordExpressions.singlyNumbered]
        case .tinyAya: sources + [WordExpressions.gpt4o]
        case .chameleon:
            Array(sources.prefix(3)) + [WordExpressions.singleNumbers] + sources.dropFirst(3) + [WordExpressions.gpt2]
        case .bloom, .jais2, .kimiK2, .superBPE, .bailing, .seedCoder, .ufakzeka, .exaoneMoE: sources
        default: nil
        }
    }

    private static let threeDigits = "[0-9][0-9][0-9]"
    private static let threeNumbers = #"\p{N}{1,3}"#
    private static let numbersInThrees = #"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))"#
    private static let numbersAndIdeographs = [threeNumbers, "[一-龥぀-ゟ゠-ヿ]+"]
    private static let deepSeekV3Words =
        #"[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+"#
        + WordExpressions.spaces
    private static let deepSeekWords = [
        #"[\r\n]"#, #"\s?[\#(DeepSeekLetters.expression)]+"#, #"\s?[!-/:-~！-／：-～‘-‟　-。]+"#, #"\s+$"#,
        "[一-龥ࠀ-一가-퟿]+", WordExpressions.numbers,
    ]
}
