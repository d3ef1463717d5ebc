/// Decides what a completion is worth. A scorer's name and version are stored with every grade.
///
/// Conformances are pure: the same submission gives the same grade.
public protocol Scorer: Sendable {
    /// `refusal`, `exact`, `includes`, `regex`, `numeric`, …
    var name: String { get }
    /// Raised by every change that can change a grade.
    var version: Int { get }
    /// What distinguishes two scorers of one name: the substring list, the pattern. Stored with the run.
    var parameters: [String: String] { get }

    func grade(_ submission: Submission) -> Grade
}

/// What a scorer is shown.
public struct Submission: Hashable, Sendable {
    /// The text that the model wrote.
    public var completion: String
    /// Whether the model ended it, or the token limit did.
    public var isTruncated: Bool
    /// Answers that count as right; empty where the question has none.
    public var targets: [String]
    /// Of a programming task.
    public var tests: UnitTests?
    /// What the user asked, as the prompt set has it; empty where it is not known.
    public var question: String
    /// Options of a multiple-choice question, lettered from A; nil where the model writes its answer.
    public var choiceCount: Int?
    /// Of each token that the model wrote, or of the option that it chose, natural; empty where they are not known.
    public var logProbabilities: [Double]
    /// Which sample it is, for scorers that err on purpose.
    public var identity: SampleIdentity

    public init(
        completion: String, isTruncated: Bool = false, targets: [String] = [], tests: UnitTests? = nil,
        question: String = "", choiceCount: Int? = nil, logProbabilities: [Double] = [],
        identity: SampleIdentity = SampleIdentity()
    ) {
        self.completion = completion
        self.isTruncated = isTruncated
        self.targets = targets
        self.tests = tests
        self.question = question
        self.choiceCount = choiceCount
        self.logProbabilities = logProbabilities
        self.identity = identity
    }
}

/// The name of a sample within a run.
public struct SampleIdentity: Hashable, Sendable {
    /// Prompt set and id.
    public var prompt: String
    public var index: Int

    public init(prompt: String = "", index: Int = 0) {
        self.prompt = prompt
        self.index = index
    }
}
