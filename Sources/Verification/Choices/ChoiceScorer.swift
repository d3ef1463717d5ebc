/// Grades a multiple-choice answer: by the letter that the reply names.
///
/// `letters` are those that can be chosen (`ABCD`, …); without it, A to J. The letter is looked for in `\boxed{…}`, after
/// `answer is` or `answer:`, at the start of the reply, and as the only letter that stands in brackets or alone. A reply
/// that names none, or several, is unscored. For log-probabilities see ``ChoiceRanking``.
public struct ChoiceScorer: Scorer {
    public let name = "choice"
    public let version = 1
    public let parameters: [String: String]

    private let letters: ClosedRange<Unicode.Scalar>

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "choice", allowed: ["letters"])
        let text = given.text("letters") ?? "ABCDEFGHIJ"
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars)
        guard let last = text.unicodeScalars.last, alphabet.starts(with: text.unicodeScalars), text.count > 1 else {
            let allowed = "at least two capital letters from A on, without gaps, such as ABCD"
            throw .invalidParameter(scorer: "choice", parameter: "letters", found: text, allowed: allowed)
        }
        letters = "A"...last
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        guard !submission.targets.isEmpty else { return Grade(outcome: .unscored(reason: "no target")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            guard let letter = ChoiceLetter(letters: letters).chosen(in: Array(reply.unicodeScalars)) else {
                return Grade(outcome: .unscored(reason: "no choice found"))
            }
            let answer = String(letter)
            let isRight = submission.targets.contains { $0.uppercased() == answer }
            return Grade(outcome: .scored(isRight ? 1 : 0), answer: answer)
        }
    }
}
