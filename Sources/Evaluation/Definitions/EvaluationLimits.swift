/// How large an evaluation definition, and what it asks for, may be.
public struct EvaluationLimits: Hashable, Sendable {
    /// Bytes of the YAML text.
    public var bytes: Int
    /// Lists and tables inside one another.
    public var depth: Int
    /// Items of a list.
    public var listItems: Int
    public var samples: ClosedRange<Int>
    public var maxTokens: ClosedRange<Int>
    public var temperature: ClosedRange<Double>

    public init(
        bytes: Int = 64 << 10,
        depth: Int = 8,
        listItems: Int = 1000,
        samples: ClosedRange<Int> = 1...100_000,
        maxTokens: ClosedRange<Int> = 1...1_000_000,
        temperature: ClosedRange<Double> = 0...100
    ) {
        self.bytes = bytes
        self.depth = depth
        self.listItems = listItems
        self.samples = samples
        self.maxTokens = maxTokens
        self.temperature = temperature
    }
}
