public import Tokenization

/// One line of a training file, in the shapes that TRL reads: `messages`, `text`, `prompt` with `completion` or with
/// `chosen` and `rejected`, and `label`.
public struct TrainingRow: Hashable, Sendable {
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
    /// What the template of a conversation sees as `tools`; nil without any.
    public var tools: TemplateValue?
    /// Further variables of that template, by name.
    public var templateVariables: [String: TemplateValue] = [:]
    /// Whether the completion is one to learn from.
    public var label: Bool?
    /// Whether the last answer would go on: then nothing is learned of where it ends.
    public var truncated: Bool?
    /// How much each of its targets counts; 1 where absent.
    public var weight: Float?
    /// How much the first token of the last answer counts, in units of its other targets; 1 where absent.
    public var firstWeight: Float?
    /// What the last answer is not to begin with.
    public var unlikely: UnlikelyBeginning?

    var isCut: Bool { truncated ?? false }

    /// Weights that it names, beside which all others are 1.
    var namedWeights: [Float] { [weight, firstWeight, unlikely?.weight].compactMap(\.self) }

    /// The same row, its last answer another one that goes on.
    func beginning(with text: String) -> TrainingRow {
        var row = self
        row.truncated = true
        row.messages = messages?.answering(text)
        switch completion {
        case .text: row.completion = .text(text)
        case .messages(let messages): row.completion = .messages(messages.answering(text))
        case nil: break
        }
        return row
    }
}

/// A text whose first token is to become less likely where an answer begins.
public struct UnlikelyBeginning: Hashable, Sendable {
    public var text: String
    /// In units of the row's targets; 1 where absent.
    public var weight: Float?
}

extension UnlikelyBeginning: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable { case text, weight }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let known = CodingKeys.allCases.map(\.rawValue)
        let found = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted()
        if let unknown = found.first(where: { !known.contains($0) }) {
            throw RowFault.json("\"unlikely\" has a key \"\(unknown)\"; allowed are \(known.joined(separator: ", "))")
        }
        guard container.contains(.text) else { throw RowFault.json("\"unlikely\" lacks \"text\"") }
        text = try container.decode(String.self, forKey: .text)
        weight = try container.decodeIfPresent(Float.self, forKey: .weight)
    }
}

/// Any key of an object.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension [ChatMessage] {
    /// The same messages, the assistant's last one saying something else, and nothing beside it.
    fileprivate func answering(_ text: String) -> [ChatMessage] {
        var messages = self
        if let last = lastIndex(where: { $0.role == "assistant" }) { messages[last] = messages[last].saying(text) }
        return messages
    }
}
