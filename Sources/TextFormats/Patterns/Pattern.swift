/// A regular expression that is matched in time proportional to its size times the text's length.
///
/// Backtracking matchers can take exponential time on a text that a model wrote, and cannot be interrupted; this one
/// walks all alternatives side by side (Thompson 1968; Pike's form with captures). The price is that back-references and
/// look-around do not exist. The leftmost match wins, and among those the one that a backtracking matcher would find.
///
/// Understood: literals, `.`, classes, `[:digit:]` and the like inside them, `\d \w \s \b` and their opposites, groups,
/// `(?:…)`, `(?<name>…)`, alternatives, `* + ? {n,m}` greedy or lazy, `^`, `$`, and the flags `(?ims)` at the front.
/// Classes are those of Unicode.
package struct Pattern: Sendable {
    package let groupCount: Int
    let program: [PatternInstruction]

    /// - Parameter isWhole: whether a match must span the whole text.
    package init(_ text: String, ignoresCase: Bool = false, isWhole: Bool = false) throws(PatternProblem) {
        var parser = PatternParser(text, ignoresCase: ignoresCase)
        let node = try parser.parse()
        groupCount = parser.groupCount
        let anchored = PatternNode.sequence([.assertion(.textStart), node, .assertion(.textEnd)])
        program = try PatternCompiler.program(for: isWhole ? anchored : node)
    }
}

/// Why a pattern is refused, in words that fit after "allowed is".
package struct PatternProblem: Error, Hashable {
    package var reason: String
}

indirect enum PatternNode: Sendable {
    case set(ScalarSet)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// At least `least` times, and at most `most`, or without end.
    case repeated(PatternNode, least: Int, most: Int?, isGreedy: Bool)
    case group(PatternNode, index: Int)
}

enum PatternAssertion: Hashable, Sendable {
    case textStart, textEnd, lineStart, lineEnd
    /// At the end of the text, or before a line break that ends it.
    case lastLineEnd
    case wordBoundary, notWordBoundary
}

/// Characters that one place of a pattern accepts.
struct ScalarSet: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case digit, word, space, letter, capital, small, punctuation
    }

    var ranges: [ClosedRange<UInt32>] = []
    /// Classes with whether they are turned round: `\d`, `\D`.
    var kinds: [Kind: Bool] = [:]
    /// Classes turned round that stand beside the same class: `[\d\D]`.
    var acceptsEverything = false
    var isNegated = false
    var ignoresCase = false

    mutating func insert(_ kind: Kind, isNegated: Bool) {
        if let known = kinds[kind], known != isNegated { acceptsEverything = true }
        kinds[kind] = isNegated
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        holds(scalar) != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        if acceptsEverything || holdsExactly(scalar) { return true }
        guard ignoresCase else { return false }
        return [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].contains { mapping in
            guard let mapped = mapping.unicodeScalars.first, mapping.unicodeScalars.count == 1 else { return false }
            return holdsExactly(mapped)
        }
    }

    private func holdsExactly(_ scalar: Unicode.Scalar) -> Bool {
        if ranges.contains(where: { $0.contains(scalar.value) }) { return true }
        return kinds.contains { kind, isNegated in
            switch kind {
            case .digit: (scalar.properties.generalCategory == .decimalNumber) != isNegated
            case .word: scalar.isWordPart != isNegated
            case .space: scalar.properties.isWhitespace != isNegated
            case .letter: scalar.properties.isAlphabetic != isNegated
            case .capital: scalar.properties.isUppercase != isNegated
            case .small: scalar.properties.isLowercase != isNegated
            case .punctuation: scalar.isPunctuationOrSymbol != isNegated
            }
        }
    }
}

extension ScalarSet {
    /// The classes that have a name between `[:` and `:]`.
    static let named: [String: (kinds: [Kind], ranges: [ClosedRange<UInt32>])] = [
        "alpha": ([.letter], []), "digit": ([.digit], []), "alnum": ([.letter, .digit], []), "upper": ([.capital], []),
        "lower": ([.small], []), "space": ([.space], []), "punct": ([.punctuation], []), "word": ([.word], []),
        "blank": ([], [9...9, 32...32]), "xdigit": ([], [48...57, 65...70, 97...102]),
    ]
}
