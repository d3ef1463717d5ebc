/// How a number or text is laid out: the part of Python's format specification that `%` and `format` share.
struct NumberLayout {
    enum Alignment: Character {
        case left = "<"
        case right = ">"
        case center = "^"
        case afterSign = "="
    }

    var fill: Unicode.Scalar = " "
    var alignment: Alignment?
    /// `+` or a space before a number that is not negative.
    var sign: Unicode.Scalar?
    var isAlternate = false
    var isZeroPadded = false
    var width = 0
    /// `,` or `_` between groups of digits.
    var grouping: Unicode.Scalar?
    var precision: Int?

    /// Pads `text` to the width.
    func padded(_ text: TracedText, standard: Alignment) -> TracedText {
        let missing = max(0, width - text.count)
        let left =
            switch alignment ?? standard {
            case .left: 0
            case .right, .afterSign: missing
            case .center: missing / 2
            }
        return text.padded(to: width, with: fill, left: left)
    }

    /// Puts sign, prefix and digits together; zeros or `=` go between sign and digits.
    func number(isNegative: Bool, prefix: String = "", digits: String) -> TracedText {
        let sign = isNegative ? "-" : sign.map { String($0) } ?? ""
        let pads = isZeroPadded && alignment == nil
        guard pads || alignment == .afterSign else {
            return padded(TracedText(sign + prefix + digits), standard: .right)
        }
        let missing = max(0, width - sign.count - prefix.count - digits.count)
        let padding = String(repeating: pads ? "0" : String(fill), count: missing)
        return TracedText(sign + prefix + padding + digits)
    }

    /// An integer in one of the bases 2, 8, 10 and 16.
    func integer(_ value: Int, radix: Int, isUppercase: Bool, prefix: String = "") -> TracedText {
        var digits = String(value.magnitude, radix: radix, uppercase: isUppercase)
        if let precision { digits = String(repeating: "0", count: max(0, precision - digits.count)) + digits }
        let grouped = group(digits, size: radix == 10 ? 3 : 4)
        return number(isNegative: value < 0, prefix: isAlternate ? prefix : "", digits: grouped)
    }

    /// A float by `e`, `f`, `g`, one of their capitals, or `%`.
    func float(_ value: Double, conversion: Character) -> TracedText {
        let isPercent = conversion == "%"
        let scaled = isPercent ? value.magnitude * 100 : value.magnitude
        let isNegative = value.sign == .minus && !value.isNaN
        guard scaled.isFinite else {
            let name = scaled.isNaN ? "nan" : "inf"
            let digits = (conversion.isUppercase ? name.uppercased() : name) + (isPercent ? "%" : "")
            return number(isNegative: isNegative, digits: digits)
        }
        var digits = scaled.formatted(conversion: isPercent ? "f" : conversion, precision: precision ?? 6)
        if isAlternate, !digits.contains(".") { digits += "." }
        return number(isNegative: isNegative, digits: group(digits, size: 3) + (isPercent ? "%" : ""))
    }

    private func group(_ digits: String, size: Int) -> String {
        guard let grouping else { return digits }
        let whole = digits.prefix { $0.isHexDigit }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % size == 0 { result.unicodeScalars.append(grouping) }
            result.append(digit)
        }
        return result + digits.dropFirst(whole.count)
    }
}
