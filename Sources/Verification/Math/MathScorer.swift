/// Right where the reply's answer means the same as the target: numbers, fractions, radicals, percentages, intervals, sets,
/// tuples, matrices, equations and inequalities, in LaTeX or plain notation.
///
/// The answer is the last `\boxed{…}`, what follows `answer is`, the last formula, or the last number. A reply in which
/// nothing can be read as mathematics is unscored. `decimals` is the number of digits to which numbers with a decimal point
/// are compared: after the point from 1 on, and counted from the first that is not 0 below 1.
public struct MathScorer: Scorer {
    public let name = "math"
    public let version = 3
    public let parameters: [String: String]

    private let equivalence: MathEquivalence

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "math", allowed: ["decimals"])
        equivalence = MathEquivalence(decimals: try given.integer("decimals", in: 0...15) ?? 6)
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        guard !submission.targets.isEmpty else { return Grade(outcome: .unscored(reason: "no target")) }
        let targets = submission.targets.compactMap(MathAnswer.target)
        guard !targets.isEmpty else { return Grade(outcome: .unscored(reason: "the target cannot be read")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            guard let (text, node) = MathAnswer.node(in: reply) else {
                return Grade(outcome: .unscored(reason: "no answer found"))
            }
            let isRight = targets.contains { equivalence.agree($0, node) }
            return Grade(outcome: .scored(isRight ? 1 : 0), answer: text)
        }
    }
}
