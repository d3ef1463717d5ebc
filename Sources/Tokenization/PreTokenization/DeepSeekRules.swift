/// DeepSeek's chains of expressions, one after another.
enum DeepSeekRules {
    /// `[\r\n]`, `\s?[letters with case]+`, `\s?[punctuation]+`, `\s+$`, `[ideographs]+`, `\p{N}+`.
    static let languageModel: [any PieceRule] = [
        singleLineBreaks,
        Runs(afterSpace: true) { DeepSeekLetters.contains($0.value) },
        Runs(afterSpace: true) { isListedPunctuation($0.value) },
        TrailingSpaces(),
        ideographs,
        Runs { $0.isIn(.number) },
    ]

    /// `[\r\n]`, `\s?\p{L}+`, `\s?\p{P}+`, `[ideographs]+`, `\p{N}`.
    static let coder: [any PieceRule] = [
        singleLineBreaks,
        Runs(afterSpace: true) { $0.isIn(.letter) },
        Runs(afterSpace: true) { $0.isIn(.punctuation) },
        ideographs,
        Runs.singleNumbers,
    ]

    /// `\p{N}{1,3}`, `[一-龥぀-ゟ゠-ヿ]+`, ``DeepSeekV3Words``.
    static let version3: [any PieceRule] = [
        Runs(longest: 3) { $0.isIn(.number) },
        Runs { 0x4E00...0x9FA5 ~= $0.value || 0x3040...0x30FF ~= $0.value },
        DeepSeekV3Words(),
    ]

    private static let singleLineBreaks = Runs(longest: 1) { $0.isLineBreak }

    /// `[一-龥ࠀ-一가-퟿]+`
    private static let ideographs = Runs { 0x0800...0x9FA5 ~= $0.value || 0xAC00...0xD7FF ~= $0.value }

    /// `[!-/:-~！-／：-～‘-‟　-。]`
    private static func isListedPunctuation(_ value: UInt32) -> Bool {
        switch value {
        case 0x21...0x2F, 0x3A...0x7E, 0xFF01...0xFF0F, 0xFF1A...0xFF5E, 0x2018...0x201F, 0x3000...0x3002: true
        default: false
        }
    }
}

/// `\s+$`: cuts off the spaces at the end of the text.
struct TrailingSpaces: PieceRule {
    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        var end = offset
        var endOfOthers = offset
        while end < limit {
            let next = text.scalar(at: end)
            end += next.length
            if !next.isIn(.whitespace) { endOfOthers = end }
        }
        return endOfOthers > offset ? endOfOthers : limit
    }
}

/// `[!-/:-@[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct DeepSeekV3Words: MatchingRule {
    func endOfMatch(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int? {
        let first = text.scalar(at: offset)
        let next = offset + first.length
        let second = next < limit ? text.scalar(at: next) : nil
        if first.value < 0x80, first.isIn(.signs), let second, isLatin(second) {
            return text.endOfRun(from: next, limit: limit, where: isLatin)
        }
        if !first.isLineBreak, !first.isIn(.signs.union(.letter)), let second, second.isIn(.lettersAndMarks) {
            return text.endOfRun(from: next, limit: limit) { $0.isIn(.lettersAndMarks) }
        }
        if first.isIn(.lettersAndMarks) {
            return text.endOfRun(from: offset, limit: limit) { $0.isIn(.lettersAndMarks) }
        }
        if first.isIn(.signs) { return endOfSigns(in: text, from: next, limit: limit) }
        if first.isSpaceCharacter, let second, second.isIn(.signs) {
            return endOfSigns(in: text, from: next, limit: limit)
        }
        guard first.isIn(.whitespace) else { return nil }
        return text.endOfLineBreaks(from: offset, limit: limit) ?? text.endOfSpaces(from: offset, limit: limit)
    }

    private func isLatin(_ scalar: ClassifiedScalar) -> Bool { scalar.value < 0x80 && scalar.isIn(.letter) }

    private func endOfSigns(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        let end = text.endOfRun(from: offset, limit: limit) { $0.isIn(.signs) }
        return text.endOfRun(from: end, limit: limit) { $0.isLineBreak }
    }
}

extension ScalarClasses {
    fileprivate static let signs: ScalarClasses = [.punctuation, .symbol]
    fileprivate static let lettersAndMarks: ScalarClasses = [.letter, .mark]
}
