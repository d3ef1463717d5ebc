/// Runs the program of a reply against one suite of its task's tests.
///
/// Two of them with suites of different strength are a pair of verifiers of one sample: `python-weak` and
/// `python-strong`. A program that is stopped by a limit (time, memory, output), or by a harness that breaks, is unscored:
/// another machine might have let it end. What the sandbox kills for a forbidden call is wrong.
public struct UnitTestScorer: Scorer {
    public let name: String
    public let version = 2
    public let parameters: [String: String]

    private let suite: String
    private let runner: (any UnitTestRunner)?

    /// - Parameter runner: nil where programs may not be run; every sample is then unscored.
    init(
        name: String, suite: String?, parameters: [String: String], runner: (any UnitTestRunner)?
    ) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: name, allowed: suite == nil ? ["suite"] : [])
        self.name = name
        self.suite = suite ?? given.text("suite") ?? "base"
        self.runner = runner
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        guard let tests = submission.tests, let suite = tests.suites[suite] else {
            return Grade(outcome: .unscored(reason: "the prompt has no tests called \(suite)"))
        }
        guard let runner else { return Grade(outcome: .unscored(reason: "code execution is not allowed")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason):
            return Grade(outcome: .unscored(reason: reason))
        case .text(let reply):
            let program = CodeAnswer.program(in: reply, for: tests)
            let result = runner.run(program, suite: suite, of: tests)
            return Grade(outcome: Outcome(result.verdict), label: result.ending)
        }
    }
}
