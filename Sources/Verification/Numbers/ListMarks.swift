/// Tells numbers that count lines, steps or headings from those that may be answers.
struct ListMarks {
    private let text: [Unicode.Scalar]

    init(_ text: [Unicode.Scalar]) {
        self.text = text
    }

    /// Whether a number is that of a line in a list (`2. Add them`, `**3)** Then`) or of a step (`Step 2`).
    func counts(_ number: Range<Int>) -> Bool {
        isStepNumber(number.lowerBound) || isListNumber(number) && opensLine(number.lowerBound)
    }

    /// Whether the word `step` stands before the number.
    func isStepNumber(_ start: Int) -> Bool {
        var left = start - 1
        while left >= 0, text[left] == " " { left -= 1 }
        guard left >= 3, left < start - 1 else { return false }
        let word = NumberScanner(text).word(endingAt: left)
        return word == "step" || word == "steps"
    }

    /// Whether a list begins here: `1. Add 3 and 4. 2. Double it.`
    func listBegins(at start: Int) -> Bool {
        guard let first = numbered(at: start), first.number == 1 else { return false }
        let limit = Swift.min(text.count, first.end + 4000)
        return (first.end..<limit).contains { index in
            text[index] == "2" && text[index - 1].properties.isWhitespace && numbered(at: index)?.number == 2
        }
    }

    /// Whether a line after `####` is the title of a part: `#### 1. First step`, with more text after it, as the first one
    /// or after `#### 0`, and so on.
    ///
    /// - Parameter marks: the places after all `####`
    func isHeading(_ line: Range<Int>, among marks: [Int]) -> Bool {
        guard let title = numbered(at: line.lowerBound),
            text[line.upperBound...].contains(where: { !$0.properties.isWhitespace })
        else { return false }
        return title.number == 1
            || marks.contains { $0 < line.lowerBound && numbered(at: $0)?.number == title.number - 1 }
    }

    /// The number of a line that begins here as those of lists do, with the place after its mark.
    private func numbered(at start: Int) -> (number: Int, end: Int)? {
        var first = start
        while first < text.count, text[first].properties.isWhitespace || text[first] == "*" { first += 1 }
        var end = first
        while end < text.count, text[end].isASCIIDigit, end - first < 3 { end += 1 }
        guard end > first, isListNumber(first..<end) else { return nil }
        return (text[first..<end].reduce(0) { $0 * 10 + Int($1.value) - 48 }, end)
    }

    /// One or two digits, a full stop, bracket or colon, a space, and a word.
    private func isListNumber(_ number: Range<Int>) -> Bool {
        guard (1...2).contains(number.count), text[number].allSatisfy(\.isASCIIDigit) else { return false }
        var index = number.upperBound
        guard index < text.count, [".", ")", ":"].contains(text[index]) else { return false }
        index += 1
        while index < text.count, text[index] == "*" { index += 1 }
        guard index < text.count, text[index] == " " else { return false }
        while index < text.count, [" ", "*", "$", "\\", "(", "\""].contains(text[index]) { index += 1 }
        return index < text.count && text[index].properties.isAlphabetic
    }

    private func opensLine(_ start: Int) -> Bool {
        var left = start - 1
        while left >= 0, [" ", "\t", "*", "#", ">"].contains(text[left]) { left -= 1 }
        return left < 0 || text[left].isLineBreak
    }
}
