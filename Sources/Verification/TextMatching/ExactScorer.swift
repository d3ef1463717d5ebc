/// Right where the whole reply equals a target.
///
/// `ignore` lists what does not count as a difference: `case`, `whitespace`, `punctuation`, `articles`, or `none`;
/// without it, white space.
public struct ExactScorer: Scorer {
    public let name = "exact"
    public let version = 1
    public let parameters: [String: String]

    private let normalization: TextNormalization

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "exact", allowed: ["ignore"])
        normalization = try TextNormalization(given, default: [.whitespace])
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        guard !submission.targets.isEmpty else { return Grade(outcome: .unscored(reason: "no target")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            let answer = normalization.applied(to: reply)
            let isRight = submission.targets.contains { normalization.applied(to: $0) == answer }
            return Grade(outcome: .scored(isRight ? 1 : 0))
        }
    }
}
