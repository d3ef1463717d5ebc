/// A scorer that has a model asked about a completion. It does not ask by itself: who has the model carries the inquiry out.
public protocol JudgedScorer: Scorer {
    func inquiry(about submission: Submission) -> Inquiry

    /// - Parameter logProbabilities: natural, of each of ``JudgeQuestion/replies``.
    func grade(_ logProbabilities: [Double]) -> Grade
}

extension JudgedScorer {
    /// Without a model nothing is judged.
    public func grade(_ submission: Submission) -> Grade {
        if case .settled(let grade) = inquiry(about: submission) { return grade }
        return Grade(outcome: .unscored(reason: "there is no judge"))
    }
}

/// What a scorer wants to know before it grades a completion.
public enum Inquiry: Hashable, Sendable {
    case ask(JudgeQuestion)
    /// Nothing: there is no completion that could be judged.
    case settled(Grade)
}

/// A question whose answer is how probable certain replies are.
public struct JudgeQuestion: Hashable, Sendable {
    /// The only message of the conversation, the user's.
    public var message: String
    /// Each reply with all spellings that count as it. A reply's probability is that the model's turn begins with one of
    /// them.
    public var replies: [[String]]

    public init(message: String, replies: [[String]]) {
        self.message = message
        self.replies = replies
    }
}
