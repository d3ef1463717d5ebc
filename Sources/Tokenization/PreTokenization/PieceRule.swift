/// One way of cutting a text into pieces. Several are applied one after another, each to every piece of the last.
///
/// A rule stands for a regular expression; its pieces are the matches and whatever lies between two matches.
/// What lies outside `offset ..< limit` is not looked at: there the text ends.
protocol PieceRule: Sendable {
    /// The end of the piece that begins at `offset`, after `offset` and at most `limit`.
    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int

    /// Appends the end of every piece of `range`.
    func appendEnds(in text: Span<UInt8>, range: Range<Int>, to ends: inout [Int])
}

/// A rule told by what matches at a place. Failing must take constant time: it is tried at every scalar.
protocol MatchingRule: PieceRule {
    /// The end of the match at `offset`, nil where the expression does not match there.
    func endOfMatch(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int?
}

extension MatchingRule {
    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        if let end = endOfMatch(in: text, from: offset, limit: limit) { return end }
        var end = offset
        repeat {
            end += text.scalar(at: end).length
        } while end < limit
            && endOfMatch(in: text, from: end, limit: limit) == nil
        return end
    }
}

extension PieceRule {
    func appendEnds(in text: Span<UInt8>, range: Range<Int>, to ends: inout [Int]) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            offset = endOfPiece(in: text, from: offset, limit: range.upperBound)
            ends.append(offset)
        }
    }
}

extension Span<UInt8> {
    /// `\s+(?!\S)|\s+`, given that a space is at `offset`: all of a run of spaces at the end of the text, else all but
    /// the last, which belongs to the word after it, but at least one.
    func endOfSpaces(from offset: Int, limit: Int) -> Int {
        var end = offset
        var last = offset
        while end < limit {
            let next = scalar(at: end)
            guard next.isIn(.whitespace) else { return last > offset ? last : end }
            last = end
            end += next.length
        }
        return end
    }

    /// `\s*[\r\n]+`: the end of the last line break in the run of spaces at `offset`, nil where it has none.
    func endOfLineBreaks(from offset: Int, limit: Int) -> Int? {
        var end = offset
        var found: Int?
        while end < limit {
            let next = scalar(at: end)
            guard next.isIn(.whitespace) else { break }
            end += next.length
            if next.isLineBreak { found = end }
        }
        return found
    }

    /// The end of an English contraction at `offset` (`'s 't 'm 'd 're 've 'll`), nil where there is none.
    func endOfContraction(from offset: Int, limit: Int, ignoringCase: Bool) -> Int? {
        guard offset + 1 < limit, self[offset] == UInt8(ascii: "'") else { return nil }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let first = self[offset + 1] | fold
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return offset + 2
        default: break
        }
        guard offset + 2 < limit else { return nil }
        switch (first, self[offset + 2] | fold) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return offset + 3
        default: return nil
        }
    }
}

extension [any PieceRule] {
    /// The ends of the pieces of `range` after all rules.
    func ends(in text: Span<UInt8>, range: Range<Int>) -> [Int] {
        var ends = [range.upperBound]
        for rule in self {
            var finer: [Int] = []
            finer.reserveCapacity(Swift.max(ends.count, range.count / 4))
            var start = range.lowerBound
            for end in ends {
                rule.appendEnds(in: text, range: start..<end, to: &finer)
                start = end
            }
            ends = finer
        }
        return ends
    }
}
