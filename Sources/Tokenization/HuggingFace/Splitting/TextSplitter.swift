/// A step of cutting a text into pieces, as `pre_tokenizer` in `tokenizer.json` describes it.
indirect enum TextSplitter: Sendable {
    case sequence([TextSplitter])
    /// Both the matches of the rules and what lies between them are pieces.
    case rules([any PieceRule])
    case pattern(TextPattern, SplitBehavior, isInverted: Bool)
    /// Single scalars of a set are the delimiters.
    case scalars(CompiledSet, SplitBehavior)
    case metaspace(Metaspace)
    /// Puts a space before each piece that begins with none; before the start of the text only where `atStart`.
    case spacePrefix(atStart: Bool)
    /// Spells each byte as a character.
    case byteSpelling
    case scripts
    case fixedLength(Int)

    /// Spaces become a visible character, with which words begin.
    struct Metaspace: Sendable {
        enum Prefix: String, Sendable {
            case always
            case first
            case never
        }

        var replacement: Unicode.Scalar = "\u{2581}"
        var prefix = Prefix.always
        var splits = true
        /// Whether the text goes on with another one, so that its start gets no prefix.
        var isContinuation = false
    }

    /// The same step for a text that goes on with another one: nothing comes in front of it.
    var continuing: TextSplitter {
        switch self {
        case .sequence(let steps): return .sequence(steps.map(\.continuing))
        case .spacePrefix: return .spacePrefix(atStart: false)
        case .metaspace(var options):
            options.isContinuation = true
            return .metaspace(options)
        default: return self
        }
    }

    func apply(to text: inout SplitText) {
        switch self {
        case .sequence(let steps): for step in steps { step.apply(to: &text) }
        case .rules(let rules):
            text.split { span, piece, pieces in
                var start = piece.lowerBound
                for end in rules.ends(in: span, range: piece) {
                    pieces.append(start..<end)
                    start = end
                }
            }
        case .pattern(let pattern, let behavior, let isInverted):
            text.split { span, piece, pieces in
                let parts = Self.parts(of: pattern, in: span, piece, isInverted: isInverted)
                behavior.appendPieces(of: parts, to: &pieces)
            }
        case .scalars(let set, let behavior):
            text.split { span, piece, pieces in
                behavior.appendPieces(of: Self.parts(of: set, in: span, piece), to: &pieces)
            }
        case .metaspace(let options): Self.apply(options, to: &text)
        case .spacePrefix(let atStart):
            text.rewrite { old, piece, new in
                let start = old.start(of: piece.lowerBound)
                if old.bytes[piece.lowerBound] != 0x20, atStart || start > 0 {
                    new.append(0x20, origin: start..<start)
                }
                new.append(piece, of: old)
            }
        case .byteSpelling:
            text.rewrite { old, piece, new in
                for offset in piece {
                    new.append(ByteSpelling.spelled([old.bytes[offset]]), origin: old.origin(of: offset))
                }
            }
        case .scripts: text.split(Self.splitByScript)
        case .fixedLength(let length): text.split { Self.split($0, $1, every: length, &$2) }
        }
    }

    private static func parts(
        of pattern: TextPattern, in span: Span<UInt8>, _ piece: Range<Int>, isInverted: Bool
    ) -> [(range: Range<Int>, isDelimiter: Bool)] {
        var parts: [(range: Range<Int>, isDelimiter: Bool)] = []
        var end = piece.lowerBound
        pattern.forEachMatch(in: span, range: piece) { match in
            if match.lowerBound > end { parts.append((end..<match.lowerBound, isInverted)) }
            parts.append((match, !isInverted))
            end = match.upperBound
        }
        if end < piece.upperBound { parts.append((end..<piece.upperBound, isInverted)) }
        return parts
    }

    private static func parts(
        of set: CompiledSet, in span: Span<UInt8>, _ piece: Range<Int>
    ) -> [(range: Range<Int>, isDelimiter: Bool)] {
        var parts: [(range: Range<Int>, isDelimiter: Bool)] = []
        var start = piece.lowerBound
        var offset = start
        while offset < piece.upperBound {
            let next = offset + span.scalarLength(at: offset)
            if set.contains(scalarAt: offset, in: span) {
                if offset > start { parts.append((start..<offset, false)) }
                parts.append((offset..<next, true))
                start = next
            }
            offset = next
        }
        if start < piece.upperBound { parts.append((start..<piece.upperBound, false)) }
        return parts
    }

    private static func apply(_ options: Metaspace, to text: inout SplitText) {
        let mark = Array(UTF8.encode(options.replacement) ?? UTF8.encodedReplacementCharacter)
        text.rewrite { old, piece, new in
            let begins =
                old.bytes[piece.lowerBound] == 0x20 || old.bytes[piece].starts(with: mark)
            let start = old.start(of: piece.lowerBound)
            let isFirst = piece.lowerBound == 0 ? old.base == 0 : start == 0
            let isWanted = isFirst ? !options.isContinuation : options.prefix == .always
            if !begins, isWanted, options.prefix != .never {
                new.append(mark, origin: start..<start)
            }
            for offset in piece {
                if old.bytes[offset] == 0x20 {
                    new.append(mark, origin: old.origin(of: offset))
                } else {
                    new.append(offset..<(offset + 1), of: old)
                }
            }
        }
        guard options.splits else { return }
        let set = CompiledSet(.ranges([options.replacement.value...options.replacement.value]))
        text.split { span, piece, pieces in
            SplitBehavior.mergedWithNext.appendPieces(of: parts(of: set, in: span, piece), to: &pieces)
        }
    }

    /// A new piece begins with each scalar of another script than the last; kana counts as Han, a space as any.
    private static func splitByScript(_ span: Span<UInt8>, _ piece: Range<Int>, _ pieces: inout [Range<Int>]) {
        var start: Int?
        var last: UnicodeScript?
        var offset = piece.lowerBound
        while offset < piece.upperBound {
            let value = span.scalarValue(at: offset)
            let script = script(of: value)
            if let script {
                if last != script {
                    if let start { pieces.append(start..<offset) }
                    start = offset
                }
                last = script
            }
            offset += span.scalarLength(at: offset)
        }
        // As in the reference, spaces before the first script are dropped.
        if let start { pieces.append(start..<piece.upperBound) }
    }

    /// Nil where any script will do.
    private static func script(of value: UInt32) -> UnicodeScript? {
        if value == 0x20 { return nil }
        if value == 0x30FC { return .han }
        let script = UnicodeScript(of: value)
        if script == .unassigned { return nil }
        return script == .hiragana || script == .katakana ? .han : script
    }

    private static func split(
        _ span: Span<UInt8>, _ piece: Range<Int>, every length: Int, _ pieces: inout [Range<Int>]
    ) {
        var start = piece.lowerBound
        var offset = start
        var count = 0
        while offset < piece.upperBound {
            offset += span.scalarLength(at: offset)
            count += 1
            if count == length {
                pieces.append(start..<offset)
                start = offset
                count = 0
            }
        }
        if start < piece.upperBound { pieces.append(start..<piece.upperBound) }
    }
}
