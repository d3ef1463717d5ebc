/// Takes typed members out of a JSON object; every complaint names the key.
struct ObjectReader {
    let object: JSONObject

    init(_ object: JSONObject) {
        self.object = object
    }

    /// One issue for each key that is not allowed, in the order of the object.
    func unknownKeys(allowed: [String]) -> [PromptSetIssue] {
        object.keys.filter { !allowed.contains($0) }.map { .unknownKey(key: $0, allowed: allowed) }
    }

    func text(_ key: String) throws(PromptSetIssue) -> String? {
        guard let node = object[key] else { return nil }
        guard let text = node.string else { throw .wrongType(key: key, found: node.kind, allowed: "a text") }
        return try Self.checked(text, key: key)
    }

    func requiredText(_ key: String) throws(PromptSetIssue) -> String {
        guard let text = try text(key) else { throw .missingKey(key: key) }
        return text
    }

    /// A text, where null and an empty text count as absent.
    func optionalText(_ key: String) throws(PromptSetIssue) -> String? {
        guard let node = object[key], !node.isNull, node.string?.isEmpty != true else { return nil }
        return try text(key)
    }

    /// A text or a list of texts.
    func texts(_ key: String) throws(PromptSetIssue) -> [String]? {
        guard let node = object[key] else { return nil }
        if let text = node.string { return [try Self.checked(text, key: key)] }
        guard let nodes = node.array else { throw .wrongType(key: key, found: node.kind, allowed: "a list of texts") }
        guard !nodes.isEmpty else { throw .emptyText(key: key) }
        var texts: [String] = []
        for node in nodes {
            guard let text = node.string else {
                throw .wrongType(key: key, found: "a list with \(node.kind) in it", allowed: "a list of texts")
            }
            texts.append(try Self.checked(text, key: key))
        }
        return texts
    }

    func requiredTexts(_ key: String) throws(PromptSetIssue) -> [String] {
        guard let texts = try texts(key) else { throw .missingKey(key: key) }
        return texts
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(PromptSetIssue) -> Int? {
        guard let node = object[key] else { return nil }
        guard let value = node.integer else {
            throw .wrongType(key: key, found: node.kind, allowed: "a whole number")
        }
        guard range.contains(value) else { throw .outOfRange(key: key, found: value, allowed: range) }
        return value
    }

    /// An object whose values are texts.
    func textTable(_ key: String) throws(PromptSetIssue) -> [String: String]? {
        guard let node = object[key] else { return nil }
        guard let members = node.object else {
            throw .wrongType(key: key, found: node.kind, allowed: "an object of texts")
        }
        var table: [String: String] = [:]
        for name in members.keys {
            guard let text = members[name]?.string else {
                let found = "an object with \(members[name]?.kind ?? "nothing") under \(name.prefix(40))"
                throw .wrongType(key: key, found: found, allowed: "an object of texts")
            }
            table[name] = text
        }
        return table
    }

    /// Turns of a conversation, the last one by the user.
    func messages(_ key: String) throws(PromptSetIssue) -> [PromptMessage]? {
        guard let node = object[key] else { return nil }
        guard let nodes = node.array else {
            throw .wrongType(key: key, found: node.kind, allowed: "a list of messages")
        }
        var messages: [PromptMessage] = []
        for node in nodes {
            guard let members = node.object else {
                throw .wrongType(key: key, found: "a list with \(node.kind) in it", allowed: "a list of objects")
            }
            messages.append(try Self.message(ObjectReader(members)))
        }
        guard let last = messages.last else { throw .emptyText(key: key) }
        guard last.role == "user" else { throw .lastRoleIsNotUser(role: last.role) }
        return messages
    }

    private static func message(_ reader: ObjectReader) throws(PromptSetIssue) -> PromptMessage {
        if let unknown = reader.unknownKeys(allowed: ["role", "content"]).first { throw unknown }
        let role = try reader.requiredText("role")
        let roles = ["system", "user", "assistant"]
        guard roles.contains(role) else { throw .unknownValue(key: "role", found: role, allowed: roles) }
        return PromptMessage(role: role, content: try reader.requiredText("content"))
    }

    private static func checked(_ text: String, key: String) throws(PromptSetIssue) -> String {
        if text.unicodeScalars.contains("\0") { throw .nulInText(key: key) }
        if text.unicodeScalars.allSatisfy(\.properties.isWhitespace) { throw .emptyText(key: key) }
        return text
    }
}
