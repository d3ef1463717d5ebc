/// Finds the letter that a reply chooses.
struct ChoiceLetter {
    let letters: ClosedRange<Unicode.Scalar>

    func chosen(in text: [Unicode.Scalar]) -> Unicode.Scalar? {
        boxed(in: text) ?? afterPhrase(in: text) ?? opening(of: text) ?? onlyOne(in: text)
    }

    private func boxed(in text: [Unicode.Scalar]) -> Unicode.Scalar? {
        guard let content = AnswerExtraction.boxedContent(in: text) else { return nil }
        let inner = withoutTextCommand(text[content])
        return letter(in: inner[...], allowsLowerCase: true)
    }

    /// The letter after the last `answer is` or the like; a lower-case one only where it stands alone or in brackets.
    private func afterPhrase(in text: [Unicode.Scalar]) -> Unicode.Scalar? {
        let lowered = text.map(\.lowercasedASCII)
        let phrases = [
            "answer is", "answer:", "answer would be", "option is", "choice is", "answer =", "i choose", "i pick",
        ]
        let places = phrases.flatMap { Self.places(after: $0, in: lowered) }.sorted(by: >).prefix(32)
        for place in places {
            let rest = text[place...].drop { Self.fillers.contains($0) || $0.properties.isWhitespace }
            if let letter = letter(in: skippingWord(rest), allowsLowerCase: false) { return letter }
        }
        return nil
    }

    /// `B`, `B.`, `(B)`, `B) Paris`, `**B**`; a bare `A` that begins a sentence is an article.
    private func opening(of text: [Unicode.Scalar]) -> Unicode.Scalar? {
        let rest = text.drop { $0.properties.isWhitespace || Self.fillers.contains($0) }
        return letter(in: skippingWord(rest), allowsLowerCase: true)
    }

    private func onlyOne(in text: [Unicode.Scalar]) -> Unicode.Scalar? {
        let bracketed = text.indices.filter { index in
            index > 0 && index + 1 < text.count && text[index - 1] == "(" && text[index + 1] == ")"
                && letters.contains(text[index])
        }
        if let only = single(bracketed.map { text[$0] }) { return only }
        guard bracketed.isEmpty else { return nil }
        let alone = text.indices.filter { index in
            letters.contains(text[index]) && text[index] != "A" && text[index] != "I"
                && (index == 0 || !text[index - 1].isJoining)
                && (index + 1 == text.count || !text[index + 1].isJoining)
        }
        return single(alone.map { text[$0] })
    }

    private func single(_ found: [Unicode.Scalar]) -> Unicode.Scalar? {
        Set(found).count == 1 ? found.first : nil
    }

    /// A letter at the very front, in brackets or before a mark that ends it.
    private func letter(in text: ArraySlice<Unicode.Scalar>, allowsLowerCase: Bool) -> Unicode.Scalar? {
        guard let first = text.first else { return nil }
        let isBracketed = first == "(" || first == "["
        let body = isBracketed ? text.dropFirst() : text
        guard let found = body.first, let letter = capital(found) else { return nil }
        let after = body.dropFirst().first
        let rest = body.dropFirst(isBracketed ? 2 : 1)
        if namesAnother(rest) { return nil }
        if isBracketed { return after == ")" || after == "]" ? letter : nil }
        let isLowerCase = letter != found
        guard let after else { return !isLowerCase || allowsLowerCase ? letter : nil }
        if [")", "."].contains(after) && (!isLowerCase || allowsLowerCase) { return letter }
        if isLowerCase { return nil }
        if [":", ",", ";", "*", "\n", "\r", "\"", "}", "!", "$"].contains(after) { return letter }
        if after == "'" || after == "-" { return body.dropFirst(2).first?.isWordPart ?? false ? nil : letter }
        return after.properties.isWhitespace && letter != "A" && letter != "I" ? letter : articleOrLetter(letter, body)
    }

    /// Whether a second letter follows after `or`, `and`, `&` or `/`.
    private func namesAnother(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        let start = text.drop { $0 == " " }
        for link in Self.links where start.starts(with: link) {
            let next = start.dropFirst(link.count).drop { $0 == " " || $0 == "(" || $0 == "[" }
            guard let letter = next.first, letters.contains(letter) else { continue }
            if !(next.dropFirst().first?.isJoining ?? false) { return true }
        }
        return false
    }

    /// `A` before white space is the choice only where nothing, or no lower-case word, follows.
    private func articleOrLetter(
        _ letter: Unicode.Scalar, _ text: ArraySlice<Unicode.Scalar>
    ) -> Unicode.Scalar? {
        guard let space = text.dropFirst().first, space.properties.isWhitespace else { return nil }
        let next = text.dropFirst().first { !$0.properties.isWhitespace }
        return next.map { $0.properties.isLowercase } ?? false ? nil : letter
    }

    private func capital(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if letters.contains(scalar) { return scalar }
        guard ("a"..."z").contains(scalar) else { return nil }
        let upper = Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) - 32)
        return letters.contains(upper) ? upper : nil
    }

    /// Drops `option`, `choice` or `letter` and what separates it from the letter.
    private func skippingWord(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        for word in Self.words where text.count > word.count {
            guard zip(text, word).allSatisfy({ $0.lowercasedASCII == $1 }) else { continue }
            return text.dropFirst(word.count).drop { Self.fillers.contains($0) || $0.properties.isWhitespace }
        }
        return text
    }

    private func withoutTextCommand(_ content: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        guard content.first == "\\", let brace = content.firstIndex(of: "{") else { return Array(content) }
        return content[(brace + 1)...].filter { $0 != "}" }
    }

    private static func places(after mark: String, in text: [Unicode.Scalar]) -> [Int] {
        let mark = Array(mark.unicodeScalars)
        guard let first = mark.first, text.count >= mark.count else { return [] }
        return (0...(text.count - mark.count)).filter { start in
            text[start] == first && text[start..<(start + mark.count)].elementsEqual(mark)
        }.map { $0 + mark.count }
    }

    private static let fillers: Set<Unicode.Scalar> = ["*", "_", ":", "\"", "'", "`", "$", "\u{201C}", "\u{2018}"]
    private static let links = ["or ", "and ", "&", "/"].map { Array($0.unicodeScalars) }
    private static let words = ["option ", "choice ", "letter ", "the letter ", "answer ", "option:"].map {
        Array($0.unicodeScalars)
    }
}

extension Unicode.Scalar {
    /// Whether a letter beside this character is part of a word or of a contraction.
    fileprivate var isJoining: Bool { isWordPart || self == "'" || self == "\u{2019}" || self == "-" }
}
