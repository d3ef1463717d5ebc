/// The positions of a sequence that an intervention acts on.
public struct PositionSet: Codable, Hashable, Sendable {
    public enum Prompt: String, Codable, CaseIterable, Hashable, Sendable {
        case none
        /// Tokens of the user's instruction.
        case instruction
        /// Given tokens of the prompt; see ``PositionSet/span``.
        case span
        case all
    }

    public var prompt: Prompt
    /// For ``Prompt/span``: the tokens.
    public var span: Range<Int>?
    /// Tokens of the reply that are acted on, counted from the first: the pass that reads reply token n counts as n.
    public var decoded: Int

    public init(prompt: Prompt, span: Range<Int>? = nil, decoded: Int = 0) {
        self.prompt = prompt
        self.span = span
        self.decoded = decoded
    }

    /// Every position, prompt and reply.
    public static let everywhere = PositionSet(prompt: .all, decoded: .max)
    /// The instruction's tokens and nothing else: where the paper adds a direction.
    public static let instruction = PositionSet(prompt: .instruction)

    /// The positions among `range`, in a sequence whose prompt has these places.
    func chosen(in range: Range<Int>, places: PromptPlaces?, promptLength: Int) -> [Range<Int>] {
        let read = range.clamped(to: 0..<promptLength)
        let inPrompt: Range<Int> =
            switch prompt {
            case .none: 0..<0
            case .all: read
            case .instruction: places.map { range.clamped(to: $0.instruction) } ?? 0..<0
            case .span: span.map { read.clamped(to: $0) } ?? 0..<0
            }
        let end = decoded > Int.max - promptLength ? Int.max : promptLength + decoded
        let inReply = range.clamped(to: promptLength..<max(promptLength, end))
        return [inPrompt, inReply].filter { !$0.isEmpty }
    }
}
