/// Writes values as JSON the way Python's `json.dumps` does, without escaping what is not ASCII unless asked.
struct JSONText {
    private let interpreter: JinjaInterpreter
    private var escapesNonASCII = false
    private var indentation: TracedText?
    private var itemSeparator = TracedText(", ")
    private var keySeparator = TracedText(": ")
    private var sortsKeys = false

    /// Takes the arguments of the `tojson` filter.
    init(interpreter: JinjaInterpreter, arguments: JinjaArguments) throws {
        self.interpreter = interpreter
        let names = ["ensure_ascii", "indent", "separators", "sort_keys"]
        let values = try arguments.bound(to: names, of: "tojson")
        escapesNonASCII = values[0]?.isTrue ?? false
        sortsKeys = values[3]?.isTrue ?? false
        if let indent = values[1], !indent.isNone {
            indentation = try Self.indentation(indent, interpreter)
            itemSeparator = TracedText(",")
        }
        if let separators = values[2], !separators.isNone {
            let pair = try interpreter.items(of: separators)
            guard pair.count == 2, case .text(let item) = pair[0], case .text(let key) = pair[1] else {
                throw JinjaFailure.valueError("separators must be a pair of strings")
            }
            itemSeparator = item
            keySeparator = key
        }
    }

    private static func indentation(_ value: JinjaValue, _ interpreter: JinjaInterpreter) throws -> TracedText {
        if case .text(let text) = value { return text }
        let width = max(0, try JinjaFilters.integer(value, default: 0))
        try interpreter.checkTextLength(width)
        return TracedText(String(repeating: " ", count: width))
    }

    func text(of value: JinjaValue) throws -> TracedText {
        var output = TracedText()
        try write(value, to: &output, level: 0)
        return output
    }

    private func write(_ value: JinjaValue, to output: inout TracedText, level: Int) throws {
        try interpreter.charge(1)
        try interpreter.checkTextLength(output.count)
        switch value {
        case .none: output.append("null")
        case .boolean(let value): output.append(value ? "true" : "false")
        case .integer(let value): output.append(String(value))
        case .float(let value): output.append(Self.spelling(of: value))
        case .text(let text): output.append(quoted(text))
        case .list(let sequence), .tuple(let sequence):
            try write(sequence.items, between: "[", "]", to: &output, level: level) { item, output in
                try write(item, to: &output, level: level + 1)
            }
        case .mapping(let mapping):
            try write(members(of: mapping), between: "{", "}", to: &output, level: level) { member, output in
                output.append(quoted(member.key))
                output.append(keySeparator)
                try write(member.value, to: &output, level: level + 1)
            }
        default:
            throw JinjaFailure.typeError("Object of type \(value.typeName) is not JSON serializable")
        }
    }

    private func write<Item>(
        _ items: [Item],
        between opening: String,
        _ closing: String,
        to output: inout TracedText,
        level: Int,
        _ writeItem: (Item, inout TracedText) throws -> Void
    ) throws {
        output.append(opening)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(itemSeparator) }
            try breakLine(&output, level: level + 1)
            try writeItem(item, &output)
        }
        if !items.isEmpty { try breakLine(&output, level: level) }
        output.append(closing)
    }

    private func breakLine(_ output: inout TracedText, level: Int) throws {
        guard let indentation else { return }
        try interpreter.checkTextLength(output.count + level * indentation.count)
        output.append("\n")
        for _ in 0..<level { output.append(indentation) }
    }

    private func members(of mapping: JinjaMapping) throws -> [(key: TracedText, value: JinjaValue)] {
        var keys = mapping.keys.indices.map { $0 }
        if sortsKeys {
            try keys.sort { try mapping.keys[$0].isOrdered(.less, mapping.keys[$1]) }
        }
        return try keys.map { (try name(mapping.keys[$0]), mapping.values[$0]) }
    }

    private func name(_ key: JinjaValue) throws -> TracedText {
        switch key {
        case .text(let text): return text
        case .none: return TracedText("null")
        case .boolean(let value): return TracedText(value ? "true" : "false")
        case .integer(let value): return TracedText(String(value))
        case .float(let value): return TracedText(Self.spelling(of: value))
        default:
            throw JinjaFailure.typeError("keys must be str, int, float, bool or None, not \(key.typeName)")
        }
    }

    private static func spelling(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.pythonRepresentation
    }

    private func quoted(_ text: TracedText) -> TracedText {
        var result = TracedText("\"")
        var body = text.mapScalars { _, scalar, output in
            if let escape = escape(scalar) {
                output.append(contentsOf: escape.unicodeScalars)
            } else {
                output.append(scalar)
            }
        }
        body.isMarkup = false
        result.append(body)
        result.append("\"")
        return result
    }

    private func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{8}": "\\b"
        case "\u{C}": "\\f"
        case _ where scalar.value < 0x20 || (escapesNonASCII && scalar.value > 0x7E):
            String(scalar).utf16.map { "\\u" + UInt32($0).hexadecimal(width: 4) }.joined()
        default: nil
        }
    }
}
