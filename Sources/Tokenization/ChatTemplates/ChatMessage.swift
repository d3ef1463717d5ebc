/// One turn of a conversation.
public struct ChatMessage: Codable, Hashable, Sendable {
    /// `system`, `user` or `assistant`; a template may know others.
    public var role: String
    public var content: String
    /// What else the template sees of the message, such as `tool_calls` or `reasoning_content`; an entry named
    /// `content` takes the place of the text. All texts in it count as content, but for those of `name` and
    /// `tool_call_id`, which belong to no message. Not part of the coded form.
    public var fields: [TemplateValue.Entry] = []
    /// Whether the template finds a `content`; without one it is undefined there. Not part of the coded form.
    public var hasContent = true

    private enum CodingKeys: CodingKey {
        case role
        case content
    }

    public init(role: String, content: String, fields: [TemplateValue.Entry] = []) {
        self.role = role
        self.content = content
        self.fields = fields
    }
}
