/// Expressions by which `tokenizer.json` files cut a text into words.
enum WordExpressions {
    private static let contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    private static let lead = #"[^\r\n\p{L}\p{N}]?"#
    /// What most of them end with, so that every character is part of a match.
    static let spaces = #"|\s+(?!\S)|\s+"#

    static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+\#(spaces)"#
    static let llama3 = llama(number: #"\p{N}{1,3}"#)
    static let qwen2 = llama(number: #"\p{N}"#)
    static let qwen35 =
        #"\#(contraction)|\#(lead)[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+\#(spaces)"#
    static let tekken = cased(number: #"\p{N}"#, contraction: "")
    static let gpt4o = cased(number: #"\p{N}{1,3}"#, contraction: "\(contraction)?")
    /// Llama 3's with numbers of any length.
    static let longNumbers = llama(number: #"\p{N}+"#)
    /// GPT-4o's with numbers of one digit.
    static let singlyNumbered = cased(number: #"\p{N}"#, contraction: "\(contraction)?")
    static let singleNumbers = #"\p{N}"#
    static let numbers = #"\p{N}+"#

    private static func llama(number: String) -> String {
        #"\#(contraction)|\#(lead)\p{L}+|\#(number)| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+\#(spaces)"#
    }

    private static func cased(number: String, contraction: String) -> String {
        let words = "\(lead)\(upper)*\(lower)+\(contraction)|\(lead)\(upper)+\(lower)*\(contraction)"
        return #"\#(words)|\#(number)| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+\#(spaces)"#
    }
}

extension PreTokenizer {
    /// The expressions of `tokenizer.json` files that cut a text in the same way, one after another, what lies between
    /// two matches being a piece too; nil where none are known.
    var expressions: [String]? {
        switch self {
        case .gpt2: [WordExpressions.gpt2]
        case .smolLM: [WordExpressions.singleNumbers, WordExpressions.gpt2]
        case .llama3, .dbrx: [WordExpressions.llama3]
        case .qwen2: [WordExpressions.qwen2]
        case .qwen35: [WordExpressions.qwen35]
        case .tekken: [WordExpressions.tekken]
        case .gpt4o: [WordExpressions.gpt4o]
        case .deepSeekCoder: [#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, "[一-龥ࠀ-一가-퟿]+", WordExpressions.singleNumbers]
        default: nil
        }
    }

    /// The first that cuts by these expressions; nil where none does.
    ///
    /// - Parameter ignoresMerges: whether a word that is a token is that token, whatever the merges would make of it
    init?(cuttingBy expressions: [String], ignoresMerges: Bool) {
        let found = Self.allCases.first { $0.expressions == expressions && $0.prefersWholeWords == ignoresMerges }
        guard let found else { return nil }
        self = found
    }

    /// The expressions of a `pre_tokenizer` that ends in byte-level spelling; nil for one that cuts in other ways.
    static func expressions(of value: JSONValue) -> [String]? {
        var steps = flattened(value)
        guard let last = steps.popLast(), last["type"]?.string == "ByteLevel" else { return nil }
        var expressions: [String] = []
        for step in steps {
            guard let expression = expression(of: step) else { return nil }
            expressions.append(expression)
        }
        return expressions + (last["use_regex"]?.boolean ?? true ? [WordExpressions.gpt2] : [])
    }

    private static func flattened(_ value: JSONValue) -> [JSONValue] {
        guard value["type"]?.string == "Sequence" else { return [value] }
        return (value["pretokenizers"]?.array ?? []).flatMap(flattened)
    }

    /// The expression of a step that leaves both its matches and what lies between them.
    private static func expression(of step: JSONValue) -> String? {
        switch step["type"]?.string {
        case "Digits":
            return step["individual_digits"]?.boolean ?? false
                ? WordExpressions.singleNumbers : WordExpressions.numbers
        case "Split":
            guard let source = step["pattern"]?["Regex"]?.string else { return nil }
            let keepsMatchesOnly = step["behavior"]?.string == "Removed" && step["invert"]?.boolean == true
            let keepsAll = step["behavior"]?.string == "Isolated" || step["behavior"] == nil
            return keepsAll || (keepsMatchesOnly && source.hasSuffix(WordExpressions.spaces)) ? source : nil
        default: return nil
        }
    }
}
