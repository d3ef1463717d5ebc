/// Right where the model that wrote the reply takes it for right; see ``SelfJudgement``. Needs no target.
///
/// The judge is shown the question and the reply without its reasoning, and nothing of the conversation around them. A
/// pass needs log P(yes) - log P(no) to reach `threshold` (0 without it); where P(yes) + P(no) is below `least_mass` (0.01
/// without it), the sample is unscored. The grade's label is the more probable of the two, its answer the difference.
public struct SelfJudgementScorer: JudgedScorer {
    public let name = "self-judgement"
    public var version: Int { judgement.version }
    public let parameters: [String: String]

    private let judgement: SelfJudgement

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "self-judgement", allowed: ["threshold", "least_mass"])
        let odds = "a difference of natural logarithms, such as 1.5: from -1000 to 1000"
        judgement = SelfJudgement(
            threshold: try given.number("threshold", in: -1000...1000, called: odds) ?? 0,
            leastMass: try given.number("least_mass", in: 0...1, called: "a probability from 0 to 1") ?? 0.01)
        self.parameters = parameters
    }

    public func inquiry(about submission: Submission) -> Inquiry {
        guard !submission.question.isEmpty else { return .settled(Grade(outcome: .unscored(reason: "no question"))) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return .settled(Grade(outcome: .unscored(reason: reason)))
        case .text(let reply):
            return .ask(
                JudgeQuestion(
                    message: judgement.prompt(question: submission.question, answer: reply),
                    replies: [Self.spellings("yes"), Self.spellings("no")]))
        }
    }

    private static func spellings(_ word: String) -> [String] {
        let forms = [word, word.prefix(1).uppercased() + word.dropFirst(), word.uppercased()]
        return forms + forms.map { " \($0)" }
    }

    public func grade(_ logProbabilities: [Double]) -> Grade {
        guard logProbabilities.count == 2 else {
            return Grade(outcome: .unscored(reason: "no log-probabilities"))
        }
        let (yes, no) = (logProbabilities[0], logProbabilities[1])
        let verdict = judgement.verdict(yes: yes, no: no)
        guard verdict.passed != nil else { return Grade(outcome: Outcome(verdict)) }
        let odds = yes - no
        return Grade(
            outcome: Outcome(verdict), label: odds >= 0 ? "yes" : "no", answer: "\((odds * 1e4).rounded() / 1e4)")
    }
}
