/// Grades a multiple-choice answer: by the letter that the reply names.
///
/// `letters` are those that can be chosen (`ABCD`, …); without it, those of the question's options, or A to J where they
/// are not known. The letter is looked for in `\boxed{…}`, after `answer is` or `answer:`, at the start of the reply, and
/// as the only capital that stands in brackets or alone. In the first three a small letter counts where it stands in
/// brackets, or before `)`, a full stop or the end. A reply that names none or several (`A or B`), or that rules out the
/// one it names (`not B`), is unscored. For log-probabilities see ``ChoiceRanking``.
public struct ChoiceScorer: Scorer {
    public let name = "choice"
    public let version = 3
    public let parameters: [String: String]

    /// Nil where the question decides.
    private let letters: ClosedRange<Unicode.Scalar>?

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "choice", allowed: ["letters"])
        self.parameters = parameters
        guard let text = given.text("letters") else {
            letters = nil
            return
        }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars)
        guard let last = text.unicodeScalars.last, alphabet.starts(with: text.unicodeScalars), text.count > 1 else {
            let allowed = "at least two capital letters from A on, without gaps, such as ABCD"
            throw .invalidParameter(scorer: "choice", parameter: "letters", found: text, allowed: allowed)
        }
        letters = "A"...last
    }

    public func grade(_ submission: Submission) -> Grade {
        guard !submission.targets.isEmpty else { return Grade(outcome: .unscored(reason: "no target")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            let letters = self.letters ?? Self.letters(ofOptions: submission.choiceCount)
            guard let letter = ChoiceLetter(letters: letters).chosen(in: Array(reply.unicodeScalars)) else {
                return Grade(outcome: .unscored(reason: "no choice found"))
            }
            let answer = String(letter)
            let isRight = submission.targets.contains { $0.uppercased() == answer }
            return Grade(outcome: .scored(isRight ? 1 : 0), answer: answer)
        }
    }

    private static func letters(ofOptions count: Int?) -> ClosedRange<Unicode.Scalar> {
        guard let count, (1...26).contains(count) else { return "A"..."J" }
        return "A"...Unicode.Scalar(UInt8(0x40 + count))
    }
}
