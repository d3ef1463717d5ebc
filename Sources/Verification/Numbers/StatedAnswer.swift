/// The number that a reply states after `answer is` or `answer:`.
struct StatedAnswer {
    /// A place after a phrase.
    private struct Statement {
        var start: Int
        /// Whether a colon ends the phrase, so that a working may follow instead of the answer.
        var isOpen: Bool
    }

    private let text: [Unicode.Scalar]
    private let marks: ListMarks

    init(_ text: [Unicode.Scalar]) {
        self.text = text
        marks = ListMarks(text)
    }

    /// What the sentence after the last phrase with a number gives.
    var finding: NumberFinding {
        for statement in statements {
            let found = finding(of: statement)
            if case .nothing = found { continue }
            return found
        }
        return .nothing
    }

    /// The last ones first.
    private var statements: [Statement] {
        let lowered = text.map(\.lowercasedASCII)
        let closed = ["answer is", "answer ="].flatMap { lowered.places(after: $0) }.map { place in
            Statement(start: place, isOpen: text[place...].first { $0 != " " && $0 != "*" } == ":")
        }
        let open = ["answer:", "answer**:", "answer:**"].flatMap { lowered.places(after: $0) }
            .map { Statement(start: $0, isOpen: true) }
        return Array((closed + open).sorted { $0.start > $1.start }.prefix(AnswerExtraction.attempts))
    }

    private func finding(of statement: Statement) -> NumberFinding {
        if statement.isOpen, marks.listBegins(at: skippingColon(from: statement.start)) { return .nothing }
        let sentence = statement.start..<endOfSentence(from: statement.start)
        var scanner = NumberScanner(text, in: sentence)
        guard let item = scanner.nextItem() else { return .nothing }
        if marks.isStepNumber(scanner.start) { return .nothing }
        if let working = working(sentence.lowerBound..<scanner.start, isOpen: statement.isOpen) {
            return result(of: working..<sentence.upperBound, isOpen: statement.isOpen)
        }
        if let value = equationValue(in: sentence, after: scanner.position) { return .number(value) }
        guard case .number(let number) = item else {
            return marked(in: scanner.position..<sentence.upperBound).map { .number($0) } ?? .formula
        }
        let first = scanner.position
        guard case .formula = scanner.nextItem(), isOperator(text[first..<scanner.start]) else {
            return .number(number)
        }
        return .formula
    }

    private func skippingColon(from start: Int) -> Int {
        text[start...].firstIndex { $0 != ":" && $0 != " " && $0 != "*" } ?? text.count
    }

    private func isOperator(_ gap: ArraySlice<Unicode.Scalar>) -> Bool {
        gap.allSatisfy { [" ", "\u{2009}", "+", "-", "±", "×", "*", "/"].contains($0) }
    }

    /// The end of the sentence's line, or a full stop before white space; a line break right after the phrase is passed.
    private func endOfSentence(from start: Int) -> Int {
        let first = text[start...].firstIndex { !$0.properties.isWhitespace && $0 != "*" && $0 != ":" } ?? text.count
        for index in first..<text.count {
            if text[index] == "\n" { return index }
            let isStop = text[index] == "." && index + 1 < text.count && text[index + 1].properties.isWhitespace
            if isStop { return index }
        }
        return text.count
    }
}

// MARK: Equations

extension StatedAnswer {
    /// What the equation that begins with the first number comes to: 7 of `3 + 4 = 7 because of 2 rules`; nil where there
    /// is none, as in `12, since x = 4`.
    private func equationValue(in sentence: Range<Int>, after first: Int) -> FoundNumber? {
        var start = first
        if let sign = sentence.first(where: { text[$0] == "=" }) {
            // What has no number before the sign is a name: `x = 5 + 3 = 8`.
            var name = NumberScanner(text, in: sentence.lowerBound..<sign)
            if name.next() == nil { start = sign }
        }
        let end = endOfEquation(start..<sentence.upperBound)
        guard let sign = (start..<end).last(where: { text[$0] == "=" }) else { return nil }
        var side = NumberScanner(text, in: (sign + 1)..<end)
        guard case .number(let value) = side.nextItem(), side.nextItem() == nil else { return nil }
        return value
    }

    /// Words that begin an explanation.
    private static let explaining: Set<String> = [
        "as", "because", "considering", "for", "given", "if", "since", "so", "when", "where", "which", "with",
    ]

    /// Where an explanation begins: at a word that says so, or at what a comma or a bracket sets apart.
    private func endOfEquation(_ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let word = text[index..<range.upperBound].prefix { $0.isASCIILetter }
            if Self.explaining.contains(String(String.UnicodeScalarView(word)).lowercased()) { return index }
            if word.isEmpty, isSetApart(range.lowerBound..<index) { return index }
            index += max(1, word.count)
        }
        return range.upperBound
    }

    /// Whether the mark at the end of the range begins something else: `, so`, `12 (x = 4)`, but not `2 * (3 + 4)`.
    private func isSetApart(_ range: Range<Int>) -> Bool {
        let index = range.upperBound
        let isSpaced = index + 1 < text.count && text[index + 1].properties.isWhitespace
        if text[index] == "," || text[index] == ";" { return isSpaced }
        guard text[index] == "(", index > 0, text[index - 1].properties.isWhitespace else { return false }
        guard let last = range.last(where: { !text[$0].properties.isWhitespace }) else { return true }
        let isEmphasis = text[last] == "*" && last > 0 && text[last - 1] == "*"
        return isEmphasis || !["+", "-", "*", "/", "×", "÷", "=", "("].contains(text[last])
    }
}

// MARK: Workings

extension StatedAnswer {
    /// Words after `answer is` that say how it was found.
    private static let passive: Set<String> = [
        "found", "calculated", "computed", "obtained", "derived", "determined", "reached", "by", "using",
    ]
    private static let doing: Set<String> = [
        "adding", "subtracting", "multiplying", "dividing", "taking", "combining", "summing", "counting", "solving",
        "computing", "calculating", "finding", "applying", "plugging", "substituting",
    ]
    /// They count as words of a working where they begin one, or follow one of `leading`.
    private static let commands: Set<String> = [
        "add", "subtract", "multiply", "divide", "sum", "combine", "compute", "calculate", "first", "start",
    ]
    private static let leading: Set<String> = ["to", "we", "first", "then", "must", "should", "you", "i"]
    private static let combinations: Set<String> = ["sum", "product", "difference", "quotient", "ratio"]
    /// Words that a result follows.
    private static let giving: Set<String> = [
        "giving", "gives", "give", "get", "gets", "getting", "equals", "yielding", "yields", "makes", "making", "is",
        "obtain", "obtaining", "leaving", "totaling", "totalling", "approximately", "about",
    ]

    /// The place in a text before a number from which it tells how the answer is found, and not what it is.
    private func working(_ range: Range<Int>, isOpen: Bool) -> Int? {
        var previous: String?
        var index = range.lowerBound
        while index < range.upperBound {
            let letters = text[index..<range.upperBound].prefix { $0.isASCIILetter }
            guard !letters.isEmpty else {
                index += 1
                continue
            }
            let word = String(String.UnicodeScalarView(letters)).lowercased()
            if isWorking(word, after: previous, isOpen: isOpen) { return index }
            previous = word
            index += letters.count
        }
        return nil
    }

    private func isWorking(_ word: String, after previous: String?, isOpen: Bool) -> Bool {
        if Self.doing.contains(word) || !isOpen && Self.passive.contains(word) { return true }
        if Self.commands.contains(word), previous.map(Self.leading.contains) ?? true { return true }
        return word == "of" && previous.map(Self.combinations.contains) ?? false
    }

    /// What a working comes to, where it says so or has one number; nothing where more numbers follow after a colon's.
    private func result(of working: Range<Int>, isOpen: Bool) -> NumberFinding {
        if isOpen {
            var rest = NumberScanner(text, in: working.upperBound..<text.count)
            if rest.nextItem() != nil { return .nothing }
        }
        if let result = marked(in: working) { return .number(result) }
        var scanner = NumberScanner(text, in: working)
        guard case .number(let number) = scanner.nextItem(), scanner.nextItem() == nil else { return .nothing }
        return .number(number)
    }

    /// The last number that follows a word such as `giving`, or an `=` or `≈`.
    private func marked(in range: Range<Int>) -> FoundNumber? {
        var scanner = NumberScanner(text, in: range)
        var found: FoundNumber?
        while let item = scanner.nextItem() {
            guard case .number(let number) = item else { continue }
            if followsResultMark(scanner.start, from: range.lowerBound) { found = number }
        }
        return found
    }

    private func followsResultMark(_ start: Int, from first: Int) -> Bool {
        var left = start - 1
        while left >= first, [" ", "$", "*", "(", "\u{2009}"].contains(text[left]) { left -= 1 }
        guard left >= first else { return false }
        if ["=", "≈"].contains(text[left]) { return true }
        return Self.giving.contains(NumberScanner(text).word(endingAt: left))
    }
}
