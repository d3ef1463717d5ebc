/// Byte-pair encoding over scalars, or over bytes spelled as characters: `BPE`.
struct BytePairModel: SubwordModel {
    /// What `model` says beside vocabulary and merges.
    struct Options: Sendable {
        var unknown: Int32?
        var fusesUnknown = false
        var byteFallback = false
        var ignoresMerges = false
        var continuation = ""
        var wordEnd = ""
        /// Whether pieces arrive as plain bytes and spellings are in GPT-2's alphabet.
        var isByteLevel = false
    }

    fileprivate let options: Options
    fileprivate let vocabulary: SubwordVocabulary
    fileprivate let merges: MergeTable
    /// The token of every scalar below 128, or of every byte; ``WordMerger/noToken`` where there is none.
    fileprivate let singles: [Int32]
    /// The tokens `<0x00>` to `<0xFF>`, empty where fallback is off or some are lacking.
    fileprivate let byteIDs: [Int32?]
    /// What a byte-level token stands for, to find whole words.
    fileprivate let words: TokenTable?
    fileprivate let wordIDs: [Int32]

    init(
        _ options: Options, vocabulary: SubwordVocabulary, merges: [(left: String, right: String)], hidden: Set<Int32>
    ) throws(TokenizerError) {
        self.options = options
        self.vocabulary = vocabulary
        self.merges = try MergeTable(merges, in: vocabulary, continuation: options.continuation, hidden: hidden)
        if options.isByteLevel {
            singles = (UInt8.min...UInt8.max).map {
                vocabulary.id(of: ByteSpelling.spelled([$0]).span) ?? WordMerger.noToken
            }
        } else {
            singles = (UInt8.min..<0x80).map { vocabulary.id(of: [$0].span) ?? WordMerger.noToken }
        }
        byteIDs = options.byteFallback ? Self.byteIDs(vocabulary) : []
        (words, wordIDs) =
            options.isByteLevel && options.ignoresMerges ? Self.words(of: vocabulary, hidden) : (nil, [])
    }

    /// The tokens of all bytes, by spelling, the control tokens among them: fallback makes them where text cannot.
    private static func byteIDs(_ vocabulary: SubwordVocabulary) -> [Int32?] {
        var ids = [Int32?](repeating: nil, count: 256)
        let byteOfSpelling = Dictionary(uniqueKeysWithValues: (UInt8.min...UInt8.max).map { (spelling(of: $0), $0) })
        for (id, spelling) in vocabulary.spellings.enumerated() {
            if let byte = spelling.flatMap({ byteOfSpelling[$0] }) { ids[Int(byte)] = Int32(id) }
        }
        return ids
    }

    /// How the token of a byte is written: `<0x0A>`.
    static func spelling(of byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
    }

    private static func words(of vocabulary: SubwordVocabulary, _ hidden: Set<Int32>) -> (TokenTable, [Int32]) {
        let alphabet = ByteAlphabet()
        var table = TokenTable(
            capacity: vocabulary.spellings.count,
            bytes: vocabulary.spellings.reduce(0) { $0 + ($1?.utf8.count ?? 0) })
        var ids: [Int32] = []
        var bytes: [UInt8] = []
        for (index, spelling) in vocabulary.spellings.enumerated() {
            bytes.removeAll(keepingCapacity: true)
            guard let spelling, !hidden.contains(Int32(index)),
                alphabet.decode(spelling.utf8Span.span, into: &bytes)
            else { continue }
            table.append(bytes.span, findable: true)
            ids.append(Int32(index))
        }
        return (table, ids)
    }

    func makeEncoder() -> any SubwordEncoder { Encoder(model: self) }

    private struct Encoder: SubwordEncoder {
        let model: BytePairModel
        private var merger: WordMerger

        init(model: BytePairModel) {
            self.model = model
            merger = WordMerger(merges: model.merges, byteIDs: model.options.isByteLevel ? model.singles : [])
        }

        mutating func appendTokens(of piece: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token]) {
            if model.options.ignoresMerges, let id = wholeWord(text.extracting(piece)) {
                tokens.append(Token(id: id, utf8Range: piece))
                return
            }
            if model.isPlainByteLevel {
                merger.appendTokens(of: piece, in: text, to: &tokens)
                return
            }
            merger.begin()
            addScalars(of: piece, in: text)
            merger.finish(from: piece.lowerBound, to: &tokens)
        }

        private func wholeWord(_ word: Span<UInt8>) -> Int32? {
            if let words = model.words { return words.id(of: word).map { model.wordIDs[Int($0)] } }
            return model.vocabulary.id(of: word)
        }

        /// The first tokens of a word: one for each scalar, or for each byte of one that has none.
        private mutating func addScalars(of piece: Range<Int>, in text: Span<UInt8>) {
            var offset = piece.lowerBound
            var unknownEnd: Int?
            while offset < piece.upperBound {
                let end = model.options.isByteLevel ? offset + 1 : offset + text.scalarLength(at: offset)
                let part = offset..<end
                let found = id(of: part, in: text, isFirst: offset == piece.lowerBound, isLast: end == piece.upperBound)
                if let found {
                    flushUnknown(&unknownEnd)
                    merger.add(found, endingAt: end)
                } else if let bytes = byteTokens(of: part, in: text) {
                    // As in the reference, an unknown scalar before these comes out behind them.
                    for (index, id) in bytes.enumerated() { merger.add(id, endingAt: offset + index + 1) }
                } else if model.options.unknown != nil {
                    if !model.options.fusesUnknown { flushUnknown(&unknownEnd) }
                    unknownEnd = end
                }
                offset = end
            }
            flushUnknown(&unknownEnd)
        }

        private mutating func flushUnknown(_ end: inout Int?) {
            if let place = end, let unknown = model.options.unknown { merger.add(unknown, endingAt: place) }
            end = nil
        }

        private func id(of part: Range<Int>, in text: Span<UInt8>, isFirst: Bool, isLast: Bool) -> Int32? {
            let options = model.options
            let isPlain = (isFirst || options.continuation.isEmpty) && (!isLast || options.wordEnd.isEmpty)
            if isPlain {
                if options.isByteLevel || text[part.lowerBound] < 0x80 {
                    let id = model.singles[Int(text[part.lowerBound])]
                    return id == WordMerger.noToken ? nil : id
                }
                return model.vocabulary.id(of: text.extracting(part))
            }
            var spelling = isFirst ? [] : Array(options.continuation.utf8)
            if options.isByteLevel {
                spelling += ByteSpelling.spelled([text[part.lowerBound]])
            } else {
                for offset in part { spelling.append(text[offset]) }
            }
            if isLast { spelling += options.wordEnd.utf8 }
            return model.vocabulary.id(of: spelling.span)
        }

        private func byteTokens(of part: Range<Int>, in text: Span<UInt8>) -> [Int32]? {
            guard !model.byteIDs.isEmpty else { return nil }
            let ids = part.compactMap { model.byteIDs[Int(text[$0])] }
            return ids.count == part.count ? ids : nil
        }
    }

    /// Whether every piece is bytes with a token each, and nothing more.
    fileprivate var isPlainByteLevel: Bool {
        options.isByteLevel && options.continuation.isEmpty && options.wordEnd.isEmpty && options.unknown == nil
            && byteIDs.isEmpty && !singles.contains(WordMerger.noToken)
    }
}

extension MergeTable {
    /// - Parameter hidden: ids that nothing merges into.
    /// - Throws: ``TokenizerError/mergeOutsideVocabulary(index:)``.
    init(
        _ merges: [(left: String, right: String)], in vocabulary: SubwordVocabulary, continuation: String,
        hidden: Set<Int32>
    ) throws(TokenizerError) {
        var pairs = PairTable(capacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            let isContinued = !continuation.isEmpty && merge.right.utf8.starts(with: continuation.utf8)
            let rest = isContinued ? merge.right.utf8.dropFirst(continuation.utf8.count) : merge.right.utf8[...]
            let whole = Array(merge.left.utf8) + rest
            guard let left = vocabulary.id(of: merge.left), let right = vocabulary.id(of: merge.right),
                let id = vocabulary.id(of: whole.span)
            else {
                if vocabulary.hasHidden(hidden, [Array(merge.left.utf8), Array(merge.right.utf8), whole]) { continue }
                throw .mergeOutsideVocabulary(index: rank)
            }
            pairs.set(UInt64(rank) << 32 | UInt64(id), for: left, right)
        }
        self.init(pairs: pairs)
    }
}

extension SubwordVocabulary {
    /// Whether one of the spellings is that of a hidden token.
    fileprivate func hasHidden(_ hidden: Set<Int32>, _ wanted: [[UInt8]]) -> Bool {
        hidden.contains { id in
            guard spellings.indices.contains(Int(id)), let spelling = spellings[Int(id)] else { return false }
            return wanted.contains { $0.elementsEqual(spelling.utf8) }
        }
    }
}
