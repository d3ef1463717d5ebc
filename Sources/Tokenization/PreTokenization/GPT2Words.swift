/// GPT-2's expression:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
struct GPT2Words: PieceRule {
    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        if let end = text.endOfContraction(from: offset, limit: limit, ignoringCase: false) { return end }
        let first = text.scalar(at: offset)
        guard first.isIn(.whitespace) else { return endOfWord(in: text, of: first, from: offset, limit: limit) }
        let next = offset + first.length
        if first.isSpaceCharacter, next < limit {
            let second = text.scalar(at: next)
            if !second.isIn(.whitespace) { return endOfWord(in: text, of: second, from: next, limit: limit) }
        }
        return text.endOfSpaces(from: offset, limit: limit)
    }

    private func endOfWord(
        in text: Span<UInt8>, of first: ClassifiedScalar, from offset: Int, limit: Int
    ) -> Int {
        let next = offset + first.length
        if first.isIn(.letter) { return text.endOfRun(from: next, limit: limit) { $0.isIn(.letter) } }
        if first.isIn(.number) { return text.endOfRun(from: next, limit: limit) { $0.isIn(.number) } }
        return text.endOfRun(from: next, limit: limit) { !$0.isIn([.letter, .number, .whitespace]) }
    }
}
