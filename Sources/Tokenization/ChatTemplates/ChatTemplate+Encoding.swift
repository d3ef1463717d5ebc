extension ChatTemplate {
    /// How a conversation becomes a prompt.
    public struct EncodingOptions: Sendable {
        /// Ends with the beginning of an assistant turn.
        public var addsGenerationPrompt = true
        /// What the assistant's turn begins with, after the generation prompt.
        public var prefill: String?
        /// Reads control tokens in messages too, as Hugging Face does: a message can then end its own turn.
        public var readsControlTokensInContent = false
        /// What the assistant may call, a list: `tools` for the template. Nil without any.
        public var tools: TemplateValue?
        /// Further variables for the template.
        public var variables: [String: TemplateValue] = [:]
        /// Variables that come from data: their texts cannot forge a control token.
        public var dataVariables: [String: TemplateValue] = [:]
        /// What `strftime_now` tells; undefined where nil.
        public var now: CivilTime?

        public init() {}
    }

    /// Renders the conversation and splits it into tokens, keeping what came from where.
    ///
    /// The whole text is split at once, as the model was trained on it. The prefill counts as the content of a message
    /// after the last one: its index is `messages.count`.
    ///
    /// - Throws: ``ChatTemplateError``.
    public func encode(
        messages: [ChatMessage],
        tokenizer: any Tokenizer,
        options: EncodingOptions = EncodingOptions()
    ) throws(ChatTemplateError) -> RenderedPrompt {
        var rendered = try render(
            messages: messages,
            addGenerationPrompt: options.addsGenerationPrompt,
            boundaryTokens: BoundaryTokens(tokenizer),
            tools: options.tools,
            variables: options.variables,
            dataVariables: options.dataVariables,
            now: options.now
        )
        if let prefill = options.prefill {
            rendered.append(prefill, origin: .content(message: messages.count))
        }
        return try RenderedPrompt(
            rendered,
            contentCount: messages.count + (options.prefill == nil ? 0 : 1),
            instruction: messages.lastIndex { $0.role == "user" },
            prefill: options.prefill == nil ? nil : messages.count,
            tokenizer: tokenizer,
            special: options.readsControlTokensInContent ? .everywhere : .outside(rendered.contentRanges)
        )
    }
}

extension ChatTemplate.BoundaryTokens {
    /// The spellings of the tokenizer's own tokens.
    public init(_ tokenizer: any Tokenizer) {
        func spelling(_ id: Int32?) -> String { id.map { tokenizer.decode([$0], skippingSpecialTokens: false) } ?? "" }
        let tokens = tokenizer.specialTokens
        self.init(bos: spelling(tokens.beginningOfSequence), eos: spelling(tokens.endOfSequence))
    }
}

extension RenderedPrompt {
    /// The prompt of a text as it is, for a model without a chat template.
    ///
    /// All of it is the content of message 0, and `instructionEnd` its last token. The spelling of a control token is
    /// ordinary text unless `readsControlTokens` is set.
    ///
    /// - Throws: ``ChatTemplateError/emptyPrompt``.
    public static func plain(
        text: String,
        tokenizer: any Tokenizer,
        readsControlTokens: Bool = false
    ) throws(ChatTemplateError) -> RenderedPrompt {
        var rendered = RenderedText(text: "", runs: [])
        rendered.append(text, origin: .content(message: 0))
        return try RenderedPrompt(
            rendered,
            contentCount: 1,
            instruction: 0,
            prefill: nil,
            tokenizer: tokenizer,
            special: readsControlTokens ? .everywhere : .nowhere
        )
    }

    fileprivate init(
        _ rendered: RenderedText,
        contentCount: Int,
        instruction: Int?,
        prefill: Int?,
        tokenizer: any Tokenizer,
        special: SpecialTokenParsing
    ) throws(ChatTemplateError) {
        let tokens = tokenizer.encode(rendered.text, special: special)
        var ids = tokens.map(\.id)
        var spans = TokenSpans(tokens: tokens, runs: rendered.runs, contentCount: contentCount)
        let wanted = tokenizer.specialTokens
        if wanted.addsBeginningOfSequence, let bos = wanted.beginningOfSequence, ids.first != bos {
            ids.insert(bos, at: 0)
            spans.prependTemplateToken()
        }
        guard !ids.isEmpty else { throw .emptyPrompt }
        let end = ids.count - 1
        let prefillStart = prefill.flatMap { spans.contents[$0].isEmpty ? nil : spans.contents[$0].lowerBound }
        self.init(
            text: rendered.text,
            ids: ids,
            parts: spans.parts(tokenCount: ids.count),
            contents: spans.contents,
            instructionEnd: instruction.flatMap {
                spans.contents[$0].isEmpty ? nil : spans.contents[$0].upperBound - 1
            },
            postInstructionEnd: prefillStart.map { max(0, $0 - 1) } ?? end,
            promptEnd: end
        )
    }
}
