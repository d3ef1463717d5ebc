/// A regular expression over UTF-8, for the texts and patterns of tokenizers.
///
/// Alternatives are tried in order, repetitions give back what they took (as Perl and Oniguruma do). A budget of steps
/// bounds what a hostile pattern can cost: when it is used up, the rest of the text has no matches.
struct TextPattern: Sendable {
    /// Bytes of a pattern's source. DeepSeek's longest has about 1,000.
    static let longestSource = 1 << 16

    private let program: PatternProgram

    /// - Throws: ``PatternError``.
    init(_ source: String) throws(PatternError) { program = try PatternProgram(PatternParser.parse(source)) }

    /// The pattern that matches `text` itself and nothing else.
    init(literal text: String) throws(PatternError) {
        guard text.utf8.count <= Self.longestSource else { throw .tooLarge(allowed: Self.longestSource) }
        program = try PatternProgram(
            .sequence(text.unicodeScalars.map { .scalar(.ranges([$0.value...$0.value])) }))
    }

    /// Calls `body` with each match in order. What lies outside `range` does not exist for the pattern.
    ///
    /// An empty match right behind another match does not count.
    func forEachMatch(in text: Span<UInt8>, range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var matcher = PatternMatcher(program: program, range: range)
        var start = range.lowerBound
        var lastEnd = -1
        while start <= range.upperBound {
            guard let match = firstMatch(in: text, from: start, range: range, &matcher) else { return }
            if match.isEmpty {
                if match.lowerBound != lastEnd {
                    body(match)
                    lastEnd = match.upperBound
                }
                guard match.upperBound < range.upperBound else { return }
                start = match.upperBound + text.scalarLength(at: match.upperBound)
                if match.lowerBound == lastEnd, match.isEmpty { continue }
            } else {
                body(match)
                start = match.upperBound
                lastEnd = start
            }
        }
    }

    private func firstMatch(
        in text: Span<UInt8>, from start: Int, range: Range<Int>, _ matcher: inout PatternMatcher
    ) -> Range<Int>? {
        var start = start
        while start <= range.upperBound {
            if let first = program.first {
                while start < range.upperBound, !first.contains(scalarAt: start, in: text) {
                    start += text.scalarLength(at: start)
                }
                guard start < range.upperBound else { return nil }
            }
            if let end = matcher.endOfMatch(in: text, from: start) { return start..<end }
            guard !matcher.isExhausted, start < range.upperBound else { return nil }
            start += text.scalarLength(at: start)
        }
        return nil
    }
}

/// Cuts a text at the matches of a pattern: both they and what lies between them are pieces.
struct PatternRule: PieceRule {
    let pattern: TextPattern
    /// The expression, of rules that are part of the program.
    var source: String?

    func appendEnds(in text: Span<UInt8>, range: Range<Int>, to ends: inout [Int]) {
        var last = range.lowerBound
        var found: [Int] = []
        pattern.forEachMatch(in: text, range: range) { match in
            if match.lowerBound > last { found.append(match.lowerBound) }
            if match.upperBound > match.lowerBound { found.append(match.upperBound) }
            last = match.upperBound
        }
        ends += found
        if last < range.upperBound { ends.append(range.upperBound) }
    }

    func endOfPiece(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int {
        var ends: [Int] = []
        appendEnds(in: text, range: offset..<limit, to: &ends)
        return ends.first ?? limit
    }
}

extension CompiledSet {
    @inline(__always)
    func contains(scalarAt offset: Int, in text: Span<UInt8>) -> Bool {
        let byte = text[offset]
        return byte < 0x80 ? containsASCII(byte) : containsOther(text.scalarValue(at: offset))
    }
}

extension Span<UInt8> {
    /// In bytes, of the scalar at `offset` of a text in valid UTF-8.
    @inline(__always)
    func scalarLength(at offset: Int) -> Int {
        let byte = self[offset]
        return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    }

    func scalarValue(at offset: Int) -> UInt32 {
        let length = scalarLength(at: offset)
        if length == 1 { return UInt32(self[offset]) }
        var value = UInt32(self[offset]) & (0x7F >> UInt32(length))
        for position in 1..<length { value = value << 6 | UInt32(self[offset + position] & 0x3F) }
        return value
    }

    /// The start of the scalar that ends at `offset`.
    @inline(__always)
    func startOfScalar(endingAt offset: Int) -> Int {
        var start = offset - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}
