internal import Foundation
internal import Tokenization

/// The keys of a line with their values; of a key that stands twice the last one counts, and null is as if it were absent.
struct RowObject {
    private let values: [String: TemplateValue]

    /// - Throws: ``RowFault/json(_:)`` for a line that is no object.
    init(_ line: Data) throws {
        let value: TemplateValue
        do {
            value = try TemplateValue(json: Array(line))
        } catch {
            throw RowFault.json("it is no JSON object")
        }
        guard case .mapping(let entries) = value else {
            throw RowFault.json("it is \(value.kind); a line has to be an object, with keys and values")
        }
        let all = Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
        values = all.filter { $0.value != TemplateValue.none }
    }

    subscript(key: String) -> TemplateValue? { values[key] }

    func has(_ keys: String...) -> Bool { keys.allSatisfy { values[$0] != nil } }

    /// Which of the keys are there, and what stands under them.
    func found(of keys: [String]) -> [String] {
        keys.compactMap { key in values[key].map { "\"\(key)\" (\($0.kind))" } }
    }

    /// A text, or a whole number in its digits.
    func id() throws -> String? {
        switch values["id"] {
        case nil: nil
        case .text(let text): text
        case .integer(let number): String(number)
        case .some(let other): throw fault("id", other, "a text and a whole number")
        }
    }

    func label() throws -> Bool? {
        switch values["label"] {
        case nil: nil
        case .boolean(let value): value
        case .integer(0): false
        case .integer(1): true
        case .some(let other): throw fault("label", other, "true, false, 1 and 0")
        }
    }

    /// A list, or a text that holds one as JSON.
    func tools() throws -> TemplateValue? {
        var tools = values["tools"]
        if case .text(let json) = tools { tools = try? TemplateValue(json: Array(json.utf8)) }
        switch tools {
        case .list: return tools
        case nil where values["tools"] == nil, TemplateValue.none?: return nil
        default:
            let found = values["tools"]?.kind ?? "null"
            throw RowFault.json("\"tools\" is \(found); allowed are a list and a text that holds a list as JSON")
        }
    }

    /// `chat_template_kwargs`, which may hold none of the variables that a conversation itself gives.
    func templateVariables() throws -> [String: TemplateValue] {
        let key = "chat_template_kwargs"
        switch values[key] {
        case nil: return [:]
        case .mapping(let entries):
            let standard = ["messages", "tools", "add_generation_prompt", "bos_token", "eos_token"]
            if let taken = entries.map(\.key).first(where: standard.contains) {
                throw RowFault.json(
                    "\"\(key)\" has \"\(taken)\", which the conversation gives; allowed are further variables of the "
                        + "template")
            }
            return Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
        case .some(let other): throw fault(key, other, "an object")
        }
    }

    /// A text, a message, or a list of messages; nil where the key is absent.
    func turns(_ key: String) throws -> TrainingRow.Turns? {
        switch values[key] {
        case nil: nil
        case .text(let text): .text(text)
        case .mapping(let message): .messages([try ChatMessage(entries: message)])
        case .list(let messages): .messages(try messages.map(ChatMessage.init(json:)))
        case .some(let other): throw fault(key, other, "a text, a message and a list of messages")
        }
    }

    private func fault(_ key: String, _ found: TemplateValue, _ allowed: String) -> RowFault {
        .json("\"\(key)\" is \(found.kind); allowed are \(allowed)")
    }
}

extension TemplateValue {
    /// What it is, for messages.
    var kind: String {
        switch self {
        case .none: "null"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .float: "a number"
        case .text: "a text"
        case .list: "a list"
        case .mapping: "an object"
        }
    }
}
