/// Whether the program of a reply keeps to a style: `rule` names one of ``CodeStyle``.
///
/// The program is parsed where programs may be run, and not executed. What is no Python is unscored.
public struct StyleScorer: Scorer {
    public let name = "python-style"
    public let version = 1
    public let parameters: [String: String]

    private let style: CodeStyle
    private let runner: (any UnitTestRunner)?

    init(parameters: [String: String], runner: (any UnitTestRunner)?) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "python-style", allowed: ["rule"])
        let known = CodeStyle.allCases.map(\.rawValue).joined(separator: ", ")
        _ = try given.required("rule", allowed: "one of \(known)")
        style = try given.oneOf("rule", default: CodeStyle.short)
        self.runner = runner
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        guard let tests = submission.tests else {
            return Grade(outcome: .unscored(reason: "the prompt is no programming task"))
        }
        guard let runner else { return Grade(outcome: .unscored(reason: "code execution is not allowed")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason):
            return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            return Grade(outcome: Outcome(runner.verdict(style, of: CodeAnswer.program(in: reply, for: tests))))
        }
    }
}
