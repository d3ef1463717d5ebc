/// GPT-4o's expression and Tekken's, which begin a new word where small letters are followed by capitals:
/// `[^\r\n\p{L}\p{N}]?U*L+C?|[^\r\n\p{L}\p{N}]?U+L*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
/// with `U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, `L = [\p{Ll}\p{Lm}\p{Lo}\p{M}]` and `C` an English contraction.
struct CasedWords: PieceRule {
    /// Digits in one piece: 3 for GPT-4o, 1 for Tekken.
    let longestNumber: Int
    /// Whether a contraction belongs to the word before it: GPT-4o.
    let keepsContractions: Bool

    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        let first = text.scalar(at: offset)
        let next = offset + first.length
        if let end = endOfWord(in: text, first: first, from: offset, limit: limit) {
            guard keepsContractions else { return end }
            return text.endOfContraction(from: end, limit: limit, ignoringCase: true) ?? end
        }
        if first.isIn(.number) {
            var count = 0
            return text.endOfRun(from: offset, limit: limit) {
                count += 1
                return count <= longestNumber && $0.isIn(.number)
            }
        }
        if isOther(first) { return endOfOthers(in: text, from: next, limit: limit) }
        if first.isSpaceCharacter, next < limit, isOther(text.scalar(at: next)) {
            return endOfOthers(in: text, from: next, limit: limit)
        }
        return text.endOfLineBreaks(from: offset, limit: limit) ?? text.endOfSpaces(from: offset, limit: limit)
    }

    /// The first two alternatives, each first with the leading character, then without.
    private func endOfWord(
        in text: Span<UInt8>, first: ClassifiedScalar, from offset: Int, limit: Int
    ) -> Int? {
        let next = offset + first.length
        let mayLead = !first.isLineBreak && !first.isIn([.letter, .number]) && next < limit
        return (mayLead ? endOfSmallLetters(in: text, from: next, limit: limit) : nil)
            ?? endOfSmallLetters(in: text, from: offset, limit: limit)
            ?? (mayLead ? endOfCapitals(in: text, from: next, limit: limit) : nil)
            ?? endOfCapitals(in: text, from: offset, limit: limit)
    }

    /// `U*L+`. The capitals give back as little as `L+` needs.
    private func endOfSmallLetters(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int? {
        var end = offset
        var endOfLastCaseless: Int?
        while end < limit {
            let next = text.scalar(at: end)
            guard next.isIn(.upperOrCaseless) else { break }
            end += next.length
            if next.isIn(.lowerOrCaseless) { endOfLastCaseless = end }
        }
        let endOfSmall = text.endOfRun(from: end, limit: limit) { $0.isIn(.lowerOrCaseless) }
        return endOfSmall > end ? endOfSmall : endOfLastCaseless
    }

    /// `U+L*`, where `U*L+` has not matched: nothing of `L` follows.
    private func endOfCapitals(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int? {
        let end = text.endOfRun(from: offset, limit: limit) { $0.isIn(.upperOrCaseless) }
        return end > offset ? end : nil
    }

    private func isOther(_ scalar: ClassifiedScalar) -> Bool { !scalar.isIn([.letter, .number, .whitespace]) }

    private func endOfOthers(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        let end = text.endOfRun(from: offset, limit: limit, where: isOther)
        return text.endOfRun(from: end, limit: limit) { $0.isLineBreak || $0.value == 0x2F }
    }
}
