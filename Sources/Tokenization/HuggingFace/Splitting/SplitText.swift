/// A text and the pieces that a model will be given one by one.
struct SplitText {
    var text: AlignedText
    /// In order, none of them empty. What lies between two belongs to no piece.
    var pieces: [Range<Int>]

    init(_ text: AlignedText) {
        self.text = text
        pieces = text.isEmpty ? [] : [0..<text.count]
    }

    /// Replaces each piece by parts of it.
    mutating func split(_ parts: (Span<UInt8>, Range<Int>, inout [Range<Int>]) -> Void) {
        var finer: [Range<Int>] = []
        finer.reserveCapacity(max(pieces.count, text.count / 4))
        let bytes = text.bytes
        for piece in pieces { parts(bytes.span, piece, &finer) }
        pieces = finer
    }

    /// Replaces each piece by what `change` makes of it, which stays one piece.
    mutating func rewrite(_ change: (_ old: AlignedText, _ piece: Range<Int>, _ new: inout AlignedText) -> Void) {
        var result = AlignedText(replacing: text)
        for index in pieces.indices {
            let start = result.count
            change(text, pieces[index], &result)
            pieces[index] = start..<result.count
        }
        pieces.removeAll(where: \.isEmpty)
        text = result
    }
}

/// What becomes of the places where a text is split.
enum SplitBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    /// Turns parts, some of which are delimiters, into pieces.
    func appendPieces(of parts: [(range: Range<Int>, isDelimiter: Bool)], to pieces: inout [Range<Int>]) {
        switch self {
        case .removed: for part in parts where !part.isDelimiter { append(part.range, to: &pieces) }
        case .isolated: for part in parts { append(part.range, to: &pieces) }
        case .contiguous:
            var current: (range: Range<Int>, isDelimiter: Bool)?
            for part in parts {
                if let last = current, last.isDelimiter == part.isDelimiter {
                    current = (last.range.lowerBound..<part.range.upperBound, part.isDelimiter)
                } else {
                    if let last = current { append(last.range, to: &pieces) }
                    current = part
                }
            }
            if let last = current { append(last.range, to: &pieces) }
        case .mergedWithPrevious: appendMerged(parts, to: &pieces)
        case .mergedWithNext:
            var reversed: [Range<Int>] = []
            appendMerged(parts.reversed(), to: &reversed)
            pieces += reversed.reversed()
        }
    }

    /// Each delimiter joins the part before it, unless that is a delimiter too.
    private func appendMerged(
        _ parts: some Sequence<(range: Range<Int>, isDelimiter: Bool)>, to pieces: inout [Range<Int>]
    ) {
        var current: Range<Int>?
        var lastIsDelimiter = false
        for part in parts {
            if part.isDelimiter, !lastIsDelimiter, let last = current {
                current =
                    min(last.lowerBound, part.range.lowerBound)..<max(last.upperBound, part.range.upperBound)
            } else {
                if let last = current { append(last, to: &pieces) }
                current = part.range
            }
            lastIsDelimiter = part.isDelimiter
        }
        if let last = current { append(last, to: &pieces) }
    }

    private func append(_ range: Range<Int>, to pieces: inout [Range<Int>]) {
        if !range.isEmpty { pieces.append(range) }
    }
}
