/// Passes the samples of one prompt that give its most frequent answer.
///
/// Between answers of equal frequency the one that came first wins, so that the vote is a function of the samples' order.
public struct MajorityVote: Hashable, Sendable {
    public let name = "majority-vote"
    public let version = 1
    /// Votes that the winner needs.
    public var quorum: Int

    public init(quorum: Int = 1) {
        self.quorum = quorum
    }

    /// The winning answer; nil where none has enough votes.
    ///
    /// - Parameters:
    ///   - answers: one for each sample; nil where a sample gives none. It does not vote.
    ///   - agree: whether two answers are the same; an equivalence.
    public func winner(_ answers: [String?], agree: (String, String) -> Bool = { $0 == $1 }) -> String? {
        var classes: [(answer: String, votes: Int)] = []
        for answer in answers {
            guard let answer else { continue }
            if let known = classes.firstIndex(where: { agree($0.answer, answer) }) {
                classes[known].votes += 1
            } else {
                classes.append((answer, 1))
            }
        }
        guard let most = classes.map(\.votes).max(), most >= quorum else { return nil }
        return classes.first { $0.votes == most }?.answer
    }

    /// One verdict for each sample.
    public func verdicts(_ answers: [String?], agree: (String, String) -> Bool = { $0 == $1 }) -> [Verdict] {
        let winner = winner(answers, agree: agree)
        return answers.map { answer in
            guard let answer else { return .unscored(reason: "no answer found") }
            guard let winner else { return .unscored(reason: "no answer has enough votes") }
            return Verdict(agree(answer, winner))
        }
    }
}
