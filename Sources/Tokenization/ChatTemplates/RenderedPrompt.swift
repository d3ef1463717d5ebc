/// A conversation as the model sees it: token ids, and which of them came from where.
public struct RenderedPrompt: Hashable, Sendable {
    /// The rendered text, before a BOS token that is not in the template.
    public var text: String
    /// What the model is given, a BOS token included where the model wants one.
    public var ids: [Int32]
    /// Token ranges in order, without gaps, covering `ids`.
    public var parts: [PromptPart]
    /// The tokens of each message's content, by index of the message; empty where the template left it out.
    ///
    /// From the first token to the last: where the template put something of its own in between, the range holds
    /// that too, and `parts` tells. A prefill is one more message after the last.
    public var contents: [Range<Int>]
    /// Index of the last token of the last user message: the paper's `t_inst`. Nil without a user message.
    public var instructionEnd: Int?
    /// Index of the last token before the prefill: the paper's `t_post_inst`. Without a prefill, ``promptEnd``.
    public var postInstructionEnd: Int
    /// Index of the last token of the whole prompt, a prefill included.
    public var promptEnd: Int

    public init(
        text: String,
        ids: [Int32],
        parts: [PromptPart],
        contents: [Range<Int>],
        instructionEnd: Int?,
        postInstructionEnd: Int? = nil,
        promptEnd: Int
    ) {
        self.text = text
        self.ids = ids
        self.parts = parts
        self.contents = contents
        self.instructionEnd = instructionEnd
        self.postInstructionEnd = postInstructionEnd ?? promptEnd
        self.promptEnd = promptEnd
    }
}

/// A run of tokens of one origin.
///
/// A token that holds bytes of two origins belongs to the content.
public struct PromptPart: Hashable, Sendable {
    public enum Origin: Hashable, Sendable {
        /// Written by the template, or a BOS token put in front.
        case template
        /// The content of the message with this index; of ``aside`` where it is no message's.
        case content(message: Int)

        /// Texts that are given with a conversation and are no message's words: tools, and a message's `name` and
        /// `tool_call_id`. Like all content they cannot forge a control token.
        static let aside = Origin.content(message: -1)
    }

    public var origin: Origin
    /// Indices into the rendered ids.
    public var tokens: Range<Int>

    public init(origin: Origin, tokens: Range<Int>) {
        self.origin = origin
        self.tokens = tokens
    }
}
