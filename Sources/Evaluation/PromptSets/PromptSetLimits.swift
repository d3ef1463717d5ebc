/// How large a prompt set may be.
public struct PromptSetLimits: Hashable, Sendable {
    public var fileBytes: Int
    /// Bytes of one JSON line or one CSV record.
    public var lineBytes: Int
    public var prompts: Int
    /// Problems that a check lists before it stops.
    public var problems: Int

    public init(fileBytes: Int = 256 << 20, lineBytes: Int = 1 << 20, prompts: Int = 1_000_000, problems: Int = 1000) {
        self.fileBytes = fileBytes
        self.lineBytes = lineBytes
        self.prompts = prompts
        self.problems = problems
    }
}
