public import Tokenization

/// One line of a training file, in the shapes that TRL reads: `messages`, `text`, `prompt` with `completion` or with
/// `chosen` and `rejected`, and `label`.
public struct TrainingRow: Decodable, Hashable, Sendable {
    /// A text, or turns of a conversation.
    public enum Turns: Hashable, Sendable {
        case text(String)
        case messages([ChatMessage])
    }

    public var id: String?
    public var text: String?
    public var messages: [ChatMessage]?
    public var prompt: Turns?
    public var completion: Turns?
    public var chosen: Turns?
    public var rejected: Turns?
    /// Whether the completion is one to learn from.
    public var label: Bool?
    /// Whether the last answer would go on: then nothing is learned of where it ends.
    public var truncated: Bool?
    /// How much each of its targets counts; 1 where absent.
    public var weight: Float?

    var isCut: Bool { truncated ?? false }
}

extension TrainingRow.Turns: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .messages(try container.decode([ChatMessage].self))
        }
    }
}
