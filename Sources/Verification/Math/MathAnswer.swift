/// Where in a reply the answer stands, in the order in which the places are tried.
enum MathAnswer {
    /// Most characters of one answer.
    private static let limit = 2000
    /// Marks of one kind that are followed up.
    private static let attempts = 32

    /// The answer of a reply, read; nil where no place holds mathematics.
    static func node(in reply: String) -> (text: String, node: MathNode)? {
        for candidate in candidates(reply) where !candidate.isEmpty && candidate.count <= limit {
            if let node = try? MathParser.parse(candidate) { return (candidate, node) }
        }
        return nil
    }

    /// The node of a target: the whole text where it is mathematics, otherwise as in a reply.
    static func target(_ text: String) -> MathNode? {
        let trimmed = text.trimmingEnds
        if !trimmed.contains("$"), !trimmed.contains("\\boxed"), let node = try? MathParser.parse(plain(trimmed)) {
            return node
        }
        return node(in: text)?.node
    }

    private static func candidates(_ reply: String) -> [String] {
        var found: [String] = []
        let tail = String(reply.suffix(20_000))
        if let boxed = lastBoxes(tail) { found.append(boxed) }
        if let phrase = afterPhrase(tail) {
            let formulas = joinedFormulas(phrase)
            if let formula = formulas.first(where: { $0.count > 1 || $0.first?.isASCIIDigit == true }) {
                found.append(formula)
            } else {
                found.append(contentsOf: [plain(phrase), lastNumber(phrase) ?? ""])
            }
        }
        found += joinedFormulas(tail).reversed().prefix(4)
        if tail.count <= 200, isBare(tail) { found.append(plain(tail)) }
        if let number = lastNumber(tail) { found.append(number) }
        return found.map(\.trimmingEnds)
    }

    /// Whether a text is all mathematics, or all words.
    private static func isBare(_ text: String) -> Bool {
        guard let tokens = try? MathLexer.tokens(of: text) else { return false }
        let words = tokens.count { if case .text = $0 { true } else { false } }
        return words == 0 || words == tokens.count
    }

    /// The content of the last complete `\\boxed{…}`, or of several that stand side by side, as a list.
    private static func lastBoxes(_ text: String) -> String? {
        var boxes: [(content: String, start: String.Index, end: String.Index)] = []
        for range in text.ranges(of: "\\boxed").suffix(attempts) {
            let rest = text[range.upperBound...].drop { $0 == " " }
            guard rest.first == "{", let end = closingBrace(rest) else { continue }
            let inside = String(rest[rest.index(after: rest.startIndex)..<end]).replacing("$", with: "")
            let after = rest.index(after: end)
            boxes.append((inside + percent(after: text[after...]), range.lowerBound, after))
        }
        guard var first = boxes.indices.last else { return nil }
        // A box inside another one is the answer by itself.
        while first > 0, boxes[first - 1].end <= boxes[first].start,
            isSeparator(text[boxes[first - 1].end..<boxes[first].start])
        { first -= 1 }
        return boxes[first...].map(\.content).joined(separator: ", ")
    }

    private static func closingBrace(_ text: Substring) -> String.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// Whether what stands between two answers only joins them: `, `, ` and `, `\\) or \\( y_2 = `.
    private static func isSeparator(_ text: Substring) -> Bool {
        guard text.count <= 48, !text.contains("\n\n") else { return false }
        return text.isEmpty || text.contains("and") || text.contains("or") || text.contains(",")
            || text.contains("quad")
    }

    /// Formulas, where those that stand side by side are one list.
    private static func joinedFormulas(_ text: String) -> [String] {
        var joined: [(content: String, end: Int)] = []
        let characters = Array(text)
        for formula in formulas(text) {
            if let last = joined.last, last.end < formula.start {
                let gap = String(characters[last.end..<formula.start])
                if gap.count <= 12, gap.filter(\.isLetter).count <= 3, isSeparator(Substring(gap)) {
                    joined[joined.count - 1] = (last.content + ", " + formula.content, formula.end)
                    continue
                }
            }
            joined.append((formula.content, formula.end))
        }
        return joined.map(\.content)
    }

    private static func percent(after text: Substring) -> String {
        let rest = text.drop { $0 == " " || $0 == "$" || $0 == "\\" }
        return ["%", "percent", "pct"].contains(where: { rest.hasPrefix($0) }) ? "\\%" : ""
    }

    /// What follows the last `answer is` or `answer:`, up to the end of its sentence.
    private static func afterPhrase(_ text: String) -> String? {
        let lower = text.lowercased()
        guard lower.utf8.count == text.utf8.count else { return nil }
        let marks = ["answer is", "answer:", "answer is:"].flatMap { lower.ranges(of: $0) }
        guard let last = marks.max(by: { $0.upperBound < $1.upperBound }) else { return nil }
        let offset = lower.utf8.distance(from: lower.startIndex, to: last.upperBound)
        let start = text.utf8.index(text.startIndex, offsetBy: offset)
        let rest = text[start...].drop { $0 == ":" || $0.isWhitespace || $0 == "*" }
        return String(rest.prefix { !$0.isNewline })
    }

    /// Formulas between dollar signs or LaTeX brackets, in their order, each with a per cent sign that follows it.
    private static func formulas(_ text: String) -> [(content: String, start: Int, end: Int)] {
        var found: [(content: String, start: Int, end: Int)] = []
        let characters = Array(text)
        var position = 0
        var failures = 0
        while position < characters.count {
            guard let (open, close, isInline) = opening(characters, position) else {
                position += characters[position] == "\\" ? 2 : 1
                continue
            }
            let start = position + open
            guard let end = closing(close, characters, from: start, isInline: isInline) else {
                // A text of nothing but marks costs no more than others.
                failures += 1
                if failures == attempts { break }
                position = start
                continue
            }
            let after = end + close.count
            let sign = percent(after: Substring(String(characters[after...].prefix(12))))
            found.append((String(characters[start..<end]) + sign, position, after))
            position = after
        }
        return found
    }

    private static func opening(_ text: [Character], _ position: Int) -> (Int, [Character], Bool)? {
        let two = position + 1 < text.count ? String(text[position...(position + 1)]) : ""
        switch two {
        case "$$": return (2, ["$", "$"], false)
        case "\\[": return (2, ["\\", "]"], false)
        case "\\(": return (2, ["\\", ")"], true)
        default: return text[position] == "$" ? (1, ["$"], true) : nil
        }
    }

    private static func closing(_ mark: [Character], _ text: [Character], from start: Int, isInline: Bool) -> Int? {
        var position = start
        while position + mark.count <= text.count {
            if isInline && text[position].isNewline { return nil }
            if Array(text[position..<(position + mark.count)]) == mark { return position }
            position += text[position] == "\\" ? 2 : 1
        }
        return nil
    }

    /// Plain text whose decimal comma becomes a point, where it cannot be a list or a group of thousands.
    private static func plain(_ text: String) -> String {
        let body = text.trimmingEnds
        let parts = body.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let whole = parts.first, let rest = parts.last else { return body }
        let digits = rest.prefix { $0.isASCIIDigit }
        let isWhole = whole.allSatisfy { $0.isASCIIDigit || $0 == "-" } && whole.contains(where: \.isASCIIDigit)
        guard isWhole, digits.count == rest.count, digits.count != 3 || whole.hasSuffix("0") && whole.count == 1 else {
            return body
        }
        return "\(whole).\(rest)"
    }

    /// The last number of a text, with a fraction, a sign and a per cent sign if it has them.
    private static func lastNumber(_ text: String) -> String? {
        let characters = Array(text)
        guard var end = characters.lastIndex(where: \.isASCIIDigit) else { return nil }
        var start = end
        func belongs(_ index: Int) -> Bool {
            let character = characters[index]
            if character.isASCIIDigit { return true }
            let before = index > 0 && characters[index - 1].isASCIIDigit
            return ".,/ ".contains(character) && before && characters[index + 1].isASCIIDigit
        }
        while start > 0, belongs(start - 1) { start -= 1 }
        if start > 0, characters[start - 1] == "." { start -= 1 }
        if start > 0, characters[start - 1].isASCIILetter { return nil }
        if start > 0, "-−".contains(characters[start - 1]) { start -= 1 }
        end += 1
        let rest = end < characters.count ? String(characters[end...].prefix(12)) : ""
        return plain(String(characters[start..<end])) + percent(after: Substring(rest))
    }
}

extension String {
    /// Without white space, full stops and stars at its ends.
    fileprivate var trimmingEnds: String {
        func isEdge(_ character: Character) -> Bool { character.isWhitespace || character == "*" }
        var text = self[...].drop(while: isEdge)
        while let last = text.last, isEdge(last) || (last == "." && text.dropLast().last != ".") || ",;:".contains(last)
        {
            text = text.dropLast()
        }
        return String(text)
    }
}
