// Numbers that are not written in digits alone, and the words that multiply one.

extension NumberScanner {
    /// A root, a part of π or a fraction that is no plain number, and the place after it; `isNumerical` where it holds a
    /// digit: `√2`, `\sqrt{2}`, `sqrt(2)`, `\frac{a}{2}`, `π/4`, but not `\frac{a}{b}`.
    func formula(at index: Int) -> (isNumerical: Bool, end: Int)? {
        let after: Int?
        switch text[index] {
        case "\\": after = endOfRoot(at: index) ?? endOfFraction(at: index) ?? endOfDividedPi(at: index)
        case "√", "∛": after = endOfRoot(at: index)
        case "π": after = endOfDividedPi(at: index)
        case "s" where isAtWordStart(index): after = endOfRoot(at: index)
        default: after = nil
        }
        guard let after else { return nil }
        let last = endOfDivisor(at: after) ?? after
        return (text[index..<last].contains(where: \.isASCIIDigit), last)
    }

    /// Where a number ends that has a root or π for a factor: `2√3`, `2 \cdot \sqrt{3}`, `5π/6`.
    func endOfFactor(at index: Int) -> Int? {
        var start = skippingBlanks(from: index)
        if let times = scalar(start), ["×", "*", "·"].contains(times) { start = skippingBlanks(from: start + 1) }
        guard let after = endOfRoot(at: start) ?? endOfPi(at: start) else { return nil }
        return endOfDivisor(at: after) ?? after
    }

    private func endOfRoot(at index: Int) -> Int? {
        var after = index
        if scalar(index) == "√" || scalar(index) == "∛" {
            after += 1
        } else if spells("\\sqrt", at: index) {
            after += 5
            if scalar(after) == "[", let close = text[after..<Swift.min(end, after + 8)].firstIndex(of: "]") {
                after = close + 1
            }
        } else if spells("sqrt(", at: index) || spells("sqrt{", at: index) {
            after += 4
        } else {
            return nil
        }
        return endOfRadicand(at: skippingBlanks(from: after))
    }

    /// What stands under a root: braces, brackets, or a number or word.
    private func endOfRadicand(at index: Int) -> Int {
        if scalar(index) == "{", let after = endOfBraces(at: index) { return after }
        if scalar(index) == "(", let close = text[index..<Swift.min(end, index + 64)].firstIndex(of: ")") {
            return close + 1
        }
        var after = index
        while let next = scalar(after), next.isASCIIDigit || next.isASCIILetter { after += 1 }
        return after
    }

    /// The end of a fraction that ``latexFraction(at:)`` does not read, where its braces close.
    private func endOfFraction(at index: Int) -> Int? {
        guard spells("\\frac", at: index), latexFraction(at: index) == nil, scalar(index + 5) == "{",
            let middle = endOfBraces(at: index + 5), scalar(middle) == "{"
        else { return nil }
        return endOfBraces(at: middle)
    }

    private func endOfPi(at index: Int) -> Int? {
        if scalar(index) == "π" { return index + 1 }
        return spells("\\pi", at: index) && scalar(index + 3)?.isASCIILetter != true ? index + 3 : nil
    }

    private func endOfDividedPi(at index: Int) -> Int? {
        endOfPi(at: index).flatMap(endOfDivisor)
    }

    /// `/6` after something that is not a number.
    private func endOfDivisor(at index: Int) -> Int? {
        let slash = skippingBlanks(from: index)
        guard scalar(slash) == "/" else { return nil }
        let first = skippingBlanks(from: slash + 1)
        var after = first
        while let digit = scalar(after), digit.isASCIIDigit { after += 1 }
        return after > first ? after : nil
    }

    /// `million` and its like after a number, in `\text{…}` or not: what it multiplies by, and the place after it.
    func scaleWord(at index: Int) -> (FoundNumber, Int)? {
        var start = index
        while isBlank(start) || scalar(start) == "~" || spells("\\ ", at: start) {
            start += scalar(start) == "\\" ? 2 : 1
        }
        if start == index, scalar(start) == "-" { start += 1 }
        for command in ["\\text{", "\\mathrm{", "\\textrm{"] where spells(command, at: start) {
            start = skippingBlanks(from: start + command.unicodeScalars.count)
        }
        guard start > index else { return nil }
        for (word, zeros) in Self.scaleWords where spells(word, at: start) {
            let after = start + word.unicodeScalars.count
            guard scalar(after)?.isWordPart != true, let scale = Rational.powerOfTen(zeros) else { return nil }
            return (FoundNumber(value: .exact(scale)), after)
        }
        return nil
    }

    private func isAtWordStart(_ index: Int) -> Bool { index == 0 || !text[index - 1].isASCIILetter }

    /// Whether the text goes on with these characters, letters in any case.
    private func spells(_ word: String, at index: Int) -> Bool {
        var place = index
        for scalar in word.unicodeScalars {
            guard self.scalar(place)?.lowercasedASCII == scalar else { return false }
            place += 1
        }
        return true
    }

    private static let scaleWords = [("thousand", 3), ("million", 6), ("billion", 9), ("trillion", 12)]
}
