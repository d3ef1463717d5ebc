/// A tokenizer as `tokenizer.json` describes it: normaliser, splitter, model and decoder, one after another.
///
/// Gives the ids that Hugging Face's `tokenizers` gives, with one exception: text is never split into a control
/// token, not even where the model's own vocabulary has its spelling.
public struct PipelineTokenizer: Tokenizer {
    public private(set) var specialTokens: SpecialTokens
    /// By id; nil where no token has it.
    private let spellings: [String?]
    private let controls: Set<Int32>
    /// Added tokens stand for their own spelling.
    private let added: Set<Int32>
    private let normalizedSpellings: [Int32: [UInt8]]
    private let tokensInText: AddedTokens
    private let tokensInNormalizedText: AddedTokens
    private let preparation: Preparation
    private let model: any SubwordModel
    private let decoder: PieceDecoder?
    /// Whether spaces before marks are taken off a whole text (`clean_up_tokenization_spaces`).
    private let cleansUp: Bool

    /// What a text goes through before the model sees it.
    private struct Preparation: Sendable {
        var normalizer: TextNormalizer?
        var splitter: TextSplitter?

        /// For the start of a text that goes on with another one.
        var continuing: Preparation {
            Preparation(normalizer: normalizer?.continuing, splitter: splitter?.continuing)
        }
    }

    /// - Parameter cleansUp: whether spaces before marks are taken off a whole text; byte pairs never are, as in
    ///   transformers
    init(_ parts: TokenizerFile.Parts, specialTokens: SpecialTokens, cleansUp: Bool = false) {
        self.specialTokens = specialTokens
        spellings = parts.spellings
        controls = parts.controls
        added = parts.added
        normalizedSpellings = parts.normalizedSpellings
        tokensInText = AddedTokens(parts.tokensInText)
        tokensInNormalizedText = AddedTokens(parts.tokensInNormalizedText)
        preparation = Preparation(normalizer: parts.normalizer, splitter: parts.splitter)
        model = parts.model
        decoder = parts.decoder
        self.cleansUp = cleansUp && !(parts.model is BytePairModel)
    }

    public var vocabularySize: Int { spellings.count }

    public var textVocabularySize: Int {
        spellings.indices.last { !controls.contains(Int32($0)) }.map { $0 + 1 } ?? 0
    }

    public func piece(of id: Int32) -> String { spelling(of: id) ?? "" }

    public func isControl(_ id: Int32) -> Bool { controls.contains(id) }

    private func spelling(of id: Int32) -> String? {
        spellings.indices.contains(Int(id)) ? spellings[Int(id)] : nil
    }

    public func encode(_ text: String, special: SpecialTokenParsing) -> [Token] {
        tokens(of: text, special: special, first: preparation)
    }

    public func encodeContinuation(_ text: String) -> [Token] {
        tokens(of: text, special: .nowhere, first: preparation.continuing)
    }

    /// - Parameter first: prepares what comes before the first added token.
    private func tokens(of text: String, special: SpecialTokenParsing, first: Preparation) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 4 + 1)
        var encoder = model.makeEncoder()
        var start = 0
        for match in tokensInText.matches(in: bytes.span, isAllowed: special.allowsControl) {
            let part = bytes[start..<match.range.lowerBound]
            appendTokens(of: part, start == 0 ? first : preparation, special, &encoder, to: &tokens)
            tokens.append(Token(id: match.entry.id, utf8Range: match.range))
            start = match.range.upperBound
        }
        appendTokens(of: bytes[start...], start == 0 ? first : preparation, special, &encoder, to: &tokens)
        return tokens
    }

    private func appendTokens(
        of part: ArraySlice<UInt8>, _ preparation: Preparation, _ special: SpecialTokenParsing,
        _ encoder: inout any SubwordEncoder, to tokens: inout [Token]
    ) {
        guard !part.isEmpty else { return }
        var text = AlignedText(part)
        preparation.normalizer?.apply(to: &text)
        if tokensInNormalizedText.isEmpty {
            appendTokens(of: text, preparation.splitter, &encoder, to: &tokens)
            return
        }
        let matches = tokensInNormalizedText.matches(in: text.bytes.span) {
            special.allowsControl(at: text.origin(of: $0))
        }
        var start = 0
        for match in matches {
            appendTokens(of: text.part(start..<match.range.lowerBound), preparation.splitter, &encoder, to: &tokens)
            tokens.append(Token(id: match.entry.id, utf8Range: text.origin(of: match.range)))
            start = match.range.upperBound
        }
        appendTokens(of: text.part(start..<text.count), preparation.splitter, &encoder, to: &tokens)
    }

    private func appendTokens(
        of text: AlignedText, _ splitter: TextSplitter?, _ encoder: inout any SubwordEncoder,
        to tokens: inout [Token]
    ) {
        var split = SplitText(text)
        splitter?.apply(to: &split)
        let first = tokens.count
        let bytes = split.text.bytes
        for piece in split.pieces { encoder.appendTokens(of: piece, in: bytes.span, to: &tokens) }
        var end = 0
        for index in first..<tokens.count {
            let origin = split.text.origin(of: tokens[index].utf8Range)
            // Where several tokens stand for one character of the text, the later ones cover what is left of it.
            let start = max(origin.lowerBound, end)
            tokens[index].utf8Range = start..<max(start, origin.upperBound)
            end = max(end, origin.upperBound)
        }
    }

    /// Added tokens, and tokens of a vocabulary without a decoder, stand for their own spelling.
    public func bytes(of id: Int32) -> [UInt8] {
        guard let spelling = spelling(of: id) else { return [] }
        let bytes = Array(spelling.utf8)
        guard let decoder, !added.contains(id) else { return bytes }
        return decoder.bytes(of: bytes)
    }

    public func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        let pieces = pieces(of: ids, skippingSpecialTokens)
        return pieces.isEmpty ? "" : String(decoding: bytes(of: pieces), as: UTF8.self)
    }

    /// As behind a piece that no decoder changes.
    public func decodeContinuation(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        let pieces = pieces(of: ids, skippingSpecialTokens)
        guard !pieces.isEmpty else { return "" }
        let mark: [UInt8] = [0x01]
        let bytes = bytes(of: [mark] + pieces)
        guard bytes.starts(with: mark) else { return decode(ids, skippingSpecialTokens: skippingSpecialTokens) }
        return String(decoding: bytes.dropFirst(mark.count), as: UTF8.self)
    }

    public func isOpen(_ id: Int32) -> Bool {
        guard let decoder, decoder.joinsBytes else { return false }
        // An id that is no token does not end a run: the list is decoded without it.
        return spelling(of: id).map { PieceDecoder.byte(spelledBy: Array($0.utf8)) != nil } ?? true
    }

    private func pieces(of ids: [Int32], _ skippingSpecialTokens: Bool) -> [[UInt8]] {
        ids.compactMap { id in
            if skippingSpecialTokens, isControl(id) { return nil }
            return spelling(of: id).map { normalizedSpellings[id] ?? Array($0.utf8) }
        }
    }

    private func bytes(of pieces: [[UInt8]]) -> [UInt8] {
        let bytes = decoder.map { $0.apply(to: pieces).flatMap(\.self) } ?? Array(pieces.joined(separator: [0x20]))
        return cleansUp ? PieceDecoder.cleaned(text: bytes) : bytes
    }
}

extension AlignedText {
    /// A part of the text as a text of its own.
    func part(_ range: Range<Int>) -> AlignedText {
        if range == 0..<count { return self }
        var result = AlignedText(replacing: self, base: start(of: range.lowerBound))
        result.append(range, of: self)
        return result
    }
}
