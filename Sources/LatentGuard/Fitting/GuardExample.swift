/// One prompt to fit or to test with.
public struct GuardExample: Hashable, Sendable {
    /// What was read, [readings][width].
    public var values: [[Float]]
    public var isHarmful: Bool
    /// Examples of one group, such as a prompt and its harmless twin, never stand on both sides of a split.
    public var group: String
    /// Name of the prompt set.
    public var set: String
    /// Risk category of a harmful prompt.
    public var category: String?
    /// Log-odds, by the whole model, that the reply's first token begins a refusal; nil where they were not read.
    public var refusal: Double?

    public init(
        values: [[Float]], isHarmful: Bool, group: String, set: String, category: String? = nil, refusal: Double? = nil
    ) {
        self.values = values
        self.isHarmful = isHarmful
        self.group = group
        self.set = set
        self.category = category
        self.refusal = refusal
    }
}
