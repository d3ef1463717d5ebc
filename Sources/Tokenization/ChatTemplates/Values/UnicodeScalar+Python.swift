extension Unicode.Scalar {
    /// What Python's `str.isspace` and `\s` accept.
    var isPythonWhitespace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A: true
        case 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Where Python's `str.splitlines` ends a line.
    var isPythonLineBreak: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Whether Python's `repr` shows the code point as it is.
    var isPythonPrintable: Bool {
        if self == " " { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: return false
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    var isPythonLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    /// What Python's `str.isdecimal` accepts.
    var isPythonDecimal: Bool { properties.generalCategory == .decimalNumber }

    /// What Python's `str.isdigit` accepts.
    var isPythonDigit: Bool {
        properties.numericType == .decimal || properties.numericType == .digit
    }

    /// What Python's `str.isnumeric` accepts.
    var isPythonNumeric: Bool { properties.numericType != nil }

    /// What `\w` accepts.
    var isPythonWord: Bool { isPythonLetter || isPythonNumeric || self == "_" }

    var isPythonCased: Bool { properties.isUppercase || properties.isLowercase || isTitlecase }

    var isTitlecase: Bool { properties.generalCategory == .titlecaseLetter }

    /// The digit that the code point stands for, in any script.
    var decimalValue: Int? {
        guard isPythonDecimal, let value = properties.numericValue else { return nil }
        return Int(value)
    }

    func isIn(_ range: ClosedRange<Unicode.Scalar>) -> Bool { range.contains(self) }

    var isASCIIDigit: Bool { isIn("0"..."9") }

    var isASCIIHexDigit: Bool { isASCIIDigit || isIn("a"..."f") || isIn("A"..."F") }
}
