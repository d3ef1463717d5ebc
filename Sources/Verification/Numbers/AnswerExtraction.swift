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
    /// The last number of the reply that does not count lines or steps.
    case last

    /// Marks looked at from the end of a reply, so that a reply of nothing but marks costs no more than others.
    static let attempts = 32

    func number(in reply: String) -> FoundNumber? {
        if case .number(let number) = finding(in: reply) { return number }
        return nil
    }

    func finding(in reply: String) -> NumberFinding {
        finding(in: MathText(reply).scalars)
    }

    private func finding(in text: [Unicode.Scalar]) -> NumberFinding {
        switch self {
        case .boxed: Self.boxedContent(in: text).map { PlainNumber(text).finding(in: $0) } ?? .nothing
        case .hashes: Self.afterHashes(in: text)
        case .phrase: StatedAnswer(text).finding
        case .last: Self.last(in: text)
        case .auto:
            if let marked = Self.marked(in: text) { marked } else { Self.last(in: text) }
        }
    }

    /// The number of a target: as in a reply, but a target without marks must not be a formula.
    static func target(_ target: String) -> FoundNumber? {
        let text = MathText(target).scalars
        var finding = marked(in: text) ?? PlainNumber(text).finding(in: 0..<text.count)
        if case .several = finding { finding = last(in: text) }
        if case .number(let number) = finding { return number }
        return nil
    }

    /// What stands at a mark; nil where the text has none.
    private static func marked(in text: [Unicode.Scalar]) -> NumberFinding? {
        if let content = boxedContent(in: text) { return PlainNumber(text).finding(in: content) }
        let places = [afterHashes(in: text), StatedAnswer(text).finding]
        return places.first { if case .nothing = $0 { false } else { true } }
    }

    private static func last(in text: [Unicode.Scalar]) -> NumberFinding {
        var scanner = NumberScanner(text)
        let marks = ListMarks(text)
        var found: NumberFinding?
        var counted: NumberFinding?
        while let item = scanner.nextItem() {
            switch item {
            case .formula: found = .formula
            case .number(let number):
                let isCounting = marks.counts(scanner.start..<scanner.position)
                if isCounting { counted = .number(number) } else { found = .number(number) }
            }
        }
        return found ?? counted ?? .nothing
    }

    /// What stands between the braces of the last `\boxed` whose braces close.
    static func boxedContent(in text: [Unicode.Scalar]) -> Range<Int>? {
        let found = text.places(after: "\\boxed") + text.places(after: "\\fbox")
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

    private static func afterHashes(in text: [Unicode.Scalar]) -> NumberFinding {
        let found = text.places(after: "####").filter { $0 < text.count && text[$0] != "#" }
        let marks = ListMarks(text)
        for start in found.reversed().prefix(attempts) {
            var index = start
            while index < text.count, text[index] == " " || text[index] == "*" { index += 1 }
            let line = index..<(text[index...].firstIndex(where: \.isLineBreak) ?? text.count)
            guard let first = text[line].first, !first.isASCIILetter || isSignWord(text[line]) else { continue }
            if marks.isHeading(line, among: found) { continue }
            var scanner = NumberScanner(text, in: line)
            switch scanner.nextItem() {
            case .number(let number): return .number(number)
            case .formula: return .formula
            case nil: continue
            }
        }
        return .nothing
    }

    private static func isSignWord(_ line: ArraySlice<Unicode.Scalar>) -> Bool {
        let word = String(String.UnicodeScalarView(line.prefix { $0.isASCIILetter })).lowercased()
        return word == "minus" || word == "negative"
    }
}

/// What a place of a reply gives for its number.
enum NumberFinding: Hashable {
    case number(FoundNumber)
    /// Numbers that differ, where one was looked for.
    case several
    /// A number that is not written in digits alone, such as `2√3` or `x + 5`.
    case formula
    case nothing
}

extension [Unicode.Scalar] {
    /// The places right after every occurrence of a mark.
    func places(after mark: String) -> [Int] {
        let mark = Array(mark.unicodeScalars)
        guard let first = mark.first, count >= mark.count else { return [] }
        return (0...(count - mark.count)).filter { start in
            self[start] == first && self[start..<(start + mark.count)].elementsEqual(mark)
        }.map { $0 + mark.count }
    }
}
