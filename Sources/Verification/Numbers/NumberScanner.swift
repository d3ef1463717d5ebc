/// Finds the numbers in a text, from left to right.
///
/// It reads signs, currency marks, groups of thousands (`1,234`, `1 234`, `1_234`), decimals, fractions (`3/4`,
/// `\frac{3}{4}`, `¾`), mixed numbers (`1 1/2`), powers (`2^10`), scientific notation (`3e8`, `3×10^8`), per cent and the
/// words `thousand` to `trillion`. Digits inside a word (`H2O`), the exponents of units and variables (`cm^2`,
/// `\text{m}^{-1}`, `s²`), subscripts (`x_{10}`), dates (`3/4/2025`) and versions (`1.2.3`) are not numbers. Roots, multiples
/// of π and fractions of anything but numbers (`2√3`, `3\pi/4`, `\frac{a}{2}`) are formulas.
struct NumberScanner {
    /// What a text holds beside its words.
    enum Item: Hashable {
        case number(FoundNumber)
        /// A number that is not written in digits alone.
        case formula
    }

    let text: [Unicode.Scalar]
    let range: Range<Int>
    private(set) var position: Int
    /// Where the item that was found last begins.
    private(set) var start: Int

    var end: Int { range.upperBound }

    init(_ text: [Unicode.Scalar], in range: Range<Int>? = nil) {
        self.text = text
        self.range = range ?? 0..<text.count
        position = self.range.lowerBound
        start = position
    }

    /// The next number, or nil when there is none left.
    mutating func next() -> FoundNumber? {
        while let item = nextItem() {
            if case .number(let number) = item { return number }
        }
        return nil
    }

    /// The next number or formula, or nil when there is none left.
    mutating func nextItem() -> Item? {
        while position < end {
            start = position
            if let (isNumerical, after) = formula(at: position) {
                position = after
                if isNumerical { return .formula }
            } else if text[position].isASCIILetter || text[position] == "_" {
                if let (number, after) = numberAfterSignWord(at: position) {
                    position = after
                    return .number(number)
                }
                skipWord()
                skipExponent()
            } else if text[position].value > 0x7F, text[position].properties.isAlphabetic {
                position += 1
                skipExponent()
            } else if startsNumber(position), let (number, after) = number(at: position) {
                position = after
                if let after = endOfFactor(at: position) {
                    position = after
                    return .formula
                }
                if scalar(position) == "_" { skipSubscript(after: position + 1) }
                if let number { return .number(number) }
            } else {
                position += 1
            }
        }
        return nil
    }

    private mutating func skipWord() {
        while position < end, text[position].isASCIILetter || text[position].isASCIIDigit || text[position] == "_" {
            position += 1
        }
        if text[position - 1] == "_" { skipSubscript(after: position) }
    }

    /// Skips `{10}` after the mark of a subscript.
    private mutating func skipSubscript(after mark: Int) {
        if scalar(mark) == "{", let after = endOfBraces(at: mark) { position = after }
    }

    /// Skips what raises the word before, with or without braces around the word: ` ^2`, `}^{-1}`, `²`.
    private mutating func skipExponent() {
        var index = position
        while let next = scalar(index), next == "}" || next == " " || next == "\u{2009}" { index += 1 }
        if let end = endOfExponent(at: index) { position = end }
    }

    func endOfExponent(at index: Int) -> Int? {
        guard scalar(index) == "^" else { return DecimalReader(text, end: end).exponent(at: index)?.1 }
        if scalar(index + 1) == "{" { return endOfBraces(at: index + 1) }
        var last = index + 1
        if let mark = scalar(last), mark == "-" || mark == "+" { last += 1 }
        let first = last
        while let next = scalar(last), next.isASCIIDigit || (next == "." && scalar(last + 1)?.isASCIIDigit == true) {
            last += 1
        }
        return last > first ? last : nil
    }

    /// The place after the brace that closes the one at `open`, where that is not far.
    func endOfBraces(at open: Int) -> Int? {
        var depth = 0
        for index in open..<Swift.min(end, open + 96) {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return nil
    }

    /// Whether a number may start here: cheap, and wrong only on the side of trying.
    private func startsNumber(_ index: Int) -> Bool {
        switch text[index] {
        case "0"..."9", "-", "+", "\u{2013}", ".", "\\": true
        default: Self.currencies.contains(text[index]) || VulgarFraction.value(of: text[index]) != nil
        }
    }

    /// A number and the place after it; nil as a number where the characters are something else as a whole.
    func number(at start: Int) -> (FoundNumber?, Int)? {
        var index = start
        var isNegative = false
        if let sign = sign(at: index) {
            isNegative = sign < 0
            index += 1
            if isBlank(index), introducesSign(start) { index += 1 }
        }
        if let mark = scalar(index), Self.currencies.contains(mark) {
            index += 1
            if let sign = sign(at: index), !isNegative, index > start {
                isNegative = sign < 0
                index += 1
            }
            if isNegative, isBlank(index) { index += 1 }
        }
        guard let (magnitude, after) = magnitude(at: index) else { return nil }
        guard var number = magnitude else { return (nil, after) }
        if isNegative { number = number.negated }
        if let (scale, last) = scaleWord(at: after) { return (number.multiplied(by: scale), last) }
        let (isPercentage, last) = percentSign(at: after)
        number.isPercentage = isPercentage
        return (number, last)
    }

    /// A fraction, a mixed number, a power or a plain number, without its sign.
    private func magnitude(at index: Int) -> (FoundNumber?, Int)? {
        if let (fraction, after) = latexFraction(at: index) { return (fraction, after) }
        if let value = scalar(index).flatMap({ VulgarFraction.value(of: $0) }) {
            return (FoundNumber(value: .exact(value)), index + 1)
        }
        guard let (decimal, after) = DecimalReader(text, end: end).decimal(at: index) else { return nil }
        guard let decimal else { return (nil, after) }
        if decimal.isInteger, let (fraction, last) = fractionPart(at: after) {
            return (decimal.number.adding(fraction), last)
        }
        if let slash = skippingOneSpace(from: after, to: "/") {
            return quotient(of: decimal.number, slash: slash) ?? (decimal.number, after)
        }
        return power(of: decimal.number, at: after)
    }

    /// What follows a whole number to make it a mixed one: ` 1/2`, `½`, ` \frac{1}{2}`.
    private func fractionPart(at index: Int) -> (FoundNumber, Int)? {
        let start = scalar(index) == " " || scalar(index) == "\u{2009}" ? index + 1 : index
        if let value = scalar(start).flatMap({ VulgarFraction.value(of: $0) }) {
            return (FoundNumber(value: .exact(value)), start + 1)
        }
        if let (fraction, after) = latexFraction(at: start), let fraction { return (fraction, after) }
        let reader = DecimalReader(text, end: end)
        guard start > index, let (top, slash) = reader.integer(at: start), scalar(slash) == "/",
            let (bottom, after) = reader.integer(at: slash + 1), scalar(after) != "/", top.double < bottom.double,
            let fraction = top.divided(by: bottom)
        else { return nil }
        return (fraction, after)
    }

    /// `a/b`; as a whole no number where more slashes follow or b is 0; nil where no number follows the slash.
    private func quotient(of top: FoundNumber, slash: Int) -> (FoundNumber?, Int)? {
        let start = scalar(slash + 1) == " " ? slash + 2 : slash + 1
        guard let (found, after) = DecimalReader(text, end: end).decimal(at: start) else { return nil }
        guard let bottom = found else { return (nil, after) }
        if scalar(after) == "/", scalar(after + 1)?.isASCIIDigit == true {
            var last = after
            while let next = scalar(last), next == "/" || next.isASCIIDigit { last += 1 }
            return (nil, last)
        }
        return (top.divided(by: bottom.number), after)
    }

    /// `\frac{a}{b}`, and the short forms `\frac12` and `\frac1{2}`.
    func latexFraction(at index: Int) -> (FoundNumber?, Int)? {
        let command: [Unicode.Scalar] = ["\\", "f", "r", "a", "c"]
        guard index + command.count <= end, scalar(index) == "\\",
            command.indices.allSatisfy({ text[index + $0] == command[$0] }),
            let (top, middle) = latexArgument(at: index + command.count),
            let (bottom, after) = latexArgument(at: middle)
        else { return nil }
        return (top.divided(by: bottom), after)
    }

    private func latexArgument(at index: Int) -> (FoundNumber, Int)? {
        guard scalar(index) == "{" else {
            guard let digit = scalar(index), digit.isASCIIDigit else { return nil }
            return (FoundNumber(value: .exact(Rational(Int128(digit.value - 48)))), index + 1)
        }
        var start = skippingBlanks(from: index + 1)
        let isNegative = scalar(start) == "-"
        if isNegative { start = skippingBlanks(from: start + 1) }
        guard let (found, after) = DecimalReader(text, end: end).decimal(at: start), let found else { return nil }
        let last = skippingBlanks(from: after)
        return scalar(last) == "}" ? (isNegative ? found.number.negated : found.number, last + 1) : nil
    }

    /// `2^10`, `2^{10}`, `10⁵`; the number itself where no power follows.
    private func power(of base: FoundNumber, at index: Int) -> (FoundNumber?, Int) {
        guard let (power, after) = DecimalReader(text, end: end).exponent(at: index) else { return (base, index) }
        return (base.raised(to: power), after)
    }

    private func percentSign(at index: Int) -> (Bool, Int) {
        let start = scalar(index) == " " || scalar(index) == "\u{2009}" ? index + 1 : index
        if scalar(start) == "%" { return (true, start + 1) }
        for word in Self.percentWords where start > index && start + word.count <= end {
            if word.indices.allSatisfy({ text[start + $0].lowercasedASCII == word[$0] }) {
                return (true, start + word.count)
            }
        }
        return (false, index)
    }

    private func skippingOneSpace(from index: Int, to mark: Unicode.Scalar) -> Int? {
        let start = scalar(index) == " " ? index + 1 : index
        return scalar(start) == mark ? start : nil
    }

    func isBlank(_ index: Int) -> Bool {
        scalar(index).map { [" ", "\u{2009}", "\u{00A0}"].contains($0) } ?? false
    }

    func skippingBlanks(from index: Int) -> Int {
        var index = index
        while isBlank(index) { index += 1 }
        return index
    }

    func scalar(_ index: Int) -> Unicode.Scalar? {
        index >= 0 && index < end ? text[index] : nil
    }

    private static let currencies: Set<Unicode.Scalar> = ["$", "€", "£", "¥", "₹", "¢"]
    private static let percentWords = ["percent", "per cent"].map { Array($0.unicodeScalars) }
}

/// The fractions that Unicode gives a character of their own.
enum VulgarFraction {
    static func value(of scalar: Unicode.Scalar) -> Rational? {
        guard scalar.value >= 0xBC, let (top, bottom) = parts[scalar] else { return nil }
        return Rational(top, over: bottom)
    }

    private static let parts: [Unicode.Scalar: (Int128, Int128)] = [
        "¼": (1, 4), "½": (1, 2), "¾": (3, 4), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10), "⅓": (1, 3), "⅔": (2, 3),
        "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8),
        "⅝": (5, 8), "⅞": (7, 8),
    ]
}
