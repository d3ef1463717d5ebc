/// One prompt of a set, with what a guard is to learn from it.
public struct GuardPrompt: Hashable, Sendable {
    public var id: String
    public var text: String
    public var isHarmful: Bool
    /// Prompts of one group never stand on both sides of a split.
    public var group: String
    /// Name of its set.
    public var set: String
    /// Risk category of a harmful prompt.
    public var category: String?
    /// Family of the jailbreak that is wrapped round it.
    public var family: String?

    public init(
        id: String, text: String, isHarmful: Bool, group: String, set: String, category: String? = nil,
        family: String? = nil
    ) {
        self.family = family
        self.id = id
        self.text = text
        self.isHarmful = isHarmful
        self.group = group
        self.set = set
        self.category = category
    }
}
