/// Passes the samples of one prompt that give its most frequent answer.
///
/// Between answers of equal frequency the one that came first wins, so that the vote is a function of the samples' order.
public struct MajorityVote: Hashable, Sendable {
    public let name = "majority-vote"
    public let version = 4
    /// Votes that the winner needs.
    public var quorum: Int

    public init(quorum: Int = 1) {
        self.quorum = quorum
    }

    /// The winning answer; nil where none has enough votes.
    ///
    /// - Parameter answers: one for each sample; nil where a sample gives none. It does not vote.
    public func winner<Answer: Hashable>(_ answers: [Answer?]) -> Answer? {
        var votes: [Answer: Int] = [:]
        for case let answer? in answers { votes[answer, default: 0] += 1 }
        guard let most = votes.values.max(), most >= quorum else { return nil }
        return answers.compactMap(\.self).first { votes[$0] == most }
    }

    /// One verdict for each sample.
    public func verdicts<Answer: Hashable>(_ answers: [Answer?]) -> [Verdict] {
        let winner = winner(answers)
        return answers.map { answer in
            guard let answer else { return .unscored(reason: "no answer found") }
            guard let winner else { return .unscored(reason: "no answer has enough votes") }
            return Verdict(answer == winner)
        }
    }
}
