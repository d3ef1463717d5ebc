/// A vocabulary of whole words: `WordLevel`.
struct WordLevelModel: SubwordModel, SubwordEncoder {
    let vocabulary: SubwordVocabulary
    let unknown: Int32?

    func makeEncoder() -> any SubwordEncoder { self }

    func appendTokens(of piece: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token]) {
        if let id = vocabulary.id(of: text.extracting(piece)) ?? unknown {
            tokens.append(Token(id: id, utf8Range: piece))
        }
    }
}

/// The longest token that a word begins with, then the longest that goes on with the rest: `WordPiece`.
struct WordPieceModel: SubwordModel, SubwordEncoder {
    let vocabulary: SubwordVocabulary
    let unknown: Int32
    let continuation: [UInt8]
    let longestWord: Int
    /// Bytes of the longest token: nothing longer need be looked for.
    let longestToken: Int

    func makeEncoder() -> any SubwordEncoder { self }

    func appendTokens(of piece: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token]) {
        let count = tokens.count
        if scalarCount(of: piece, in: text) > longestWord || !append(piece, in: text, to: &tokens) {
            tokens.removeLast(tokens.count - count)
            tokens.append(Token(id: unknown, utf8Range: piece))
        }
    }

    private func scalarCount(of piece: Range<Int>, in text: Span<UInt8>) -> Int {
        piece.reduce(0) { $0 + (text[$1] & 0xC0 == 0x80 ? 0 : 1) }
    }

    private func append(_ piece: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token]) -> Bool {
        var start = piece.lowerBound
        while start < piece.upperBound {
            guard let token = longestToken(in: text, start..<piece.upperBound, isFirst: start == piece.lowerBound)
            else { return false }
            tokens.append(token)
            start = token.utf8Range.upperBound
        }
        return true
    }

    private func longestToken(in text: Span<UInt8>, _ range: Range<Int>, isFirst: Bool) -> Token? {
        var candidate = isFirst ? [] : continuation
        let prefix = candidate.count
        var end = min(range.upperBound, range.lowerBound + longestToken)
        while end > range.lowerBound, end < range.upperBound, text[end] & 0xC0 == 0x80 { end -= 1 }
        for offset in range.lowerBound..<end { candidate.append(text[offset]) }
        while end > range.lowerBound {
            if let id = vocabulary.id(of: candidate.span.extracting(first: prefix + end - range.lowerBound)) {
                return Token(id: id, utf8Range: range.lowerBound..<end)
            }
            end = text.startOfScalar(endingAt: end)
        }
        return nil
    }
}
