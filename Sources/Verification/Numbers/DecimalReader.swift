/// Reads unsigned decimals with their groups of thousands and powers of ten.
struct DecimalReader {
    struct Decimal {
        var number: FoundNumber
        var isInteger: Bool
    }

    private let text: [Unicode.Scalar]
    private let end: Int

    init(_ text: [Unicode.Scalar], end: Int) {
        self.text = text
        self.end = end
    }

    /// Digits alone, at most 30 of them.
    func integer(at index: Int) -> (FoundNumber, Int)? {
        let digits = digits(at: index)
        guard !digits.isEmpty, digits.count <= 30, let value = number(digits[...], scale: 0) else { return nil }
        return (value, index + digits.count)
    }

    /// `1,234.5e-6`; as a whole no number for `1.2.3` and for exponents out of range.
    func decimal(at start: Int) -> (Decimal?, Int)? {
        var (whole, index) = groupedDigits(at: start)
        var decimals: [Unicode.Scalar] = []
        if scalar(index) == ".", scalar(index + 1)?.isASCIIDigit == true {
            guard !whole.isEmpty || !followsWord(start) else { return nil }
            decimals = digits(at: index + 1)
            index += 1 + decimals.count
            if scalar(index) == ".", scalar(index + 1)?.isASCIIDigit == true { return (nil, endOfVersion(at: index)) }
        }
        guard !whole.isEmpty || !decimals.isEmpty else { return nil }
        let isInteger = decimals.isEmpty
        whole += decimals
        guard let (exponent, after) = scientificExponent(at: index) else {
            return (number(whole[...], scale: -decimals.count).map { Decimal(number: $0, isInteger: isInteger) }, index)
        }
        let scaled = number(whole[...], scale: exponent - decimals.count)
        return (scaled.map { Decimal(number: $0, isInteger: false) }, after)
    }

    /// A power after `^`, in braces or not, or in superscript digits; at most three digits.
    func exponent(at index: Int) -> (Int, Int)? {
        if scalar(index) == "^" {
            let isBraced = scalar(index + 1) == "{"
            guard let (value, after) = signedInteger(at: index + (isBraced ? 2 : 1)) else { return nil }
            if isBraced { return scalar(after) == "}" ? (value, after + 1) : nil }
            return (value, after)
        }
        var (value, after) = (0, index)
        var isNegative = false
        if scalar(after) == "⁻" {
            isNegative = true
            after += 1
        }
        let first = after
        while let digit = scalar(after).flatMap({ Self.superscripts[$0] }), after - first < 3 {
            value = value * 10 + digit
            after += 1
        }
        return after > first ? (isNegative ? -value : value, after) : nil
    }

    /// `e8`, or ` × 10^8` with `x` or `*` for the sign.
    private func scientificExponent(at index: Int) -> (Int, Int)? {
        if scalar(index) == "e" || scalar(index) == "E" {
            guard let (value, after) = signedInteger(at: index + 1), scalar(after)?.isASCIILetter != true else {
                return nil
            }
            return (value, after)
        }
        var after = skippingSpaces(from: index)
        guard let times = scalar(after), ["×", "x", "*"].contains(times) else { return nil }
        after = skippingSpaces(from: after + 1)
        guard scalar(after) == "1", scalar(after + 1) == "0" else { return nil }
        return exponent(at: after + 2)
    }

    private func signedInteger(at index: Int) -> (Int, Int)? {
        let isNegative = scalar(index) == "-"
        let start = isNegative || scalar(index) == "+" ? index + 1 : index
        let digits = digits(at: start)
        guard (1...3).contains(digits.count) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1.value) - 48 }
        return (isNegative ? -value : value, start + digits.count)
    }

    /// Digits, with groups of three after a group of one to three that does not start with 0.
    private func groupedDigits(at start: Int) -> ([Unicode.Scalar], Int) {
        var found = digits(at: start)
        var index = start + found.count
        guard (1...3).contains(found.count), found.first != "0", let separator = scalar(index),
            Self.separators.contains(separator)
        else { return (found, index) }
        while scalar(index) == separator, let group = group(at: index + 1, after: separator) {
            found += group
            index += 4
        }
        return (found, index)
    }

    private func group(at index: Int, after separator: Unicode.Scalar) -> [Unicode.Scalar]? {
        let group = digits(at: index)
        guard group.count == 3 else { return nil }
        let isTopOfFraction = separator.properties.isWhitespace && scalar(index + 3) == "/"
        return isTopOfFraction ? nil : group
    }

    private func digits(at start: Int) -> [Unicode.Scalar] {
        var index = start
        while scalar(index)?.isASCIIDigit == true { index += 1 }
        return index > start ? Array(text[start..<index]) : []
    }

    /// Exact where it fits, otherwise a double; nil where that is not finite.
    private func number(_ digits: ArraySlice<Unicode.Scalar>, scale: Int) -> FoundNumber? {
        let significant = digits.drop { $0 == "0" }
        if significant.count <= 36, let power = Rational.powerOfTen(scale) {
            let mantissa = significant.reduce(Int128(0)) { $0 * 10 + Int128($1.value - 48) }
            if let exact = Rational(mantissa).multiplied(by: power) { return FoundNumber(value: .exact(exact)) }
        }
        var spelling = String.UnicodeScalarView()
        spelling.append(contentsOf: significant.prefix(400))
        let dropped = significant.count - Swift.min(significant.count, 400)
        guard let double = Double("\(String(spelling))e\(scale + dropped)"), double.isFinite else { return nil }
        return FoundNumber(value: .approximate(double))
    }

    private func endOfVersion(at index: Int) -> Int {
        var index = index
        while let next = scalar(index), next.isASCIIDigit || (next == "." && scalar(index + 1)?.isASCIIDigit == true) {
            index += 1
        }
        return index
    }

    private func followsWord(_ index: Int) -> Bool {
        guard index > 0 else { return false }
        return text[index - 1].isASCIILetter || text[index - 1].isASCIIDigit || text[index - 1] == "."
    }

    private func skippingSpaces(from index: Int) -> Int {
        var index = index
        while let next = scalar(index), next == " " || next == "\u{2009}" { index += 1 }
        return index
    }

    private func scalar(_ index: Int) -> Unicode.Scalar? {
        index < end ? text[index] : nil
    }

    private static let separators: Set<Unicode.Scalar> = [",", " ", "_", "'", "\u{2009}", "\u{202F}", "\u{00A0}"]
    private static let superscripts: [Unicode.Scalar: Int] = [
        "⁰": 0, "¹": 1, "²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9,
    ]
}
