/// Python's `str.format`.
struct BraceFormat {
    let interpreter: JinjaInterpreter

    func apply(_ format: TracedText, to arguments: JinjaArguments) throws -> TracedText {
        var counter = 0
        var output = try expand(format, arguments, counter: &counter, depth: 0)
        output.isMarkup = format.isMarkup
        return output
    }

    private func expand(
        _ format: TracedText,
        _ arguments: JinjaArguments,
        counter: inout Int,
        depth: Int
    ) throws -> TracedText {
        guard depth < 2 else { throw JinjaFailure.valueError("Max string recursion exceeded") }
        var output = TracedText()
        var index = 0
        while index < format.count {
            let scalar = format.scalars[index]
            let isDoubled = index + 1 < format.count && format.scalars[index + 1] == scalar
            if scalar == "{" || scalar == "}", isDoubled {
                output.append(format, range: index..<index + 1)
                index += 2
            } else if scalar == "}" {
                throw JinjaFailure.valueError("Single '}' encountered in format string")
            } else if scalar == "{" {
                let field = try field(in: format, at: &index)
                output.append(try replace(field, arguments, counter: &counter, depth: depth))
                try interpreter.checkTextLength(output.count)
            } else {
                output.append(scalar, origin: format.origin(at: index))
                index += 1
            }
        }
        return output
    }

    /// The text between the braces that open at `index`.
    private func field(in format: TracedText, at index: inout Int) throws -> TracedText {
        let start = index + 1
        var depth = 0
        while index < format.count {
            if format.scalars[index] == "{" { depth += 1 }
            if format.scalars[index] == "}" { depth -= 1 }
            index += 1
            if depth == 0 { return format[start..<index - 1] }
        }
        throw JinjaFailure.valueError(
            start == format.count ? "Single '{' encountered in format string" : "expected '}' before end of string"
        )
    }

    private func replace(
        _ field: TracedText,
        _ arguments: JinjaArguments,
        counter: inout Int,
        depth: Int
    ) throws -> TracedText {
        let all = 0..<field.count
        let colon = field.firstIndex(of: TracedText(":"), in: all) ?? field.count
        let mark = field.firstIndex(of: TracedText("!"), in: 0..<colon)
        var value = try self.value(field[0..<(mark ?? colon)], arguments, counter: &counter)
        if let mark {
            switch field[mark + 1..<colon].string {
            case "s": value = .text(try interpreter.string(value))
            case "r", "a": value = .text(try interpreter.representation(value))
            default: throw JinjaFailure.valueError("Unknown conversion specifier")
            }
        }
        let rest = colon < field.count ? field[from: colon + 1] : TracedText()
        let specification = try expand(rest, arguments, counter: &counter, depth: depth + 1)
        return try FormatSpecification(specification, interpreter: interpreter).apply(to: value)
    }

    /// Looks up `name`, `0` or nothing, followed by `.attribute` and `[item]`.
    private func value(_ path: TracedText, _ arguments: JinjaArguments, counter: inout Int) throws -> JinjaValue {
        let end = path.scalars.firstIndex { $0 == "." || $0 == "[" } ?? path.count
        var value = try argument(path[0..<end].string, arguments, counter: &counter)
        var index = end
        while index < path.count {
            let isItem = path.scalars[index] == "["
            let start = index + 1
            index = start
            while index < path.count,
                isItem ? path.scalars[index] != "]" : !".[".unicodeScalars.contains(path.scalars[index])
            {
                index += 1
            }
            let name = path[start..<index]
            guard !name.isEmpty else { throw JinjaFailure.valueError("Empty attribute in format string") }
            if isItem {
                guard index < path.count else { throw JinjaFailure.valueError("Missing ']' in format string") }
                index += 1
                let key = name.isAll(\.isASCIIDigit) ? Int(name.string).map { JinjaValue.integer($0) } : nil
                value = try interpreter.item(key ?? .text(name), of: value)
            } else {
                value = try interpreter.attribute(name.string, of: value)
            }
        }
        return value
    }

    private func argument(_ name: String, _ arguments: JinjaArguments, counter: inout Int) throws -> JinjaValue {
        let position = name.isEmpty ? counter : Int(name)
        if name.isEmpty { counter += 1 }
        if let position {
            guard arguments.positional.indices.contains(position) else {
                throw JinjaFailure.python(type: "IndexError", message: "tuple index out of range")
            }
            return arguments.positional[position]
        }
        guard let found = arguments.named.first(where: { $0.name == name }) else {
            throw JinjaFailure.python(type: "KeyError", message: name.pythonQuoted)
        }
        return found.value
    }
}

/// What follows the colon in a field of `str.format`.
private struct FormatSpecification {
    private let interpreter: JinjaInterpreter
    private var layout = NumberLayout()
    private var conversion: Unicode.Scalar?
    private let isEmpty: Bool

    init(_ text: TracedText, interpreter: JinjaInterpreter) throws {
        self.interpreter = interpreter
        isEmpty = text.isEmpty
        var rest = text.scalars[...]
        parseAlignment(&rest)
        if let sign = rest.first, sign == "+" || sign == "-" || sign == " " {
            layout.sign = sign == "-" ? nil : sign
            rest.removeFirst()
        }
        layout.isAlternate = Self.take("#", from: &rest)
        layout.isZeroPadded = Self.take("0", from: &rest)
        layout.width = try Self.number(&rest) ?? 0
        for separator: Unicode.Scalar in [",", "_"] where Self.take(separator, from: &rest) {
            layout.grouping = separator
        }
        if Self.take(".", from: &rest) {
            guard let precision = try Self.number(&rest) else {
                throw JinjaFailure.valueError("Format specifier missing precision")
            }
            layout.precision = precision
        }
        try interpreter.checkTextLength(max(layout.width, layout.precision ?? 0))
        conversion = rest.popFirst()
        guard rest.isEmpty else { throw JinjaFailure.valueError("Invalid format specifier") }
    }

    private mutating func parseAlignment(_ rest: inout ArraySlice<Unicode.Scalar>) {
        if rest.count > 1, let alignment = NumberLayout.Alignment(rawValue: Character(rest[rest.startIndex + 1])) {
            layout.fill = rest.removeFirst()
            layout.alignment = alignment
            rest.removeFirst()
        } else if let first = rest.first, let alignment = NumberLayout.Alignment(rawValue: Character(first)) {
            layout.alignment = alignment
            rest.removeFirst()
        }
    }

    private static func take(_ scalar: Unicode.Scalar, from rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
        let digits = rest.prefix(while: \.isASCIIDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        guard let number = Int(TracedText(digits, origin: .template).string) else {
            throw JinjaFailure.valueError("Too many decimal digits in format string")
        }
        return number
    }

    func apply(to value: JinjaValue) throws -> TracedText {
        if isEmpty { return try interpreter.string(value) }
        switch value {
        case .text(let text):
            guard conversion == nil || conversion == "s" else { throw unknown(value) }
            return layout.padded(text[0..<min(text.count, layout.precision ?? .max)], standard: .left)
        case .boolean, .integer: return try format(value.integerValue ?? 0, value)
        case .float(let number): return try format(number, value)
        default:
            throw JinjaFailure.typeError("unsupported format string passed to \(value.typeName).__format__")
        }
    }

    private func format(_ number: Int, _ value: JinjaValue) throws -> TracedText {
        switch conversion {
        case nil, "d", "n": layout.integer(number, radix: 10, isUppercase: false)
        case "b": layout.integer(number, radix: 2, isUppercase: false, prefix: "0b")
        case "o": layout.integer(number, radix: 8, isUppercase: false, prefix: "0o")
        case "x": layout.integer(number, radix: 16, isUppercase: false, prefix: "0x")
        case "X": layout.integer(number, radix: 16, isUppercase: true, prefix: "0X")
        default: try format(Double(number), value)
        }
    }

    private func format(_ number: Double, _ value: JinjaValue) throws -> TracedText {
        guard let conversion else {
            if layout.precision != nil { return layout.float(number, conversion: "g") }
            return layout.number(isNegative: number.sign == .minus, digits: number.magnitude.pythonRepresentation)
        }
        guard "eEfFgG%".unicodeScalars.contains(conversion) else { throw unknown(value) }
        return layout.float(number, conversion: Character(conversion))
    }

    private func unknown(_ value: JinjaValue) -> JinjaFailure {
        let code = conversion.map { "\($0)" } ?? ""
        return .valueError("Unknown format code '\(code)' for object of type \(value.typeName.pythonQuoted)")
    }
}
