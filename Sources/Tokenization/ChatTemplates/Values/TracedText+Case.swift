extension TracedText {
    /// Whether the text has code points and all satisfy `predicate`.
    func isAll(_ predicate: (Unicode.Scalar) -> Bool) -> Bool { !isEmpty && scalars.allSatisfy(predicate) }

    func uppercased() -> TracedText {
        mapScalars { _, scalar, output in output.append(contentsOf: scalar.properties.uppercaseMapping.unicodeScalars) }
    }

    func lowercased() -> TracedText {
        mapScalars { index, _, output in self.appendLowercase(at: index, to: &output) }
    }

    /// The first code point in title case, the others in lower case.
    func capitalized() -> TracedText {
        mapScalars { index, scalar, output in
            if index == 0 {
                output.append(contentsOf: scalar.properties.titlecaseMapping.unicodeScalars)
            } else {
                self.appendLowercase(at: index, to: &output)
            }
        }
    }

    /// Python's `str.title`: a letter after something that is not one begins a word.
    func titled() -> TracedText {
        mapScalars { index, scalar, output in
            if index > 0, self.scalars[index - 1].isPythonCased {
                self.appendLowercase(at: index, to: &output)
            } else {
                output.append(contentsOf: scalar.properties.titlecaseMapping.unicodeScalars)
            }
        }
    }

    func withSwappedCase() -> TracedText {
        mapScalars { index, scalar, output in
            if scalar.properties.isUppercase {
                self.appendLowercase(at: index, to: &output)
            } else if scalar.properties.isLowercase {
                output.append(contentsOf: scalar.properties.uppercaseMapping.unicodeScalars)
            } else {
                output.append(scalar)
            }
        }
    }

    /// Lower case, in which a capital sigma at the end of a word is a final one.
    private func appendLowercase(at index: Int, to output: inout [Unicode.Scalar]) {
        let scalar = scalars[index]
        guard scalar == "\u{3A3}" else {
            output.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            return
        }
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        let isFinal = before?.properties.isCased == true && after?.properties.isCased != true
        output.append(isFinal ? "\u{3C2}" : "\u{3C3}")
    }

    var isLowercased: Bool {
        scalars.contains { $0.properties.isLowercase }
            && !scalars.contains { $0.properties.isUppercase || $0.isTitlecase }
    }

    var isUppercased: Bool {
        scalars.contains { $0.properties.isUppercase }
            && !scalars.contains { $0.properties.isLowercase || $0.isTitlecase }
    }

    var isTitled: Bool {
        var isInWord = false
        var hasWord = false
        for scalar in scalars {
            if scalar.properties.isUppercase || scalar.isTitlecase {
                if isInWord { return false }
                isInWord = true
                hasWord = true
            } else if scalar.properties.isLowercase {
                if !isInWord { return false }
            } else {
                isInWord = false
            }
        }
        return hasWord
    }

    /// Puts `fill` around the text, `left` of it before, to make it `width` long.
    func padded(to width: Int, with fill: Unicode.Scalar, left: Int) -> TracedText {
        let missing = max(0, width - count)
        var result = TracedText(repeatElement(fill, count: left), origin: .template)
        result.append(self)
        result.append(contentsOf: repeatElement(fill, count: missing - left), origin: .template)
        result.isMarkup = isMarkup
        return result
    }

    func split(at separator: TracedText, limit: Int, fromEnd: Bool) -> [TracedText] {
        guard fromEnd else {
            return pieces(between: occurrences(of: separator, limit: limit).map { $0..<$0 + separator.count })
        }
        var found: [Range<Int>] = []
        var end = count
        while found.count < limit, let index = lastIndex(of: separator, in: 0..<end) {
            found.append(index..<index + separator.count)
            end = index
        }
        return pieces(between: found.reversed())
    }

    /// The words; past `limit` splits the rest stays in one piece.
    func splitAtWhitespace(limit: Int, fromEnd: Bool) -> [TracedText] {
        let words = words()
        guard words.count > limit else { return words.map { self[$0] } }
        if fromEnd {
            let rest = words.count - limit
            let head = self[0..<words[rest - 1].upperBound].stripped(leading: false)
            return [head] + words[rest...].map { self[$0] }
        }
        let tail = self[words[limit].lowerBound..<count].stripped(trailing: false)
        return words[..<limit].map { self[$0] } + [tail]
    }
}
