public import Tokenization

extension RenderedPrompt {
    /// The prompt up to `t_inst`: the post-instruction tokens of the template, and a prefill after them, are left out.
    ///
    /// - Throws: ``SteeringError/noInstruction``.
    public func withoutPostInstruction() throws(SteeringError) -> RenderedPrompt {
        guard let end = instructionEnd else { throw .noInstruction }
        let count = end + 1
        return RenderedPrompt(
            text: text, ids: Array(ids.prefix(count)),
            parts: parts.compactMap { part in
                let tokens = part.tokens.clamped(to: 0..<count)
                return tokens.isEmpty ? nil : PromptPart(origin: part.origin, tokens: tokens)
            },
            contents: contents.map { $0.clamped(to: 0..<count) }, instructionEnd: end, promptEnd: end)
    }
}
