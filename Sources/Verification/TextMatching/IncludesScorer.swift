/// Right where the reply holds a target.
///
/// `words: true`, the standard, finds whole words only, so that 5 is not in 15, -5 or 1/5. `ignore` is that of
/// ``ExactScorer``; without it, case and white space. Unless it is `none`, the forms of the apostrophe and of the minus
/// sign make no difference.
public struct IncludesScorer: Scorer {
    public let name = "includes"
    public let version = 2
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
        let targets = submission.targets.map(comparable)
        guard targets.contains(where: { !$0.isEmpty }) else { return Grade(outcome: .unscored(reason: "no target")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            let text = comparable(reply)
            return Grade(outcome: .scored(targets.contains { contains($0, in: text) } ? 1 : 0))
        }
    }

    private func comparable(_ text: String) -> [Unicode.Scalar] {
        if normalization.ignored.isEmpty { return Array(text.unicodeScalars) }
        var plain = String.UnicodeScalarView()
        plain.append(contentsOf: text.unicodeScalars.map(\.withPlainMark))
        return Array(normalization.applied(to: String(plain)).unicodeScalars)
    }

    private func contains(_ target: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Bool {
        guard let first = target.first, text.count >= target.count else { return false }
        return (0...(text.count - target.count)).contains { start in
            let end = start + target.count
            return text[start] == first && text[start..<end].elementsEqual(target)
                && (!wholeWords || WordEdges(text).areRound(start..<end))
        }
    }
}
