internal import Tokenization

extension ChatMessage {
    /// Reads a message of a row with all its keys.
    ///
    /// - Throws: ``RowFault/json(_:)``.
    init(json value: TemplateValue) throws {
        guard case .mapping(let entries) = value else {
            throw RowFault.json("a message is \(value.kind); it has to be an object with \"role\" and \"content\"")
        }
        try self.init(entries: entries)
    }

    /// Keys whose value is null are left out, as transformers does; of a key that stands twice the last one counts.
    init(entries all: [TemplateValue.Entry]) throws {
        let entries = all.filter { $0.value != TemplateValue.none }
        switch entries.last(where: { $0.key == "role" })?.value {
        case nil: throw RowFault.json("a message lacks \"role\"")
        case .text(let role): self.init(role: role, content: "")
        case .some(let other): throw RowFault.json("the role of a message is \(other.kind); it has to be a text")
        }
        fields = Self.reasoning(in: entries.filter { $0.key != "role" && $0.key != "content" })
        switch entries.last(where: { $0.key == "content" })?.value {
        case .text(let text): content = text
        case .list(let parts): content = try parts.map(Self.text(ofPart:)).joined()
        case nil where isMoreThanContent: hasContent = false
        case nil:
            throw RowFault.json("a message lacks \"content\", and has nothing such as \"tool_calls\" in its place")
        case .some(let other):
            throw RowFault.json(
                "the content of a message is \(other.kind); allowed are a text and a list of text parts")
        }
    }

    /// The fields with a message's reasoning under the two names that templates read it by, whichever name the row has.
    private static func reasoning(in fields: [TemplateValue.Entry]) -> [TemplateValue.Entry] {
        let names = ["reasoning_content", "thinking", "reasoning"]
        let found = names.lazy.compactMap { name in fields.last { $0.key == name }?.value }.first
        guard let found else { return fields }
        let first = TemplateValue.Entry("thinking", found)
        return [first] + fields + [TemplateValue.Entry("reasoning_content", found)]
    }

    private static func text(ofPart part: TemplateValue) throws -> String {
        guard case .mapping(let entries) = part,
            entries.last(where: { $0.key == "type" })?.value == .text("text"),
            case .text(let text)? = entries.last(where: { $0.key == "text" })?.value
        else {
            throw RowFault.json(
                "a part of a message's content is no text: a part has the \"type\" \"text\" and a \"text\"")
        }
        return text
    }

    /// Whether it says something beside its content.
    var isMoreThanContent: Bool { fields.contains(where: Self.says) }

    /// The message with a text instead of all that it says.
    func saying(_ text: String) -> ChatMessage {
        ChatMessage(role: role, content: text, fields: fields.filter { $0.key != "content" && !Self.says($0) })
    }

    /// Whether an entry is part of what the message says, such as `tool_calls` or `reasoning_content`, and not of who says
    /// it or of what it answers.
    private static func says(_ entry: TemplateValue.Entry) -> Bool {
        guard !["content", "name", "tool_call_id"].contains(entry.key) else { return false }
        switch entry.value {
        case .none, .text(""), .list([]), .mapping([]): return false
        default: return true
        }
    }
}
