/// Right where a sample gives the most frequent answer of its prompt; see ``MajorityVote``. Needs no target.
///
/// `of` says how answers are found and compared (``AnswerReading``); `quorum` how many votes the winner needs, 1 without
/// it. Answers that mean the same are one. A sample without an answer does not vote and is unscored; where no answer has
/// the quorum, all are.
public struct MajorityVoteScorer: GroupScorer {
    public let name = "majority-vote"
    public var version: Int { vote.version }
    public let parameters: [String: String]
    /// Two samples make a vote.
    public var leastSamples: Int { max(2, vote.quorum) }

    private let reading: AnswerReading
    private let vote: MajorityVote

    init(parameters: [String: String]) throws(VerificationError) {
        let given = try ScorerParameters(parameters, of: "majority-vote", allowed: ["of", "quorum"])
        let known = AnswerReading.allCases.map(\.rawValue).joined(separator: ", ")
        _ = try given.required("of", allowed: "one of \(known)")
        reading = try given.oneOf("of", default: .text)
        vote = MajorityVote(quorum: try given.integer("quorum", in: 1...100_000) ?? 1)
        self.parameters = parameters
    }

    public func grades(_ submissions: [Submission]) -> [Grade] {
        let replies = submissions.map { ReasoningText.reply(of: $0) }
        let answers = replies.map { reply -> VotedAnswer? in
            guard case .text(let text) = reply else { return nil }
            return reading.answer(in: text)
        }
        let verdicts = vote.verdicts(Self.classes(of: answers))
        return replies.indices.map { index in
            if case .none(let reason) = replies[index] { return Grade(outcome: .unscored(reason: reason)) }
            return Grade(outcome: Outcome(verdicts[index]), answer: shown(answers[index]))
        }
    }

    /// A number for each answer, the same for answers that mean the same. One that agrees with several others is counted
    /// with the one that came first.
    private static func classes(of answers: [VotedAnswer?]) -> [Int?] {
        var known: [String: Int] = [:]
        var first: [VotedAnswer] = []
        return answers.map { answer in
            guard let answer else { return nil }
            if let number = known[answer.spelling] { return number }
            let number = first.firstIndex { $0.agrees(with: answer) } ?? first.count
            if number == first.count { first.append(answer) }
            known[answer.spelling] = number
            return number
        }
    }

    /// Whole texts are in the sample already.
    private func shown(_ answer: VotedAnswer?) -> String? {
        reading == .text ? nil : answer?.spelling
    }
}
