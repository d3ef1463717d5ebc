// Signs: a minus or plus beside its number, one with a space after it, and the words for it.

extension NumberScanner {
    /// A minus or plus that belongs to the number: not one between two operands, and not a hyphen.
    func sign(at index: Int) -> Int? {
        guard let mark = scalar(index), ["-", "+", "\u{2013}"].contains(mark) else { return nil }
        if let before = index > 0 ? text[index - 1] : nil {
            let isOperand = before.isASCIILetter || before.isASCIIDigit || [")", "]", "}", "%", "_"].contains(before)
            let isOpening = before.properties.isWhitespace || ["(", "[", "{", "=", ":", "$", "*"].contains(before)
            if isOperand || (mark == "\u{2013}" && !isOpening) { return nil }
        }
        return mark == "+" ? 1 : -1
    }

    /// Whether a sign with a space after it belongs to the number, and is no operator, dash or bullet: `x = - 3`,
    /// `{- 3}`, `$ - 3 $`, `#### - 3`, `**- 3**`, but not `5 - 3`, nor `- 3 apples` on a line of a list.
    func introducesSign(_ index: Int) -> Bool {
        var left = beforeBlanks(index)
        if left >= 0, text[left] == "*", left >= range.lowerBound {
            let isBold = left == index - 1
            while left >= range.lowerBound, text[left] == "*" { left -= 1 }
            if isBold { return left < 0 || text[left].properties.isWhitespace || opensSign(left, of: index) }
            left = beforeBlanks(left + 1)
            guard left >= range.lowerBound else { return false }
        }
        guard left >= range.lowerBound else {
            return range.lowerBound > 0 || standsAlone(index)
        }
        return opensSign(left, of: index)
    }

    /// Whether the character before a sign, or the word that it ends, is one that a value follows.
    private func opensSign(_ left: Int, of index: Int) -> Bool {
        if ["=", ":", "{", "(", "[", "#", "≈", "≤", "≥", "≡", "→", "⇒"].contains(text[left]) { return true }
        if text[left] == "$" { return opensFormula(left) }
        return text[index] == "-" && ["is", "are", "be", "to", "equals"].contains(word(endingAt: left))
    }

    /// Whether a dollar sign does not close what stands before it: `$ - 3 $`, but not `$x$ - 3`.
    private func opensFormula(_ index: Int) -> Bool {
        var left = index
        while left >= range.lowerBound, text[left] == "$" { left -= 1 }
        guard left >= range.lowerBound else { return true }
        return text[left].properties.isWhitespace || ["(", "[", "{", "=", ":", "*"].contains(text[left])
    }

    /// Whether the text is nothing but one line with a number, so that a mark in front is no bullet.
    private func standsAlone(_ index: Int) -> Bool {
        text[index..<end].allSatisfy { !$0.isASCIILetter && !$0.isLineBreak }
    }

    /// The last place before the index that is not blank, or -1.
    private func beforeBlanks(_ index: Int) -> Int {
        var left = index - 1
        while left >= range.lowerBound, text[left].properties.isWhitespace, !text[left].isLineBreak { left -= 1 }
        return left
    }

    /// A number after the word `negative`, or after `minus` where that is no operator.
    func numberAfterSignWord(at index: Int) -> (FoundNumber, Int)? {
        guard ["m", "n"].contains(text[index].lowercasedASCII) else { return nil }
        var after = index
        while let letter = scalar(after), letter.isASCIILetter, after - index <= 8 { after += 1 }
        let word = String(String.UnicodeScalarView(text[index..<after].map(\.lowercasedASCII)))
        guard word == "negative" ? index == 0 || text[index - 1] != "-" : word == "minus" && introducesMinus(index),
            isBlank(after), let mark = scalar(after + 1), !["-", "+", "\u{2013}"].contains(mark),
            let (number, end) = number(at: after + 1), let number
        else { return nil }
        return (number.negated, end)
    }

    private func introducesMinus(_ index: Int) -> Bool {
        let left = beforeBlanks(index)
        guard left >= range.lowerBound, !text[left].isLineBreak else { return true }
        if ["*", "$", ",", "<", ">"].contains(text[left]) || opensSign(left, of: index) { return true }
        let before: Set = [
            "is", "are", "was", "be", "becomes", "equals", "to", "gives", "get", "gets", "or", "and", "of", "at",
            "as", "by", "than",
        ]
        return before.contains(word(endingAt: left))
    }

    /// The word whose last letter stands at the index, in small letters; of a longer one than ten letters, its end.
    func word(endingAt last: Int) -> String {
        var first = last
        while first >= 0, text[first].isASCIILetter, last - first < 10 { first -= 1 }
        return String(String.UnicodeScalarView(text[(first + 1)..<(last + 1)].map(\.lowercasedASCII)))
    }
}

extension Unicode.Scalar {
    var isLineBreak: Bool { self == "\n" || self == "\r" }
}
