/// One turn of a conversation.
public struct ChatMessage: Codable, Hashable, Sendable {
    /// `system`, `user` or `assistant`; a template may know others.
    public var role: String
    public var content: String

    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}
