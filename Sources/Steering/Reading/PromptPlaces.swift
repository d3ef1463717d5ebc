public import Tokenization

/// Where the parts of a rendered prompt lie.
public struct PromptPlaces: Hashable, Sendable {
    /// Tokens of the last user message.
    public var instruction: Range<Int>
    /// Index of the last token before the reply.
    public var postInstruction: Int
    public var count: Int

    public init(instruction: Range<Int>, postInstruction: Int, count: Int) {
        self.instruction = instruction
        self.postInstruction = postInstruction
        self.count = count
    }

    /// - Throws: ``SteeringError/noInstruction`` where no user message has a token.
    public init(_ prompt: RenderedPrompt) throws(SteeringError) {
        guard let end = prompt.instructionEnd,
            let content = prompt.contents.last(where: { $0.upperBound == end + 1 && !$0.isEmpty })
        else { throw .noInstruction }
        self.init(instruction: content, postInstruction: prompt.postInstructionEnd, count: prompt.ids.count)
    }

    /// The tokens that a position stands for; their mean is read. Nil where the prompt has no such token.
    public func tokens(_ position: TokenPosition) -> Range<Int>? {
        switch position {
        case .instruction: return (instruction.upperBound - 1)..<instruction.upperBound
        case .postInstruction: return postInstruction..<(postInstruction + 1)
        case .instructionMean: return instruction
        case .all: return 0..<count
        case .offset(let distance):
            let index = instruction.upperBound - 1 + distance
            return (0..<count).contains(index) ? index..<(index + 1) : nil
        }
    }
}
