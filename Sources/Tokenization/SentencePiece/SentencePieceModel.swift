/// What a SentencePiece model file holds, as far as it decides how a text is split.
///
/// The library is only ever given bytes that were written from such a value, never a file's own.
struct SentencePieceModel: Equatable, Sendable {
    /// The values are those of the file format.
    enum Algorithm: UInt64, Sendable {
        case unigram = 1
        case bytePairs = 2
    }

    struct Piece: Equatable, Sendable {
        var spelling: String
        var score: Float = 0
        var type = TokenType.normal
    }

    /// How a text is changed before it is split. The defaults are those of the file format.
    struct Normalizer: Equatable, Sendable {
        var characterMap: [UInt8] = []
        var addsDummyPrefix = true
        var removesExtraWhitespace = true
        var escapesWhitespace = true
    }

    var algorithm = Algorithm.unigram
    var pieces: [Piece] = []
    var hasByteFallback = false
    var treatsWhitespaceAsSuffix = false
    /// The text of an unknown token.
    var unknownSurface = " \u{2047} "
    var normalizer = Normalizer()
    /// Ids by their names in the file; -1 is none.
    var unknownID: Int32 = 0
    var beginningOfSequenceID: Int32 = 1
    var endOfSequenceID: Int32 = 2
    var paddingID: Int32 = -1
}

extension SentencePieceModel {
    /// The largest file that is read. The largest in use has 5 MB.
    static let largestFile = 1 << 26

    /// U+2581, which stands for a space in pieces.
    static let space: [UInt8] = [0xE2, 0x96, 0x81]

    /// What the library is given: as this model, but of a form that it accepts and that cannot harm it.
    ///
    /// One token is unknown. Byte tokens count only where all 256 are there. Pieces that are empty or were there
    /// before get a spelling that no text can match. Ids stay as they are; an unknown piece may be added at the end.
    ///
    /// - Parameter hidesUserDefined: whether the library never sees the spelling of user-defined pieces.
    /// - Throws: ``TokenizerError``.
    func accepted(hidesUserDefined: Bool) throws(TokenizerError) -> SentencePieceModel {
        var model = self
        try CharacterMap.check(normalizer.characterMap)
        let bytes = Set(pieces.lazy.filter { $0.type == .byte }.compactMap { Self.byte(spelledBy: $0.spelling) })
        model.hasByteFallback = hasByteFallback && bytes.count == 256
        var seen = TokenTable(capacity: pieces.count, bytes: pieces.reduce(0) { $0 + $1.spelling.utf8.count })
        for index in pieces.indices {
            let piece = pieces[index]
            guard piece.score.isFinite else { throw .scoreNotFinite(index: index) }
            let isByte = piece.type == .byte && model.hasByteFallback && Self.byte(spelledBy: piece.spelling) != nil
            if piece.type == .byte, !isByte { model.pieces[index].type = .control }
            if piece.type == .unknown, index != Int(unknownID) { model.pieces[index].type = .control }
            if piece.spelling.isEmpty || piece.spelling.utf8.contains(0) || !seen.insert(piece.spelling.utf8Span.span) {
                model.pieces[index] = Piece(spelling: "\u{F0000}\(index)\u{F0000}", type: .control)
            }
        }
        for index in model.pieces.indices where hidesUserDefined && model.pieces[index].type == .userDefined {
            model.pieces[index].type = .control
        }
        if model.pieces.indices.contains(Int(unknownID)) {
            model.pieces[Int(unknownID)].type = .unknown
        } else if model.hasByteFallback {
            model.unknownID = Int32(pieces.count)
            model.pieces.append(Piece(spelling: "\u{F0000}", type: .unknown))
        } else {
            throw .noUnknownToken
        }
        return model
    }

    /// The byte that a byte piece, `<0x0A>`, stands for.
    static func byte(spelledBy spelling: String) -> UInt8? {
        let utf8 = Array(spelling.utf8)
        guard utf8.count == 6, utf8.starts(with: "<0x".utf8), utf8[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: utf8[3..<5], as: UTF8.self), radix: 16)
    }
}
