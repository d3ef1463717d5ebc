internal import Tokenization

/// Renders conversations of one row, and finds where an answer begins that is more than its content.
struct ConversationRenderer {
    let template: ChatTemplate
    let tokenizer: any Tokenizer
    /// What the template sees as `tools`; nil without any.
    let tools: TemplateValue?
    /// Further variables of the template.
    let variables: [String: TemplateValue]
    /// What a template that asks for the date is told.
    let date: CivilTime?

    /// - Throws: `ChatTemplateError`.
    func render(_ messages: [ChatMessage], addsGenerationPrompt: Bool = false) throws -> RenderedPrompt {
        var options = ChatTemplate.EncodingOptions()
        options.addsGenerationPrompt = addsGenerationPrompt
        options.now = date
        options.tools = tools
        options.dataVariables = variables
        return try template.encode(messages: messages, tokenizer: tokenizer, options: options)
    }

    /// Whether the template writes more of a message than its content, such as its tool calls.
    func rendersMore(of index: Int, of messages: [ChatMessage], in rendered: RenderedPrompt) -> Bool {
        guard messages[index].isMoreThanContent, !rendered.contents[index].isEmpty else { return false }
        var plain = messages
        plain[index] = plain[index].saying(plain[index].content)
        guard let other = try? render(plain) else { return true }
        return other.ids != rendered.ids
    }

    /// The first token of an answer that is more than its content: right behind the prompt for it, where the conversation
    /// begins with that, because what the template writes around a tool call is the model's to write; otherwise the first
    /// of its words.
    func beginning(of index: Int, of messages: [ChatMessage], in rendered: RenderedPrompt) -> Int {
        let first = rendered.contents[index].lowerBound
        let before = try? render(Array(messages[..<index]), addsGenerationPrompt: true).ids
        guard let before, before.count <= first, rendered.ids.starts(with: before) else { return first }
        return before.count
    }
}
