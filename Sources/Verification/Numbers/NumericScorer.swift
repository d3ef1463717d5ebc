/// Compares the number that a reply gives with the target, as exact fractions.
///
/// A reply without a number is unscored, not wrong, and so is one whose answer is a formula: `\boxed{2\sqrt{3}}`,
/// `\boxed{x + 5}`. 1,234 equals 1234, 3/4 equals 0.75, $5, 5 km and 5 km^2 equal 5; where one side is a percentage, 50%
/// equals 50 and 0.5.
public struct NumericScorer: Scorer {
    public let name = "numeric"
    public let version = 3
    public let parameters: [String: String]

    private let extraction: AnswerExtraction
    private let tolerance: NumericTolerance

    init(parameters: [String: String]) throws(VerificationError) {
        let names = ["extract", "tolerance", "relative_tolerance"]
        let given = try ScorerParameters(parameters, of: "numeric", allowed: names)
        extraction = try given.oneOf("extract", default: .auto)
        tolerance = try NumericTolerance(
            absolute: Self.tolerance("tolerance", in: given),
            relative: Self.tolerance("relative_tolerance", in: given)
        )
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        guard !submission.targets.isEmpty else { return Grade(outcome: .unscored(reason: "no target")) }
        let targets = submission.targets.compactMap(AnswerExtraction.target)
        guard !targets.isEmpty else { return Grade(outcome: .unscored(reason: "target is not a number")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply): return grade(reply, targets: targets)
        }
    }

    private func grade(_ reply: String, targets: [FoundNumber]) -> Grade {
        switch extraction.finding(in: reply) {
        case .number(let answer):
            let isRight = targets.contains { tolerance.accepts(answer, for: $0) }
            return Grade(outcome: .scored(isRight ? 1 : 0), answer: answer.description)
        case .several, .formula: return Grade(outcome: .unscored(reason: "the answer is not a plain number"))
        case .nothing: return Grade(outcome: .unscored(reason: "no number found"))
        }
    }

    private static func tolerance(
        _ name: String, in given: ScorerParameters
    ) throws(VerificationError) -> Rational {
        guard let text = given.text(name) else { return Rational(0) }
        let scalars = Array(text.unicodeScalars)
        let reader = DecimalReader(scalars, end: scalars.count)
        guard let (found, end) = reader.decimal(at: 0), end == scalars.count,
            case .exact(let value)? = found?.number.value
        else {
            let allowed = "a number from 0, such as 0.01"
            throw .invalidParameter(scorer: given.scorer, parameter: name, found: text, allowed: allowed)
        }
        return value
    }
}
