/// Where in a reply the answer is looked for.
public enum AnswerExtraction: String, CaseIterable, Hashable, Sendable {
    /// The first of `boxed`, `hashes`, `phrase` and `last` whose mark is in the reply.
    case auto
    /// The last complete `\boxed{…}`.
    case boxed
    /// The number right after the last `####` that has one.
    case hashes
    /// The number after the last `answer is` or `answer:`, in the same sentence.
    case phrase
    /// The last number of the reply.
    case last

    /// Marks looked at from the end of a reply, so that a reply of nothing but marks costs no more than others.
    private static let attempts = 32

    func number(in reply: String) -> FoundNumber? {
        let text = MathText(reply).scalars
        switch self {
        case .boxed: return Self.boxedContent(in: text).flatMap { Self.lastNumber(in: text, $0) }
        case .hashes: return Self.afterHashes(in: text)
        case .phrase: return Self.afterPhrase(in: text)
        case .last: return Self.lastNumber(in: text, 0..<text.count)
        case .auto:
            if let content = Self.boxedContent(in: text) { return Self.lastNumber(in: text, content) }
            return Self.afterHashes(in: text) ?? Self.afterPhrase(in: text) ?? Self.lastNumber(in: text, 0..<text.count)
        }
    }

    private static func lastNumber(in text: [Unicode.Scalar], _ range: Range<Int>) -> FoundNumber? {
        var scanner = NumberScanner(text, in: range)
        return scanner.last()
    }

    /// What stands between the braces of the last `\boxed` whose braces close.
    static func boxedContent(in text: [Unicode.Scalar]) -> Range<Int>? {
        let found = starts(of: "\\boxed", in: text) + starts(of: "\\fbox", in: text)
        for start in found.sorted(by: >).prefix(attempts) {
            var index = start
            while index < text.count, text[index] == " " { index += 1 }
            guard index < text.count else { continue }
            if text[index] != "{" { return index..<endOfWord(in: text, from: index) }
            if let end = closingBrace(in: text, from: index) { return (index + 1)..<end }
        }
        return nil
    }

    private static func closingBrace(in text: [Unicode.Scalar], from open: Int) -> Int? {
        var depth = 0
        var index = open
        while index < text.count {
            switch text[index] {
            case "\\": index += 1
            case "{": depth += 1
            case "}": depth -= 1
            default: break
            }
            if depth == 0 { return index }
            index += 1
        }
        return nil
    }

    private static func endOfWord(in text: [Unicode.Scalar], from start: Int) -> Int {
        var index = start
        while index < text.count, !text[index].properties.isWhitespace, text[index] != "$" { index += 1 }
        return index
    }

    private static func afterHashes(in text: [Unicode.Scalar]) -> FoundNumber? {
        let found = starts(of: "####", in: text).filter { $0 < text.count && text[$0] != "#" }
        for start in found.reversed().prefix(attempts) {
            var index = start
            while index < text.count, text[index] == " " || text[index] == "*" { index += 1 }
            let line = index..<endOfLine(in: text, from: index)
            guard let first = line.first.map({ text[$0] }), !first.isASCIILetter else { continue }
            var scanner = NumberScanner(text, in: line)
            if let number = scanner.next() { return number }
        }
        return nil
    }

    /// The number that the sentence after the last phrase with one gives.
    private static func afterPhrase(in text: [Unicode.Scalar]) -> FoundNumber? {
        let lowered = text.map(\.lowercasedASCII)
        let found = ["answer is", "answer:", "answer**:", "answer =", "answer:**"].flatMap {
            starts(of: $0, in: lowered)
        }
        for start in found.sorted(by: >).prefix(attempts) {
            let sentence = start..<endOfSentence(in: text, from: start)
            if let number = statedNumber(in: text, sentence) { return number }
        }
        return nil
    }

    /// The first number, or what the equation that begins there comes to: 7 of `3 + 4 = 7 because of 2 rules`, 12 of
    /// `12, since x = 4`.
    private static func statedNumber(in text: [Unicode.Scalar], _ sentence: Range<Int>) -> FoundNumber? {
        var scanner = NumberScanner(text, in: sentence)
        guard let first = scanner.next() else { return nil }
        var start = scanner.position
        if let sign = sentence.first(where: { text[$0] == "=" }) {
            // What has no number before the sign is a name: `x = 5 + 3 = 8`.
            var name = NumberScanner(text, in: sentence.lowerBound..<sign)
            if name.next() == nil { start = sign }
        }
        let end = endOfEquation(in: text, start..<sentence.upperBound)
        guard let sign = (start..<end).last(where: { text[$0] == "=" }) else { return first }
        var side = NumberScanner(text, in: (sign + 1)..<end)
        guard let value = side.next(), side.next() == nil else { return first }
        return value
    }

    /// Words that begin an explanation.
    private static let explaining: Set<String> = [
        "as", "because", "considering", "for", "given", "if", "since", "so", "when", "where", "which", "with",
    ]

    /// Where an explanation begins: at a word that says so, or at what a comma or a bracket sets apart.
    private static func endOfEquation(in text: [Unicode.Scalar], _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let word = text[index..<range.upperBound].prefix { $0.isASCIILetter }
            if explaining.contains(String(String.UnicodeScalarView(word)).lowercased()) { return index }
            if word.isEmpty, isSetApart(in: text, range.lowerBound..<index) { return index }
            index += max(1, word.count)
        }
        return range.upperBound
    }

    /// Whether the mark at the end of the range begins something else: `, so`, `12 (x = 4)`, but not `2 * (3 + 4)`.
    private static func isSetApart(in text: [Unicode.Scalar], _ range: Range<Int>) -> Bool {
        let index = range.upperBound
        let isSpaced = index + 1 < text.count && text[index + 1].properties.isWhitespace
        if text[index] == "," || text[index] == ";" { return isSpaced }
        guard text[index] == "(", index > 0, text[index - 1].properties.isWhitespace else { return false }
        guard let last = range.last(where: { !text[$0].properties.isWhitespace }) else { return true }
        let isEmphasis = text[last] == "*" && last > 0 && text[last - 1] == "*"
        return isEmphasis || !["+", "-", "*", "/", "×", "÷", "=", "("].contains(text[last])
    }

    private static func endOfLine(in text: [Unicode.Scalar], from start: Int) -> Int {
        text[start...].firstIndex { $0 == "\n" || $0 == "\r" } ?? text.count
    }

    /// The end of the sentence's line, or a full stop before white space; a line break right after the phrase is passed.
    private static func endOfSentence(in text: [Unicode.Scalar], from start: Int) -> Int {
        let first = text[start...].firstIndex { !$0.properties.isWhitespace && $0 != "*" && $0 != ":" } ?? text.count
        for index in first..<text.count {
            if text[index] == "\n" { return index }
            let isStop = text[index] == "." && index + 1 < text.count && text[index + 1].properties.isWhitespace
            if isStop { return index }
        }
        return text.count
    }

    /// The places right after every occurrence of the mark.
    private static func starts(of mark: String, in text: [Unicode.Scalar]) -> [Int] {
        let mark = Array(mark.unicodeScalars)
        guard let first = mark.first, text.count >= mark.count else { return [] }
        return (0...(text.count - mark.count)).filter { start in
            text[start] == first && text[start..<(start + mark.count)].elementsEqual(mark)
        }.map { $0 + mark.count }
    }
}
