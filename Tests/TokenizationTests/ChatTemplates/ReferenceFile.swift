import Foundation
import TestSupport
import Tokenization

/// What `scripts/reference/chat_templates.py` wrote: templates with what jinja2 makes of them.
struct ConversationFile: Decodable {
    struct Conversation: Decodable {
        var name: String
        var messages: [Message]
    }

    struct Message: Decodable {
        var role: String
        var content: String
        var fields: PortableValue?

        var chatMessage: ChatMessage {
            guard case .mapping(let entries)? = fields?.value else { return ChatMessage(role: role, content: content) }
            return ChatMessage(role: role, content: content, fields: entries)
        }
    }

    struct Group: Decodable {
        var name: String
        var template: String
        var cases: [Case]
    }

    struct Case: Decodable {
        var conversation: String
        var adds: Bool
        var variables: Int
        var text: String?
        var error: ReferenceError?
    }

    var now: Int
    var conversations: [Conversation]
    var variables: [PortableValue]
    var groups: [Group]
}

/// The small templates, one feature each.
struct FeatureFile: Decodable {
    struct Group: Decodable {
        var name: String
        var cases: [Case]
    }

    struct Case: Decodable {
        var template: String
        var text: String?
        var error: ReferenceError?
    }

    var now: Int
    var messages: [ChatMessage]
    var variables: PortableValue
    var groups: [Group]
}

/// How jinja2 failed.
struct ReferenceError: Decodable, Equatable {
    var kind: String
    var message: String
    var line: Int?
}

/// A value in which mappings keep their order and floats stay floats.
struct PortableValue: Decodable {
    var value: TemplateValue

    private struct Pair: Decodable {
        var key: String
        var value: PortableValue
    }

    private enum Keys: String, CodingKey {
        case pairs
        case float
    }

    init(from decoder: any Decoder) throws {
        if let keyed = try? decoder.container(keyedBy: Keys.self) {
            if let float = try? keyed.decode(String.self, forKey: .float) {
                value = .float(Double(float) ?? .nan)
            } else {
                let pairs = try keyed.decode([Pair].self, forKey: .pairs)
                value = .mapping(pairs.map { TemplateValue.Entry($0.key, $0.value.value) })
            }
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .none
        } else if let boolean = try? container.decode(Bool.self) {
            value = .boolean(boolean)
        } else if let integer = try? container.decode(Int.self) {
            value = .integer(integer)
        } else if let text = try? container.decode(String.self) {
            value = .text(text)
        } else {
            value = .list(try container.decode([PortableValue].self).map(\.value))
        }
    }

    /// The entries of a mapping as the variables of a template.
    var variables: [String: TemplateValue] {
        guard case .mapping(let entries) = value else { return [:] }
        return Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
    }
}

extension ReferenceError {
    /// Our error in the reference's words; runtime errors have no line there.
    init(_ error: ChatTemplateError) {
        switch error {
        case .syntax(let message, let line): self.init(kind: "syntax", message: message, line: line)
        case .undefined(let message, _): self.init(kind: "undefined", message: message)
        case .raised(let message, _): self.init(kind: "raised", message: message)
        case .forbidden(let message, _): self.init(kind: "forbidden", message: message)
        case .operation(let type, let message, _): self.init(kind: type, message: message)
        default: self.init(kind: "other", message: error.description)
        }
    }
}

/// What a rendering gave: text, or an error.
enum Outcome: Equatable, CustomStringConvertible {
    case text(String)
    case failure(ReferenceError)

    init(text: String?, error: ReferenceError?) {
        self = error.map(Outcome.failure) ?? .text(text ?? "")
    }

    init(_ body: () throws(ChatTemplateError) -> RenderedText) {
        do throws(ChatTemplateError) {
            self = .text(try body().text)
        } catch {
            self = .failure(ReferenceError(error))
        }
    }

    /// Equality of code points: Swift holds texts equal that differ in them.
    static func == (left: Outcome, right: Outcome) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.unicodeScalars.elementsEqual(right.unicodeScalars)
        case (.failure(let left), .failure(let right)):
            left.kind == right.kind && left.message == right.message
                && (left.line == nil || right.line == nil || left.line == right.line)
        default: false
        }
    }

    var description: String {
        switch self {
        case .text(let text): "text \(text.debugDescription)"
        case .failure(let error): "\(error.kind)(\(error.line ?? 0)): \(error.message)"
        }
    }
}

extension ConversationFile {
    /// Renders every case and describes those that differ from the reference.
    func differences(of group: Group) -> [String] {
        group.cases.compactMap { item in
            guard let conversation = conversations.first(where: { $0.name == item.conversation }) else {
                return "no conversation \(item.conversation)"
            }
            let actual = Outcome { () throws(ChatTemplateError) in
                try ChatTemplate(source: group.template).render(
                    messages: conversation.messages.map(\.chatMessage),
                    addGenerationPrompt: item.adds,
                    boundaryTokens: ChatTemplate.BoundaryTokens(bos: "<s>", eos: "</s>"),
                    variables: variables[item.variables].variables,
                    now: CivilTime(secondsSince1970: now)
                )
            }
            let expected = Outcome(text: item.text, error: item.error)
            if actual == expected { return nil }
            return "\(group.name), \(item.conversation), \(item.adds), \(item.variables):\n  \(actual)\n  \(expected)"
        }
    }
}

extension FeatureFile {
    func differences(of group: Group) -> [String] {
        group.cases.compactMap { item in
            let actual = Outcome { () throws(ChatTemplateError) in
                try ChatTemplate(source: item.template).render(
                    messages: messages,
                    addGenerationPrompt: true,
                    boundaryTokens: ChatTemplate.BoundaryTokens(bos: "<s>", eos: "</s>"),
                    variables: variables.variables,
                    now: CivilTime(secondsSince1970: now)
                )
            }
            let expected = Outcome(text: item.text, error: item.error)
            return actual == expected ? nil : "\(item.template)\n  \(actual)\n  \(expected)"
        }
    }
}
