internal import Foundation

/// A JSON value as a verifier compares it: numbers by value, objects without order.
indirect enum JSONDocument: Decodable, Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONDocument])
    case object([String: JSONDocument])

    /// Most bytes of a document.
    static let byteLimit = 1 << 20

    /// Nil where the text is not one JSON value.
    init?(_ text: String) {
        guard text.utf8.count <= Self.byteLimit,
            let value = try? JSONDecoder().decode(JSONDocument.self, from: Data(text.utf8))
        else { return nil }
        self = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONDocument].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONDocument].self))
        }
    }

    /// The name of its type in a schema; `integer` is a number without a fraction.
    var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    var isInteger: Bool {
        if case .number(let value) = self { value.rounded() == value && value.isFinite } else { false }
    }
}
