internal import TextFormats

/// A JSON document whose members keep their order, so that equal reports are equal files.
indirect enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case unsigned(UInt64)
    /// Null where the number is not finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    static func number(_ value: Double?) -> JSONValue { value.map { JSONValue.number($0) } ?? .null }
    static func string(_ value: String?) -> JSONValue { value.map { JSONValue.string($0) } ?? .null }
    static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// The document with two spaces of indentation and a line end.
    var text: String {
        var result = ""
        write(to: &result, indent: "")
        return result + "\n"
    }

    private func write(to output: inout String, indent: String) {
        switch self {
        case .null: output += "null"
        case .boolean(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .unsigned(let value): output += String(value)
        case .number(let value): output += value.isFinite ? String(value) : "null"
        case .string(let value): output += quoted(value)
        case .array(let values): writeArray(values, to: &output, indent: indent)
        case .object(let members): writeObject(members, to: &output, indent: indent)
        }
    }

    private func writeArray(_ values: [JSONValue], to output: inout String, indent: String) {
        guard !values.isEmpty else { return output += "[]" }
        let plain = values.allSatisfy(\.isPlain)
        let inner = indent + "  "
        output += "["
        for (index, value) in values.enumerated() {
            if index > 0 { output += plain ? ", " : "," }
            if !plain { output += "\n" + inner }
            value.write(to: &output, indent: inner)
        }
        output += plain ? "]" : "\n" + indent + "]"
    }

    private func writeObject(_ members: [(String, JSONValue)], to output: inout String, indent: String) {
        guard !members.isEmpty else { return output += "{}" }
        let inner = indent + "  "
        output += "{\n"
        for (index, member) in members.enumerated() {
            output += inner + quoted(member.0) + ": "
            member.1.write(to: &output, indent: inner)
            output += index < members.count - 1 ? ",\n" : "\n"
        }
        output += indent + "}"
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}

/// A JSON string; hidden characters and `<` are written as escapes, which every reader undoes.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "<": result += "\\u003c"
        case _ where isHidden(scalar, keepingLines: false):
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
