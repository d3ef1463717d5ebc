/// A JSON value with the place that it starts at.
package struct JSONNode: Hashable, Sendable {
    package indirect enum Value: Hashable, Sendable {
        case null
        case boolean(Bool)
        /// As it is spelled, which the grammar of JSON allows.
        case number(String)
        case string(String)
        case array([JSONNode])
        case object(JSONObject)
    }

    package var value: Value
    /// Byte offset in the text that was parsed.
    package var offset: Int

    /// What the value is, for messages.
    package var kind: String {
        switch value {
        case .null: "null"
        case .boolean: "a Boolean"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    package var string: String? {
        if case .string(let text) = value { text } else { nil }
    }

    package var array: [JSONNode]? {
        if case .array(let nodes) = value { nodes } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = value { object } else { nil }
    }

    package var integer: Int? {
        if case .number(let text) = value { Int(text) } else { nil }
    }

    /// The text of a string, or a number or Boolean as it is spelled.
    package var scalarText: String? {
        switch value {
        case .string(let text), .number(let text): text
        case .boolean(let flag): String(flag)
        default: nil
        }
    }

    package var isNull: Bool {
        if case .null = value { true } else { false }
    }
}

/// The members of a JSON object, in the file's order; no key stands twice.
package struct JSONObject: Hashable, Sendable {
    package private(set) var keys: [String] = []
    private var nodes: [String: JSONNode] = [:]

    package subscript(key: String) -> JSONNode? { nodes[key] }

    /// Adds a member; false where the key is known.
    mutating func insert(_ key: String, _ node: JSONNode) -> Bool {
        guard nodes.updateValue(node, forKey: key) == nil else { return false }
        keys.append(key)
        return true
    }
}
