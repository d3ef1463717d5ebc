extension JinjaFilters {
    static let numbers: [String: Body] = [
        "abs": { interpreter, value, _ in
            switch JinjaNumber(value) {
            case .integer(let number):
                guard number != .min else { throw JinjaFailure.integerOverflow }
                return .integer(abs(number))
            case .float(let number): return .float(abs(number))
            case nil: throw interpreter.badOperand(value, of: "abs()")
            }
        },
        "int": convertToInteger,
        "float": { interpreter, value, arguments in
            let standard = try arguments.bound(to: ["default"], of: "do_float")[0] ?? .float(0)
            if case .undefined(let undefined) = value { throw undefined.failure }
            return PythonNumber.float(value).map { .float($0) } ?? standard
        },
        "round": round,
    ]

    private static let convertToInteger: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["default", "base"], of: "do_int")
        let base = try integer(values[1], default: 10)
        if case .undefined(let undefined) = value { throw undefined.failure }
        if case .text(let text) = value, let number = try PythonNumber.integer(text, base: base) {
            return .integer(number)
        }
        if let number = value.integerValue { return .integer(number) }
        guard let number = PythonNumber.float(value) else { return values[0] ?? .integer(0) }
        if let integer = Int(exactly: number.rounded(.towardZero)) { return .integer(integer) }
        if case .text = value { return values[0] ?? .integer(0) }
        if number.isNaN { return values[0] ?? .integer(0) }
        guard number.isInfinite else { throw JinjaFailure.integerOverflow }
        throw JinjaFailure.python(type: "OverflowError", message: "cannot convert float infinity to integer")
    }

    private static let round: Body = { _, value, arguments in
        let values = try arguments.bound(to: ["precision", "method"], of: "do_round")
        let digits = try integer(values[0], default: 0)
        guard case .text(let method) = values[1] ?? .text("common"),
            ["common", "ceil", "floor"].contains(method.string)
        else { throw JinjaFailure.filterArgument("method must be common, ceil or floor") }
        guard let number = JinjaNumber(value) else {
            if case .undefined(let undefined) = value, !(method == "common") { throw undefined.failure }
            throw JinjaFailure.typeError("type \(value.typeName) doesn't define __round__ method")
        }
        if method == "common" {
            if case .integer(let integer) = number, digits >= 0 { return .integer(integer) }
            let rounded = number.double.rounded(toDigits: digits)
            if case .integer = number { return Int(exactly: rounded).map { .integer($0) } ?? .float(rounded) }
            return .float(rounded)
        }
        let scale = Double.raising(10, to: Double(digits))
        return .float((number.double * scale).rounded(method == "ceil" ? .up : .down) / scale)
    }
}

/// Python's `int(text)` and `float(text)`.
enum PythonNumber {
    /// The integer that `text` spells in `base` (0 reads a prefix), or nil.
    static func integer(_ text: TracedText, base: Int) throws -> Int? {
        guard base == 0 || (2...36).contains(base) else { return nil }
        var digits = Substring(asciiDigits(text.stripped()))
        var sign = 1
        if let first = digits.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            digits.removeFirst()
        }
        var radix = base == 0 ? 10 : base
        for (prefix, value) in [("0x", 16), ("0o", 8), ("0b", 2)] where base == 0 || base == value {
            guard digits.lowercased().hasPrefix(prefix) else { continue }
            radix = value
            digits = digits.dropFirst(2)
            if digits.first == "_" { digits.removeFirst() }
        }
        guard let plain = withoutUnderscores(digits), plain.allSatisfy({ Int(String($0), radix: radix) != nil }) else {
            return nil
        }
        guard let magnitude = Int(plain, radix: radix) else { throw JinjaFailure.integerOverflow }
        return sign * magnitude
    }

    /// The float of a number or of a text that spells one, or nil.
    static func float(_ value: JinjaValue) -> Double? {
        if let number = JinjaNumber(value) { return number.double }
        guard case .text(let text) = value else { return nil }
        let spelling = asciiDigits(text.stripped()).lowercased()
        let unsigned = spelling.drop { $0 == "+" || $0 == "-" }
        guard spelling.count - unsigned.count <= 1 else { return nil }
        if ["inf", "infinity", "nan"].contains(String(unsigned)) { return Double(spelling) }
        guard unsigned.first.map({ $0.isNumber || $0 == "." }) == true, !unsigned.contains("x") else { return nil }
        guard let plain = withoutUnderscores(Substring(spelling)) else { return nil }
        return Double(plain)
    }

    /// Digits of any script as ASCII ones.
    private static func asciiDigits(_ text: TracedText) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.scalars {
            let digit = scalar.decimalValue.flatMap { Unicode.Scalar(UInt32(48 + $0)) }
            view.append(digit ?? scalar)
        }
        return String(view)
    }

    /// The digits without the single underscores that may stand between them; nil for other underscores.
    private static func withoutUnderscores(_ digits: Substring) -> String? {
        let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty }) else { return nil }
        return groups.joined()
    }
}
