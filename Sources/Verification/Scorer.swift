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

    public init(completion: String, isTruncated: Bool = false, targets: [String] = [], tests: UnitTests? = nil) {
        self.completion = completion
        self.isTruncated = isTruncated
        self.targets = targets
        self.tests = tests
    }
}
