public import Foundation

/// SentencePiece, BPE or unigram, by the SentencePiece library.
///
/// A text gets a space in front where the model says so, and so does the text after a special token; a continuation
/// gets none. Token ranges refer to the text as it was given; the space that was put in front covers nothing.
public struct SentencePieceTokenizer: Tokenizer {
    public private(set) var specialTokens: SpecialTokens
    private let pieces: [SentencePieceModel.Piece]
    private let unknownSurface: [UInt8]
    /// Whether a space at the start of a text is not the text's own.
    private let dropsLeadingSpace: Bool
    /// Whether no space at all can be the text's own at its start.
    private let dropsLeadingSpaces: Bool
    /// Whether user-defined tokens are found before the library sees the text; then their spelling is plain.
    private let findsUserDefined: Bool
    /// The tokens of the 256 bytes, empty where the vocabulary lacks some.
    private let byteIDs: [Int32]
    private let processor: SentencePieceProcessor
    /// For what goes on with another text; nil where a text gets no space in front anyway.
    private let continuations: ContinuationProcessor?
    private let splitter: SpecialTokenSplitter

    /// From a GGUF vocabulary. User-defined tokens are found before anything else, as llama.cpp does.
    ///
    /// - Throws: ``TokenizerError``.
    public init(_ vocabulary: VocabularyDescription) throws(TokenizerError) {
        var model = SentencePieceModel()
        model.algorithm = vocabulary.model == .unigram ? .unigram : .bytePairs
        model.hasByteFallback = true
        model.pieces = vocabulary.tokens.indices.map {
            .init(spelling: vocabulary.tokens[$0], score: vocabulary.scores[$0], type: vocabulary.types[$0])
        }
        model.unknownID = vocabulary.specialTokens.unknown ?? -1
        model.normalizer.characterMap = vocabulary.characterMap
        model.normalizer.addsDummyPrefix = vocabulary.addsSpacePrefix
        model.normalizer.removesExtraWhitespace = vocabulary.removesExtraWhitespace
        try self.init(model, specialTokens: vocabulary.specialTokens, splitsUserDefined: true)
    }

    /// From a `.model` file. User-defined tokens are the library's own business.
    ///
    /// - Throws: ``TokenizerError``, or what reading the file throws.
    public init(modelAt file: URL) throws {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let bytes = try handle.read(upToCount: SentencePieceModel.largestFile + 1) ?? Data()
        try self.init(serializedModel: Array(bytes))
    }

    /// From the bytes of a `.model` file.
    ///
    /// - Throws: ``TokenizerError``.
    public init(serializedModel bytes: [UInt8]) throws(TokenizerError) {
        guard bytes.count <= SentencePieceModel.largestFile else {
            throw .fileTooLarge(bytes: bytes.count, allowed: SentencePieceModel.largestFile)
        }
        let model = try SentencePieceModel(serialized: bytes)
        func id(_ number: Int32) -> Int32? { model.pieces.indices.contains(Int(number)) ? number : nil }
        var special = SpecialTokens(
            beginningOfSequence: id(model.beginningOfSequenceID),
            endOfSequence: id(model.endOfSequenceID),
            unknown: id(model.unknownID),
            padding: id(model.paddingID),
            addsBeginningOfSequence: id(model.beginningOfSequenceID) != nil
        )
        special.endOfGeneration = SpecialTokens.endings(
            tokens: model.pieces.map(\.spelling), types: model.pieces.map(\.type))
        if let end = special.endOfSequence { special.endOfGeneration.insert(end) }
        try self.init(model, specialTokens: special, splitsUserDefined: false)
    }

    private init(
        _ model: SentencePieceModel, specialTokens: SpecialTokens, splitsUserDefined: Bool
    ) throws(TokenizerError) {
        self.specialTokens = specialTokens
        pieces = model.pieces
        unknownSurface = Array(model.unknownSurface.utf8)
        dropsLeadingSpace =
            !model.treatsWhitespaceAsSuffix
            && (model.normalizer.addsDummyPrefix || model.normalizer.removesExtraWhitespace)
        dropsLeadingSpaces = model.normalizer.removesExtraWhitespace
        findsUserDefined = splitsUserDefined
        splitter = SpecialTokenSplitter(
            tokens: model.pieces.map(\.spelling), types: model.pieces.map(\.type), splitsUserDefined: splitsUserDefined)
        let accepted = try model.accepted(hidesUserDefined: splitsUserDefined)
        byteIDs = accepted.hasByteFallback ? Self.byteIDs(in: accepted) : []
        processor = try SentencePieceProcessor(accepted)
        let hasPrefix = model.normalizer.addsDummyPrefix && !model.treatsWhitespaceAsSuffix
        continuations = hasPrefix ? ContinuationProcessor(model, hidesUserDefined: splitsUserDefined) : nil
    }

    private static func byteIDs(in model: SentencePieceModel) -> [Int32] {
        var ids = [Int32](repeating: 0, count: 256)
        for (index, piece) in model.pieces.enumerated() where piece.type == .byte {
            if let byte = SentencePieceModel.byte(spelledBy: piece.spelling) { ids[Int(byte)] = Int32(index) }
        }
        return ids
    }

    /// The same tokenizer, with other roles for its special tokens.
    func with(specialTokens: SpecialTokens) -> SentencePieceTokenizer {
        var copy = self
        copy.specialTokens = specialTokens
        return copy
    }

    public var vocabularySize: Int { pieces.count }

    public func piece(of id: Int32) -> String {
        pieces.indices.contains(Int(id)) ? pieces[Int(id)].spelling : ""
    }

    public func isControl(_ id: Int32) -> Bool {
        pieces.indices.contains(Int(id)) && pieces[Int(id)].type == .control
    }

    public func encode(_ text: String, special: SpecialTokenParsing) -> [Token] {
        tokens(of: text, special: special, isContinuation: false)
    }

    public func encodeContinuation(_ text: String) -> [Token] {
        tokens(of: text, special: .nowhere, isContinuation: true)
    }

    private func tokens(of text: String, special: SpecialTokenParsing, isContinuation: Bool) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        for fragment in splitter.fragments(of: bytes, special: special) {
            switch fragment {
            case .token(let token): tokens.append(token)
            case .text(let range):
                let goesOn = isContinuation && range.lowerBound == 0
                appendTokens(of: range, in: bytes, isContinuation: goesOn, to: &tokens)
            }
        }
        return tokens
    }

    /// What the library makes of a text, nil where it reports an error.
    private func encoded(_ text: [UInt8], isContinuation: Bool) -> [Token]? {
        guard isContinuation, let continuations else { return processor.encode(text) }
        // Where spaces at the start are dropped, the one that is put in front takes their place.
        if dropsLeadingSpaces, text.first == 0x20 { return processor.encode(text) }
        return continuations.encode(text)
    }

    private func appendTokens(
        of range: Range<Int>, in text: [UInt8], isContinuation: Bool, to tokens: inout [Token]
    ) {
        guard var encoded = encoded(Array(text[range]), isContinuation: isContinuation) else {
            tokens += fallback(for: range, in: text)
            return
        }
        spreadByteRanges(in: &encoded)
        for token in encoded {
            let covered =
                (token.utf8Range.lowerBound + range.lowerBound)..<(token.utf8Range.upperBound + range.lowerBound)
            tokens.append(Token(id: token.id, utf8Range: covered))
        }
    }

    /// Gives each byte token of a character its own byte. The library gives all bytes of a character to the last.
    private func spreadByteRanges(in tokens: inout [Token]) {
        for (last, token) in tokens.enumerated() where token.utf8Range.count > 1 && isByte(token.id) {
            let first = last - token.utf8Range.count + 1
            guard first >= 0, (first..<last).allSatisfy({ isByte(tokens[$0].id) && tokens[$0].utf8Range.isEmpty })
            else { continue }
            for (index, byte) in zip(first...last, token.utf8Range) { tokens[index].utf8Range = byte..<(byte + 1) }
        }
    }

    /// What stands for a text that the library could not split, which no known text does.
    private func fallback(for range: Range<Int>, in text: [UInt8]) -> [Token] {
        if byteIDs.isEmpty { return specialTokens.unknown.map { [Token(id: $0, utf8Range: range)] } ?? [] }
        return range.map { Token(id: byteIDs[Int(text[$0])], utf8Range: $0..<($0 + 1)) }
    }

    private func isByte(_ id: Int32) -> Bool {
        pieces.indices.contains(Int(id)) && pieces[Int(id)].type == .byte
    }
}

extension SentencePieceTokenizer {
    public func bytes(of id: Int32) -> [UInt8] {
        guard pieces.indices.contains(Int(id)) else { return [] }
        let piece = pieces[Int(id)]
        switch piece.type {
        case .control: return Array(piece.spelling.utf8)
        case .unknown where id == specialTokens.unknown: return unknownSurface
        case .unknown: return Array(piece.spelling.utf8)
        case .userDefined where findsUserDefined: return Array(piece.spelling.utf8)
        case .byte: return SentencePieceModel.byte(spelledBy: piece.spelling).map { [$0] } ?? Array(piece.spelling.utf8)
        case .normal, .unused, .userDefined: return Self.unescaped(piece.spelling)
        }
    }

    /// `▁` becomes a space.
    private static func unescaped(_ spelling: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in spelling.unicodeScalars {
            if scalar == "\u{2581}" {
                bytes.append(0x20)
            } else {
                bytes += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }

    /// The text of `ids` as a whole text: without the space that encoding puts in front of it and, where special
    /// tokens are shown, behind each of them. ``bytes(of:)`` keeps those spaces.
    public func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        text(of: ids, skippingSpecialTokens: skippingSpecialTokens, isStart: true)
    }

    public func decodeContinuation(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        text(of: ids, skippingSpecialTokens: skippingSpecialTokens, isStart: false)
    }

    private func text(of ids: [Int32], skippingSpecialTokens: Bool, isStart: Bool) -> String {
        var bytes: [UInt8] = []
        var isStart = isStart
        for id in ids {
            let isSpecial = isControl(id)
            if isSpecial, skippingSpecialTokens { continue }
            let piece = self.bytes(of: id)
            let dropsSpace = isStart && dropsLeadingSpace && beginsWithEscapedSpace(id)
            bytes += dropsSpace ? piece.dropFirst() : piece[...]
            isStart = isSpecial || (dropsSpace && dropsLeadingSpaces && piece.count == 1)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func beginsWithEscapedSpace(_ id: Int32) -> Bool {
        guard pieces.indices.contains(Int(id)) else { return false }
        switch pieces[Int(id)].type {
        case .normal, .unused: return pieces[Int(id)].spelling.unicodeScalars.first == "\u{2581}"
        case .userDefined: return !findsUserDefined && pieces[Int(id)].spelling.unicodeScalars.first == "\u{2581}"
        case .unknown, .control, .byte: return false
        }
    }
}
