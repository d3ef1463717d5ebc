extension String {
    /// Python's `repr` of the text.
    var pythonQuoted: String { TracedText(self).pythonRepresentation.string }
}

extension TracedText {
    /// Python's `repr`: quoted, with what cannot be seen escaped.
    var pythonRepresentation: TracedText {
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        var result = TracedText()
        result.append(quote, origin: .template)
        result.append(
            mapScalars { _, scalar, output in
                if scalar == quote || scalar == "\\" {
                    output.append("\\")
                    output.append(scalar)
                } else if scalar.isPythonPrintable {
                    output.append(scalar)
                } else {
                    output.append(contentsOf: scalar.pythonEscape.unicodeScalars)
                }
            }
        )
        result.append(quote, origin: .template)
        return result
    }

    /// The text with the characters that mean something in HTML escaped, unless it is marked as safe.
    func escapedUnlessMarkup() -> TracedText { isMarkup ? self : escaped() }

    func escaped() -> TracedText {
        var result = mapScalars { _, scalar, output in
            switch scalar {
            case "&": output.append(contentsOf: "&amp;".unicodeScalars)
            case "<": output.append(contentsOf: "&lt;".unicodeScalars)
            case ">": output.append(contentsOf: "&gt;".unicodeScalars)
            case "'": output.append(contentsOf: "&#39;".unicodeScalars)
            case "\"": output.append(contentsOf: "&#34;".unicodeScalars)
            default: output.append(scalar)
            }
        }
        result.isMarkup = true
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var pythonEscape: String {
        switch self {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch value {
        case 0..<0x100: return "\\x" + value.hexadecimal(width: 2)
        case 0..<0x10000: return "\\u" + value.hexadecimal(width: 4)
        default: return "\\U" + value.hexadecimal(width: 8)
        }
    }
}

extension UInt32 {
    /// Lower-case hexadecimal digits, at least `width` of them.
    func hexadecimal(width: Int) -> String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}

extension JinjaInterpreter {
    /// Python's `str(value)`.
    func string(_ value: JinjaValue) throws -> TracedText {
        switch value {
        case .text(var text):
            text.isMarkup = false
            return text
        case .undefined: return TracedText()
        default: return try representation(value)
        }
    }

    /// Python's `repr(value)`.
    func representation(_ value: JinjaValue) throws -> TracedText {
        var result = TracedText()
        try writeRepresentation(of: value, to: &result, depth: 0)
        return result
    }

    private func writeRepresentation(of value: JinjaValue, to output: inout TracedText, depth: Int) throws {
        try charge(1)
        try checkTextLength(output.count)
        guard depth < limits.nesting else { throw JinjaFailure.limit(.nesting, allowed: limits.nesting) }
        switch value {
        case .undefined: output.append("Undefined")
        case .none: output.append("None")
        case .boolean(let value): output.append(value ? "True" : "False")
        case .integer(let value): output.append(String(value))
        case .float(let value): output.append(value.pythonRepresentation)
        case .text(let text):
            output.append(text.isMarkup ? "Markup(" : "")
            output.append(text.pythonRepresentation)
            output.append(text.isMarkup ? ")" : "")
        case .list(let sequence): try write(sequence.items, between: "[", "]", to: &output, depth: depth)
        case .tuple(let sequence):
            let closing = sequence.items.count == 1 ? ",)" : ")"
            try write(sequence.items, between: "(", closing, to: &output, depth: depth)
        case .mapping(let mapping): try write(mapping, to: &output, depth: depth)
        case .view(let view):
            output.append(view.kind.rawValue)
            try write(view.items(limits: limits), between: "([", "])", to: &output, depth: depth)
        case .range(let range): output.append(range.pythonRepresentation)
        case .iterator: output.append("<generator object>")
        case .namespace(let namespace): try write(namespace, to: &output, depth: depth)
        case .loop(let loop): output.append("<LoopContext \(loop.index0 + 1)/\(try loop.length())>")
        case .macro(let macro): output.append("<Macro \(macro.definition.name?.pythonQuoted ?? "anonymous")>")
        case .function(let function): output.append("<function \(function.name)>")
        }
    }

    private func write(
        _ items: [JinjaValue],
        between opening: String,
        _ closing: String,
        to output: inout TracedText,
        depth: Int
    ) throws {
        output.append(opening)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(", ") }
            try writeRepresentation(of: item, to: &output, depth: depth + 1)
        }
        output.append(closing)
    }

    private func write(_ mapping: JinjaMapping, to output: inout TracedText, depth: Int) throws {
        output.append("{")
        for index in 0..<mapping.count {
            if index > 0 { output.append(", ") }
            try writeRepresentation(of: mapping.keys[index], to: &output, depth: depth + 1)
            output.append(": ")
            try writeRepresentation(of: mapping.values[index], to: &output, depth: depth + 1)
        }
        output.append("}")
    }

    private func write(_ namespace: JinjaNamespace, to output: inout TracedText, depth: Int) throws {
        var mapping = JinjaMapping()
        for name in namespace.values.keys.sorted() {
            guard let value = namespace.values[name] else { continue }
            try mapping.set(.text(name), to: value, limits: limits)
        }
        output.append("<Namespace ")
        try write(mapping, to: &output, depth: depth + 1)
        output.append(">")
    }
}

extension JinjaRange {
    fileprivate var pythonRepresentation: String {
        step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))"
    }
}
