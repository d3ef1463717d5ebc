/// The words and marks round the letters of a multiple-choice answer.
enum ChoiceWords {
    static let phrases = spelled([
        "answer is", "answer:", "answer would be", "option is", "choice is", "answer =", "i choose", "i pick",
    ])
    static let links = spelled(["or ", "and ", "nor ", "and/or ", "as well as ", "&", "/", "+"])
    /// What follows a phrase and rules out the letter after it.
    static let denialsBefore = spelled(["not ", "n't ", "n\u{2019}t ", "never ", "neither "])
    /// Marks that may stand between a letter and the word after it.
    static let closings: Set<Unicode.Scalar> = [")", "]", "}", "*", "_", "\"", "'", "`", "$", ".", "\u{201D}"]
    /// Letters that are words of their own.
    static let mayBeWords: Set<Unicode.Scalar> = ["A", "I"]

    private static let labels = spelled([
        "option ", "choice ", "letter ", "the letter ", "answer ", "option:", "both ", "either ",
    ])
    private static let fillers: Set<Unicode.Scalar> = ["*", "_", ":", "\"", "'", "`", "$", "\u{201C}", "\u{2018}"]
    private static let brackets: Set<Unicode.Scalar> = ["(", ")", "[", "]", ","]
    private static let joinedLinks = Set(
        spelled([
            "or", "and", "nor", "and/or", "aswellas", "&", "/", "+", "oroption", "andoption", "noroption", "orchoice",
            "andchoice",
        ]))

    /// Judgements of a letter that hardly begin an option's own text.
    private static let judgements = spelled([
        "is wrong", "is incorrect", "is false", "is not correct", "is not right", "is not the ", "is ruled out",
    ])
    private static let denialsAfter =
        judgements
        + spelled([
            "is not", "isn't", "isn\u{2019}t", "was wrong", "cannot be", "can't be", "can\u{2019}t be",
            "would be wrong", "would be incorrect", "must be wrong", "seems wrong",
        ])

    private static let negations: Set<String> = ["not", "never", "neither", "nor", "cannot", "except"]
    /// Words that may stand between a negation and the letter.
    private static let passedOver: Set<String> = [
        "be", "the", "option", "choice", "letter", "answer", "think", "believe", "it", "it's", "is", "that",
    ]
    private static let clauseEnds: Set<Unicode.Scalar> = [".", ",", ";", ":", "?", "!", "\n", "\r"]

    private static func spelled(_ words: [String]) -> [[Unicode.Scalar]] { words.map { Array($0.unicodeScalars) } }

    /// The first of the words that the text begins with, in any case.
    static func first(
        of words: [[Unicode.Scalar]], beginning text: ArraySlice<Unicode.Scalar>
    ) -> [Unicode.Scalar]? {
        words.first { word in
            text.count >= word.count && zip(text, word).allSatisfy { $0.lowercasedASCII == $1 }
        }
    }

    static func withoutFillers(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        text.drop { fillers.contains($0) || $0.properties.isWhitespace }
    }

    /// Drops `option`, `the letter`, `both` and the like, and what separates them from the letter.
    static func withoutLabels(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        var rest = text
        while let label = first(of: labels, beginning: rest), rest.count > label.count {
            rest = withoutFillers(rest.dropFirst(label.count))
        }
        return rest
    }

    static func beginsInLowerCase(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        text.first(where: { !$0.properties.isWhitespace })?.properties.isLowercase ?? false
    }

    /// Whether what stands between two letters only joins them: ` or `, `) and (`.
    static func isLink(_ gap: ArraySlice<Unicode.Scalar>) -> Bool {
        guard gap.count <= 24 else { return false }
        let word = gap.filter { !$0.properties.isWhitespace && !fillers.contains($0) && !brackets.contains($0) }
        return joinedLinks.contains(word.map(\.lowercasedASCII))
    }

    /// Whether the words after a letter say that it is wrong.
    ///
    /// After a mark that labels an option, `B.` or `B)`, its own text follows, which may be anything.
    static func deny(_ rest: ArraySlice<Unicode.Scalar>, isBracketed: Bool) -> Bool {
        let marked = isBracketed ? rest.dropFirst() : rest
        let after = marked.drop { ["*", "_", "`", "\""].contains($0) }
        guard after.first?.properties.isWhitespace ?? false else { return false }
        let words = after.drop { $0.properties.isWhitespace }
        let isBare = !isBracketed && after.startIndex == rest.startIndex
        return (isBare ? denialsAfter : judgements).contains { words.starts(with: $0) }
    }

    /// Whether the words before a letter rule it out: `not B`, `it isn't option B`, `I don't think it is (B)`.
    static func denies(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        let clause = text.suffix(48).split(omittingEmptySubsequences: false) { clauseEnds.contains($0) }.last ?? []
        let words = clause.split { !($0.isASCIILetter || $0 == "'" || $0 == "\u{2019}") }.map(word)
        guard let last = words.last(where: { !passedOver.contains($0) }) else { return false }
        return negations.contains(last) || last.hasSuffix("n't")
    }

    /// In small letters, with a plain apostrophe.
    private static func word(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.map { $0 == "\u{2019}" ? "'" : $0.lowercasedASCII })
        return String(view)
    }
}
