/// Finds the letter that a reply chooses.
///
/// The places are looked at in turn: a box, a phrase, the opening, and the only letter that is named. One that names
/// several letters, or says of a letter that it is wrong, settles that the reply chooses none.
struct ChoiceLetter {
    let letters: ClosedRange<Unicode.Scalar>

    /// What one place of a reply says.
    private enum Reading {
        case letter(Unicode.Scalar)
        /// Several letters, or one that is ruled out.
        case undecided
        case nothing
    }

    func chosen(in text: [Unicode.Scalar]) -> Unicode.Scalar? {
        let places: [([Unicode.Scalar]) -> Reading] = [boxed(in:), afterPhrase(in:), opening(of:)]
        for reading in places {
            switch reading(text) {
            case .letter(let letter): return letter
            case .undecided: return nil
            case .nothing: continue
            }
        }
        return onlyOne(in: text)
    }

    private func boxed(in text: [Unicode.Scalar]) -> Reading {
        guard let content = AnswerExtraction.boxedContent(in: text) else { return .nothing }
        let inner = withoutTextCommand(text[content])
        return reading(of: inner[...])
    }

    /// The letter after the last `answer is` or the like.
    private func afterPhrase(in text: [Unicode.Scalar]) -> Reading {
        let lowered = text.map(\.lowercasedASCII)
        let places = ChoiceWords.phrases.flatMap { Self.places(after: $0, in: lowered) }.sorted(by: >).prefix(32)
        for place in places {
            let reading = readingAfterPhrase(ChoiceWords.withoutFillers(text[place...]))
            if case .nothing = reading { continue }
            return reading
        }
        return .nothing
    }

    /// `B`, `option B`; `not B` names a letter and chooses none.
    private func readingAfterPhrase(_ text: ArraySlice<Unicode.Scalar>) -> Reading {
        guard let denial = ChoiceWords.first(of: ChoiceWords.denialsBefore, beginning: text) else {
            return reading(of: ChoiceWords.withoutLabels(text))
        }
        let rest = ChoiceWords.withoutLabels(ChoiceWords.withoutFillers(text.dropFirst(denial.count)))
        if case .nothing = reading(of: rest) { return .nothing }
        return .undecided
    }

    /// `B`, `B.`, `(B)`, `B) Paris`, `**B**`; a bare `A` that begins a sentence is an article.
    private func opening(of text: [Unicode.Scalar]) -> Reading {
        reading(of: ChoiceWords.withoutLabels(ChoiceWords.withoutFillers(text[...])))
    }

    /// What a text says whose first character may be a letter, in brackets or not.
    private func reading(of text: ArraySlice<Unicode.Scalar>) -> Reading {
        guard let first = text.first else { return .nothing }
        let isBracketed = first == "(" || first == "["
        let body = isBracketed ? text.dropFirst() : text
        guard let found = body.first, let letter = capital(found) else { return .nothing }
        let (rest, isLowerCase) = (body.dropFirst(), letter != found)
        let isWhole =
            isBracketed
            ? rest.first == ")" || rest.first == "]"
            : isLowerCase ? isSmallLetterEnded(before: rest) : isEnded(letter, before: rest)
        // `A or B` is a choice of two, though `A` before a small letter is an article.
        if isWhole || !isLowerCase, namesAnother(rest, allowsLowerCase: isLowerCase || isBracketed) {
            return .undecided
        }
        guard isWhole else { return .nothing }
        return ChoiceWords.deny(rest, isBracketed: isBracketed) ? .undecided : .letter(letter)
    }

    /// Whether what follows a small letter without brackets ends it: nothing, a bracket, or a full stop that is not that
    /// of `e.g.`, with marks such as `**` before it or not. Any other small letter may be a word.
    private func isSmallLetterEnded(before rest: ArraySlice<Unicode.Scalar>) -> Bool {
        let marked = rest.drop { ChoiceWords.closings.contains($0) && ![")", "."].contains($0) }
        guard let after = marked.first else { return true }
        guard after == "." else { return [")", "\n", "\r"].contains(after) }
        return marked.dropFirst().first.map { !$0.isWordPart || $0.properties.isUppercase } ?? true
    }

    /// Whether what follows a capital without brackets ends it.
    private func isEnded(_ letter: Unicode.Scalar, before rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let after = rest.first else { return true }
        if [")", "."].contains(after) { return true }
        if [":", ",", ";", "*", "\n", "\r", "\"", "}", "!", "$"].contains(after) { return true }
        if after == "'" || after == "-" { return !(rest.dropFirst().first?.isWordPart ?? false) }
        guard after.properties.isWhitespace else { return false }
        // `A` and `I` before white space are the choice only where nothing, or no small letter, follows.
        return !(ChoiceWords.mayBeWords.contains(letter) && ChoiceWords.beginsInLowerCase(rest))
    }

    private func capital(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if letters.contains(scalar) { return scalar }
        guard ("a"..."z").contains(scalar) else { return nil }
        let upper = Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) - 32)
        return letters.contains(upper) ? upper : nil
    }

    private func withoutTextCommand(_ content: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        guard content.first == "\\", let brace = content.firstIndex(of: "{") else { return Array(content) }
        return content[(brace + 1)...].filter { $0 != "}" }
    }

    private static func places(after mark: [Unicode.Scalar], in text: [Unicode.Scalar]) -> [Int] {
        guard let first = mark.first, text.count >= mark.count else { return [] }
        return (0...(text.count - mark.count)).filter { start in
            text[start] == first && text[start..<(start + mark.count)].elementsEqual(mark)
        }.map { $0 + mark.count }
    }
}

// MARK: Several letters

extension ChoiceLetter {
    /// Whether a second letter follows the first: after `or`, `and`, `&` or the like, or in a list with commas.
    private func namesAnother(_ rest: ArraySlice<Unicode.Scalar>, allowsLowerCase: Bool) -> Bool {
        let start = rest.drop { $0 == " " || ChoiceWords.closings.contains($0) }
        guard start.first == "," else { return followsLink(start, allowsLowerCase: allowsLowerCase) }
        let next = start.dropFirst().drop { $0 == " " }
        return followsLink(next, allowsLowerCase: allowsLowerCase) || isListed(next)
    }

    private func followsLink(_ text: ArraySlice<Unicode.Scalar>, allowsLowerCase: Bool) -> Bool {
        guard let link = ChoiceWords.first(of: ChoiceWords.links, beginning: text) else { return false }
        let next = ChoiceWords.withoutLabels(ChoiceWords.withoutFillers(text.dropFirst(link.count)))
            .drop { $0 == "(" || $0 == "[" }
        guard allowsLowerCase, let first = next.first, !letters.contains(first) else { return standsAlone(next) }
        guard let letter = capital(first), !(next.dropFirst().first?.isJoining ?? false) else { return false }
        return !(ChoiceWords.mayBeWords.contains(letter) && ChoiceWords.beginsInLowerCase(next.dropFirst()))
    }

    /// Whether a letter after a comma is the next one of a list, and not the subject of what follows.
    private func isListed(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        let next = text.drop { $0 == "(" || $0 == "[" }
        guard standsAlone(next) else { return false }
        let rest = next.dropFirst().drop { $0 == " " || ChoiceWords.closings.contains($0) }
        guard let after = rest.first else { return true }
        return [",", ";", "\n", "\r"].contains(after) || followsLink(rest, allowsLowerCase: false)
            || ChoiceWords.first(of: [Array("are ".unicodeScalars)], beginning: rest) != nil
    }

    /// Whether the first character is one of the letters, and neither part of a word nor the pronoun `I`.
    private func standsAlone(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let letter = text.first, letters.contains(letter) else { return false }
        let rest = text.dropFirst()
        guard let after = rest.first else { return true }
        if after.isJoining { return false }
        return letter != "I" || !after.properties.isWhitespace || !ChoiceWords.beginsInLowerCase(rest)
    }

    /// The only letter in brackets, or else the only one that stands alone, unless it is ruled out or joined to another.
    ///
    /// A bare `A` or `I` counts against other letters where it cannot be a word, and is never chosen.
    private func onlyOne(in text: [Unicode.Scalar]) -> Unicode.Scalar? {
        let named = text.indices.filter { index in
            letters.contains(text[index]) && (index == 0 || !text[index - 1].isJoining) && standsAlone(text[index...])
        }
        let joined = joined(named, in: text)
        let bracketed = named.filter { isBracketed($0, in: text) }
        let counted =
            bracketed.isEmpty ? named.filter { joined.contains($0) || !mayBeWord($0, in: text) } : bracketed
        guard let first = counted.first, counted.allSatisfy({ text[$0] == text[first] }) else { return nil }
        if bracketed.isEmpty, ChoiceWords.mayBeWords.contains(text[first]) { return nil }
        let isOpen = counted.contains { joined.contains($0) || isDenied($0, in: text) }
        return isOpen ? nil : text[first]
    }

    /// The places of different letters between which nothing but a word such as `or` stands.
    private func joined(_ named: [Int], in text: [Unicode.Scalar]) -> Set<Int> {
        var joined: Set<Int> = []
        for (first, second) in zip(named, named.dropFirst()) where text[first] != text[second] {
            if ChoiceWords.isLink(text[(first + 1)..<second]) { joined.formUnion([first, second]) }
        }
        return joined
    }

    private func isBracketed(_ index: Int, in text: [Unicode.Scalar]) -> Bool {
        index > 0 && index + 1 < text.count && text[index - 1] == "(" && text[index + 1] == ")"
    }

    private func mayBeWord(_ index: Int, in text: [Unicode.Scalar]) -> Bool {
        ChoiceWords.mayBeWords.contains(text[index]) && index + 1 < text.count
            && text[index + 1].properties.isWhitespace
    }

    private func isDenied(_ index: Int, in text: [Unicode.Scalar]) -> Bool {
        ChoiceWords.denies(text[..<index])
            || ChoiceWords.deny(text[(index + 1)...], isBracketed: isBracketed(index, in: text))
    }
}

extension Unicode.Scalar {
    /// Whether a letter beside this character is part of a word or of a contraction.
    fileprivate var isJoining: Bool { isWordPart || self == "'" || self == "\u{2019}" || self == "-" }
}
