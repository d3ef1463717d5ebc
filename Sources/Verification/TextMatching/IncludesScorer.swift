/// Right where the reply holds a target.
///
/// `words: true`, the standard, finds whole words only, so that 5 is not in 15. `ignore` is that of ``ExactScorer``;
/// without it, case and white space.
public struct IncludesScorer: Scorer {
    public let name = "includes"
    public let version = 1
    public let parameters: [String: String]

    private let normalization: TextNormalization
    private let wholeWords: Bool

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "includes", allowed: ["ignore", "words"])
        normalization = try TextNormalization(given, default: [.letterCase, .whitespace])
        wholeWords = try given.boolean("words", default: true)
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        let targets = submission.targets.map { Array(normalization.applied(to: $0).unicodeScalars) }
        guard targets.contains(where: { !$0.isEmpty }) else { return Grade(outcome: .unscored(reason: "no target")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            let text = Array(normalization.applied(to: reply).unicodeScalars)
            return Grade(outcome: .scored(targets.contains { contains($0, in: text) } ? 1 : 0))
        }
    }

    private func contains(_ target: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Bool {
        guard let first = target.first, text.count >= target.count else { return false }
        return (0...(text.count - target.count)).contains { start in
            let end = start + target.count
            return text[start] == first && text[start..<end].elementsEqual(target)
                && (!wholeWords || isWhole(start..<end, in: text))
        }
    }

    /// Whether the place begins and ends where a word does. A decimal point or a comma inside a number is no end.
    private func isWhole(_ range: Range<Int>, in text: [Unicode.Scalar]) -> Bool {
        !joins(text, range.lowerBound - 1, range.lowerBound) && !joins(text, range.upperBound - 1, range.upperBound)
    }

    private func joins(_ text: [Unicode.Scalar], _ left: Int, _ right: Int) -> Bool {
        guard left >= 0, right < text.count else { return false }
        if text[left].isWordPart && text[right].isWordPart { return true }
        let isMarkAfter = text[left].isASCIIDigit && [".", ","].contains(text[right])
        if isMarkAfter { return right + 1 < text.count && text[right + 1].isASCIIDigit }
        let isMarkBefore = [".", ","].contains(text[left]) && text[right].isASCIIDigit
        return isMarkBefore && left > 0 && text[left - 1].isASCIIDigit
    }
}

extension Unicode.Scalar {
    /// Letters, digits, marks that combine with them, and `_`.
    var isWordPart: Bool {
        if isASCII { return isASCIILetter || isASCIIDigit || self == "_" }
        return properties.isAlphabetic || properties.numericType != nil
            || [.nonspacingMark, .spacingMark].contains(properties.generalCategory)
    }
}
