/// How the spellings of tokens become text again, as `decoder` in `tokenizer.json` describes it.
indirect enum PieceDecoder: Sendable {
    case sequence([PieceDecoder])
    case byteLevel
    case byteFallback
    case fuse
    case strip(Unicode.Scalar, start: Int, stop: Int)
    case replace(TextPattern, with: [UInt8])
    case metaspace(mark: [UInt8], dropsFirst: Bool)
    case wordPiece(prefix: [UInt8], cleansUp: Bool)
    /// The mark at the end of words becomes a space.
    case wordEnd([UInt8])
    case ctc(padding: [UInt8], delimiter: [UInt8], cleansUp: Bool)

    /// The parts of a text from the spellings of its tokens; empty ones stay.
    func apply(to pieces: [[UInt8]]) -> [[UInt8]] {
        switch self {
        case .sequence(let steps): return steps.reduce(pieces) { $1.apply(to: $0) }
        case .byteLevel: return [Self.repaired(pieces.flatMap { Self.bytes(ofSpelling: $0) })]
        case .byteFallback: return Self.withBytes(pieces)
        case .fuse: return [pieces.flatMap(\.self)]
        case .strip(let scalar, let start, let stop): return pieces.map { Self.strip(scalar, start, stop, $0) }
        case .replace(let pattern, let content): return pieces.map { Self.replace(pattern, content, in: $0) }
        case .metaspace(let mark, let dropsFirst):
            return pieces.enumerated().map { index, piece in
                piece.replacing(mark, with: index == 0 && dropsFirst ? [] : [0x20])
            }
        case .wordPiece(let prefix, let cleansUp):
            return pieces.enumerated().map { index, piece in
                let joined = index == 0 ? piece : Self.continued(piece, prefix)
                return cleansUp ? Self.cleaned(joined) : joined
            }
        case .wordEnd(let suffix):
            return pieces.enumerated().map { $1.replacing(suffix, with: $0 == pieces.count - 1 ? [] : [0x20]) }
        case .ctc(let padding, let delimiter, let cleansUp):
            return Self.withoutRepeats(pieces).compactMap { piece in
                var piece = piece.replacing(padding, with: [])
                if cleansUp { piece = Self.cleaned(piece).replacing(delimiter, with: [0x20]) }
                return piece.isEmpty ? nil : piece
            }
        }
    }

    /// Whether tokens of single bytes are text only as a run.
    var joinsBytes: Bool {
        switch self {
        case .sequence(let steps): steps.contains(where: \.joinsBytes)
        case .byteFallback: true
        case .byteLevel, .fuse, .strip, .replace, .metaspace, .wordPiece, .wordEnd, .ctc: false
        }
    }

    /// The bytes that one token stands for inside a text.
    func bytes(of piece: [UInt8]) -> [UInt8] {
        switch self {
        case .sequence(let steps): return steps.reduce(piece) { $1.bytes(of: $0) }
        case .byteLevel: return Self.bytes(ofSpelling: piece)
        case .byteFallback: return Self.byte(spelledBy: piece).map { [$0] } ?? piece
        case .fuse, .strip: return piece
        case .replace(let pattern, let content): return Self.replace(pattern, content, in: piece)
        case .metaspace(let mark, _): return piece.replacing(mark, with: [0x20])
        case .wordPiece(let prefix, _): return Self.continued(piece, prefix)
        case .wordEnd(let suffix): return piece.replacing(suffix, with: [0x20])
        case .ctc(let padding, let delimiter, _):
            return piece.replacing(padding, with: []).replacing(delimiter, with: [0x20])
        }
    }

    /// Without the mark of what goes on with a word, or with a space before a new one.
    private static func continued(_ piece: [UInt8], _ prefix: [UInt8]) -> [UInt8] {
        piece.starts(with: prefix) ? Array(piece.dropFirst(prefix.count)) : [0x20] + piece
    }

    private static let alphabet = ByteAlphabet()

    private static func bytes(ofSpelling spelling: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        return alphabet.decode(spelling.span, into: &bytes) ? bytes : spelling
    }

    /// What is not UTF-8 as U+FFFD.
    private static func repaired(_ bytes: [UInt8]) -> [UInt8] { Array(String(decoding: bytes, as: UTF8.self).utf8) }

    static func byte(spelledBy piece: [UInt8]) -> UInt8? {
        piece.count == 6 ? SentencePieceModel.byte(spelledBy: String(decoding: piece, as: UTF8.self)) : nil
    }

    /// A run of byte tokens becomes its text, or as many U+FFFD as it has bytes.
    private static func withBytes(_ pieces: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var pending: [UInt8] = []
        func flush() {
            guard !pending.isEmpty else { return }
            if String(validating: pending, as: UTF8.self) != nil {
                result.append(pending)
            } else {
                result += Array(repeating: UTF8.encodedReplacementCharacter.map(\.self), count: pending.count)
            }
            pending = []
        }
        for piece in pieces {
            if let byte = byte(spelledBy: piece) {
                pending.append(byte)
            } else {
                flush()
                result.append(piece)
            }
        }
        flush()
        return result
    }

    private static func strip(_ scalar: Unicode.Scalar, _ start: Int, _ stop: Int, _ piece: [UInt8]) -> [UInt8] {
        var scalars = Array(String(decoding: piece, as: UTF8.self).unicodeScalars)[...]
        for _ in 0..<min(start, scalars.count) where scalars.first == scalar { scalars.removeFirst() }
        for _ in 0..<min(stop, scalars.count) where scalars.last == scalar { scalars.removeLast() }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Array(String(text).utf8)
    }

    private static func replace(_ pattern: TextPattern, _ content: [UInt8], in piece: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var end = 0
        pattern.forEachMatch(in: piece.span, range: piece.indices) { match in
            result += piece[end..<match.lowerBound] + content
            end = match.upperBound
        }
        return end == 0 && result.isEmpty ? piece : result + piece[end...]
    }

    private static func withoutRepeats(_ pieces: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for piece in pieces where piece != result.last { result.append(piece) }
        return result
    }

    /// The English clean-up of BERT's decoder.
    private static func cleaned(_ piece: [UInt8]) -> [UInt8] {
        cleanUps.reduce(piece) { $0.replacing($1.0, with: $1.1) }
    }

    /// The clean-up of transformers, of a whole text: the same without "do not".
    static func cleaned(text: [UInt8]) -> [UInt8] {
        cleanUps.reduce(text) { $1.0 == doNot ? $0 : $0.replacing($1.0, with: $1.1) }
    }

    private static let doNot = Array(" do not".utf8)

    private static let cleanUps: [([UInt8], [UInt8])] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }
}

extension [UInt8] {
    /// Each occurrence of `wanted`, from the left, becomes `content`.
    fileprivate func replacing(_ wanted: [UInt8], with content: [UInt8]) -> [UInt8] {
        guard let first = wanted.first, contains(first) else { return self }
        var result: [UInt8] = []
        var offset = 0
        while offset < count {
            if self[offset] == first, self[offset...].starts(with: wanted) {
                result += content
                offset += wanted.count
            } else {
                result.append(self[offset])
                offset += 1
            }
        }
        return result
    }
}
