/// Where the words and numbers of a text begin and end.
struct WordEdges {
    private let text: [Unicode.Scalar]

    init(_ text: [Unicode.Scalar]) {
        self.text = text
    }

    /// Whether the place begins and ends where a word or a number does.
    func areRound(_ range: Range<Int>) -> Bool {
        let (first, last) = (range.lowerBound, range.upperBound - 1)
        return !isJoined(first - 1, first) && !isJoined(last, last + 1) && !isSigned(first)
    }

    /// Whether two neighbours belong to one word or one number.
    private func isJoined(_ left: Int, _ right: Int) -> Bool {
        guard left >= 0, right < text.count else { return false }
        if text[left].isWordPart, text[right].isWordPart {
            return text[right].isCombining || !(text[left].isWrittenWithoutSpaces || text[right].isWrittenWithoutSpaces)
        }
        return isMarkOfNumber(left, right)
    }

    /// A decimal point, a comma or a fraction's slash inside a number is no end of it: `5.50`, `1,500`, `1/5`.
    private func isMarkOfNumber(_ left: Int, _ right: Int) -> Bool {
        let marks: [Unicode.Scalar] = [".", ",", "/"]
        if text[left].isASCIIDigit, marks.contains(text[right]) {
            return right + 1 < text.count && text[right + 1].isASCIIDigit
        }
        return marks.contains(text[left]) && text[right].isASCIIDigit && left > 0 && text[left - 1].isASCIIDigit
    }

    /// Whether a number that begins here has a sign before it, or begins with a minus that is no sign: a minus before a
    /// digit is one unless an operand stands before it. `-5` but not `10-5`.
    private func isSigned(_ start: Int) -> Bool {
        if start > 0, text[start - 1] == "-", text[start].isASCIIDigit { return !followsOperand(start - 1) }
        return text[start] == "-" && start + 1 < text.count && text[start + 1].isASCIIDigit && followsOperand(start)
    }

    private func followsOperand(_ index: Int) -> Bool {
        index > 0 && text[index - 1].isWordPart
    }
}

extension Unicode.Scalar {
    /// Letters, digits, marks that combine with them, and `_`.
    var isWordPart: Bool {
        if isASCII { return isASCIILetter || isASCIIDigit || self == "_" }
        return properties.isAlphabetic || properties.numericType != nil || isCombining
    }

    fileprivate var isCombining: Bool {
        [.nonspacingMark, .spacingMark].contains(properties.generalCategory)
    }

    /// Han, Hiragana, Thai, Lao, Burmese and Khmer: words stand side by side there, and no character tells their edges.
    fileprivate var isWrittenWithoutSpaces: Bool {
        switch value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3041...0x309F, 0x3400...0x4DBF,
            0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
