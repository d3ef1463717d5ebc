/// Llama 3's expression and its relatives:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct Llama3Words: PieceRule {
    /// Digits in one piece: 3 for Llama 3, 1 for Qwen 2.
    let longestNumber: Int
    /// `\p{L}`, or `[\p{L}\p{M}]` for Qwen 3.5.
    var letters: ScalarClasses = .letter

    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        if let end = text.endOfContraction(from: offset, limit: limit, ignoringCase: true) { return end }
        let first = text.scalar(at: offset)
        let next = offset + first.length
        if first.isIn(letters) { return endOfLetters(in: text, from: next, limit: limit) }
        if first.isIn(.number) { return endOfNumber(in: text, from: offset, limit: limit) }
        let second = next < limit ? text.scalar(at: next) : nil
        if let second, second.isIn(letters), !first.isLineBreak {
            return endOfLetters(in: text, from: next, limit: limit)
        }
        if isOther(first) { return endOfOthers(in: text, from: next, limit: limit) }
        if first.isSpaceCharacter, let second, isOther(second) {
            return endOfOthers(in: text, from: next, limit: limit)
        }
        return text.endOfLineBreaks(from: offset, limit: limit) ?? text.endOfSpaces(from: offset, limit: limit)
    }

    @inline(__always)
    private func isOther(_ scalar: ClassifiedScalar) -> Bool {
        !scalar.isIn(letters.union([.number, .whitespace]))
    }

    private func endOfLetters(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        text.endOfRun(from: offset, limit: limit) { $0.isIn(letters) }
    }

    private func endOfNumber(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        var count = 0
        return text.endOfRun(from: offset, limit: limit) {
            count += 1
            return count <= longestNumber && $0.isIn(.number)
        }
    }

    private func endOfOthers(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        let end = text.endOfRun(from: offset, limit: limit, where: isOther)
        return text.endOfRun(from: end, limit: limit) { $0.isLineBreak }
    }
}
