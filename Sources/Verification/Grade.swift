/// What a scorer says about one completion.
public struct Grade: Codable, Hashable, Sendable {
    public var outcome: Outcome
    /// The class that a classifying scorer chose: `refused`, `partial`, `complied`.
    public var label: String?
    /// What was taken for the answer, where one was extracted.
    public var answer: String?

    public init(outcome: Outcome, label: String? = nil, answer: String? = nil) {
        self.outcome = outcome
        self.label = label
        self.answer = answer
    }
}

/// A value between 0 and 1, or the reason why there is none. "Unscored" is never 0.
public enum Outcome: Codable, Hashable, Sendable {
    case scored(Double)
    case unscored(reason: String)
}
