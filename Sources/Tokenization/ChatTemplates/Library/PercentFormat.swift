/// Python's `format % values`.
struct PercentFormat {
    let interpreter: JinjaInterpreter

    /// The `format` filter.
    func apply(_ format: TracedText, _ arguments: JinjaArguments) throws -> TracedText {
        guard !arguments.named.isEmpty else {
            let values = try JinjaSequence(arguments.positional, limits: interpreter.limits)
            return try apply(format, to: .tuple(values))
        }
        guard arguments.positional.isEmpty else {
            throw JinjaFailure.filterArgument(
                "can't handle positional and keyword arguments at the same time"
            )
        }
        var mapping = JinjaMapping()
        for (name, value) in arguments.named {
            try mapping.set(.text(name), to: value, limits: interpreter.limits)
        }
        return try apply(format, to: .mapping(mapping))
    }

    func apply(_ format: TracedText, to value: JinjaValue) throws -> TracedText {
        var values = Values(value)
        var output = TracedText()
        var index = 0
        while index < format.count {
            let start = index
            while index < format.count, format.scalars[index] != "%" { index += 1 }
            output.append(format, range: start..<index)
            guard index < format.count else { break }
            output.append(try directive(in: format, at: &index, values: &values))
            try interpreter.checkTextLength(output.count)
        }
        guard values.areUsedUp else {
            throw JinjaFailure.typeError("not all arguments converted during string formatting")
        }
        output.isMarkup = format.isMarkup
        return output
    }

    /// The values in the order in which directives take them.
    private struct Values {
        let source: JinjaValue
        private var rest: ArraySlice<JinjaValue>
        private let isLookedUpByName: Bool

        init(_ source: JinjaValue) {
            self.source = source
            if case .tuple(let sequence) = source { rest = sequence.items[...] } else { rest = [source] }
            switch source {
            case .mapping, .list, .undefined, .range: isLookedUpByName = true
            default: isLookedUpByName = false
            }
        }

        var areUsedUp: Bool { rest.isEmpty || isLookedUpByName }

        mutating func next() throws -> JinjaValue {
            guard let value = rest.popFirst() else {
                throw JinjaFailure.typeError("not enough arguments for format string")
            }
            return value
        }

        func named(_ name: TracedText) throws -> JinjaValue {
            guard case .mapping(let mapping) = source else {
                throw JinjaFailure.typeError("format requires a mapping")
            }
            guard let value = try mapping.value(of: .text(name)) else {
                throw JinjaFailure.python(type: "KeyError", message: name.redacted.pythonQuoted)
            }
            return value
        }
    }

    private func directive(
        in format: TracedText,
        at index: inout Int,
        values: inout Values
    ) throws -> TracedText {
        index += 1
        var value: JinjaValue?
        if index < format.count, format.scalars[index] == "(" {
            value = try values.named(try name(in: format, at: &index))
        }
        var layout = flags(in: format, at: &index)
        if let width = try number(in: format, at: &index, values: &values) {
            layout.width = width.magnitude > Int.max ? Int.max : Int(width.magnitude)
            if width < 0 { layout.alignment = .left }
        }
        if index < format.count, format.scalars[index] == "." {
            index += 1
            layout.precision = max(0, try number(in: format, at: &index, values: &values) ?? 0)
        }
        try interpreter.checkTextLength(max(layout.width, layout.precision ?? 0))
        while index < format.count, "hlL".unicodeScalars.contains(format.scalars[index]) { index += 1 }
        guard index < format.count else { throw JinjaFailure.valueError("incomplete format") }
        let conversion = format.scalars[index]
        index += 1
        if conversion == "%" { return TracedText("%") }
        return try convert(try value ?? values.next(), by: conversion, at: index - 1, layout)
    }

    private func name(in format: TracedText, at index: inout Int) throws -> TracedText {
        var depth = 1
        let start = index + 1
        index = start
        while index < format.count {
            if format.scalars[index] == "(" { depth += 1 }
            if format.scalars[index] == ")" { depth -= 1 }
            index += 1
            if depth == 0 { return format[start..<index - 1] }
        }
        throw JinjaFailure.valueError("incomplete format key")
    }

    private func flags(in format: TracedText, at index: inout Int) -> NumberLayout {
        var layout = NumberLayout()
        while index < format.count {
            switch format.scalars[index] {
            case "-": layout.alignment = .left
            case "+": layout.sign = "+"
            case " ": layout.sign = layout.sign ?? " "
            case "#": layout.isAlternate = true
            case "0": layout.isZeroPadded = true
            default: return layout
            }
            index += 1
        }
        return layout
    }

    /// Digits, or `*` for the next value.
    private func number(in format: TracedText, at index: inout Int, values: inout Values) throws -> Int? {
        if index < format.count, format.scalars[index] == "*" {
            index += 1
            guard let number = try values.next().integerValue else { throw JinjaFailure.typeError("* wants int") }
            return number
        }
        let start = index
        while index < format.count, format.scalars[index].isASCIIDigit { index += 1 }
        guard index > start else { return nil }
        guard let number = Int(format[start..<index].string) else { throw JinjaFailure.valueError("width too big") }
        return number
    }

    private func convert(
        _ value: JinjaValue,
        by conversion: Unicode.Scalar,
        at index: Int,
        _ layout: NumberLayout
    ) throws -> TracedText {
        switch conversion {
        case "s": return text(try interpreter.string(value), layout)
        case "r", "a": return text(try interpreter.representation(value), layout)
        case "c": return text(try character(value), layout)
        case "d", "i", "u": return layout.integer(try decimal(value, conversion), radix: 10, isUppercase: false)
        case "x": return layout.integer(try whole(value, conversion), radix: 16, isUppercase: false, prefix: "0x")
        case "X": return layout.integer(try whole(value, conversion), radix: 16, isUppercase: true, prefix: "0X")
        case "o": return layout.integer(try whole(value, conversion), radix: 8, isUppercase: false, prefix: "0o")
        case "e", "E", "f", "F", "g", "G":
            guard let number = JinjaNumber(value) else {
                if case .undefined(let undefined) = value { throw undefined.failure }
                throw JinjaFailure.typeError("must be real number, not \(value.typeName)")
            }
            return layout.float(number.double, conversion: Character(conversion))
        default:
            let code = conversion.value.hexadecimal(width: 1)
            throw JinjaFailure.valueError(
                "unsupported format character '\(conversion)' (0x\(code)) at index \(index)"
            )
        }
    }

    private func text(_ text: TracedText, _ layout: NumberLayout) -> TracedText {
        layout.padded(text[0..<min(text.count, layout.precision ?? .max)], standard: .right)
    }

    private func character(_ value: JinjaValue) throws -> TracedText {
        if case .text(let text) = value, text.count == 1 { return text }
        guard let code = value.integerValue else { throw JinjaFailure.typeError("%c requires int or char") }
        guard let number = UInt32(exactly: code), let scalar = Unicode.Scalar(number) else {
            throw JinjaFailure.python(type: "OverflowError", message: "%c arg not in range(0x110000)")
        }
        return TracedText([scalar], origin: .template)
    }

    private func decimal(_ value: JinjaValue, _ conversion: Unicode.Scalar) throws -> Int {
        if let number = value.integerValue { return number }
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard case .float(let number) = value else {
            throw JinjaFailure.typeError(
                "%\(conversion) format: a real number is required, not \(value.typeName)"
            )
        }
        guard let integer = Int(exactly: number.rounded(.towardZero)) else { throw JinjaFailure.integerOverflow }
        return integer
    }

    private func whole(_ value: JinjaValue, _ conversion: Unicode.Scalar) throws -> Int {
        guard let number = value.integerValue else {
            throw JinjaFailure.typeError(
                "%\(conversion) format: an integer is required, not \(value.typeName)"
            )
        }
        return number
    }
}
