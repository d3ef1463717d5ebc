/// The split of highest total score: `Unigram` (Kudo, 2018).
struct UnigramModel: SubwordModel {
    /// What an unknown scalar costs more than the worst token.
    private static let unknownPenalty = 10.0

    fileprivate let scores: [Double]
    fileprivate let trie: SpellingTrie
    fileprivate let unknown: Int32?
    fileprivate let unknownScore: Double
    /// The tokens of the 256 bytes, empty without byte fallback.
    fileprivate let byteIDs: [Int32]

    /// - Parameters:
    ///   - pieces: by id. Of equal spellings the last counts.
    ///   - hidden: ids that no text is split into.
    init(
        pieces: [(spelling: String, score: Double)], unknown: Int32?, byteFallback: Bool, hidden: Set<Int32>
    ) throws(TokenizerError) {
        var trie = SpellingTrie(capacity: pieces.reduce(0) { $0 + $1.spelling.utf8.count })
        var bytes = [Int32](repeating: -1, count: 256)
        for (index, piece) in pieces.enumerated() {
            guard piece.score.isFinite else { throw .scoreNotFinite(index: index) }
            let id = Int32(truncatingIfNeeded: index)
            if let byte = SentencePieceModel.byte(spelledBy: piece.spelling) { bytes[Int(byte)] = id }
            if !hidden.contains(id), !piece.spelling.isEmpty { trie.insert(piece.spelling.utf8Span.span, value: id) }
        }
        scores = pieces.map(\.score)
        self.trie = trie
        self.unknown = unknown
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        byteIDs = byteFallback ? bytes : []
    }

    func makeEncoder() -> any SubwordEncoder { Encoder(model: self) }

    private struct Encoder: SubwordEncoder {
        /// The best way to a place in the piece.
        private struct Node {
            var id: Int32 = -1
            var start = -1
            var score = 0.0
        }

        let model: UnigramModel
        private var nodes: [Node] = []

        init(model: UnigramModel) { self.model = model }

        mutating func appendTokens(of piece: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token]) {
            findPaths(of: piece, in: text)
            let first = tokens.count
            var end = piece.count
            var lastIsUnknown = false
            while end > 0 {
                let node = nodes[end]
                let range = (piece.lowerBound + node.start)..<(piece.lowerBound + end)
                let isUnknown = node.id == model.unknown
                if isUnknown, lastIsUnknown, let last = tokens.popLast() {
                    tokens.append(Token(id: node.id, utf8Range: range.lowerBound..<last.utf8Range.upperBound))
                } else if node.id >= 0 {
                    tokens.append(Token(id: node.id, utf8Range: range))
                }
                lastIsUnknown = isUnknown
                end = node.start
            }
            tokens[first...].reverse()
            if !model.byteIDs.isEmpty { spellUnknown(from: first, in: text, &tokens) }
        }

        private mutating func findPaths(of piece: Range<Int>, in text: Span<UInt8>) {
            nodes.removeAll(keepingCapacity: true)
            nodes.append(contentsOf: repeatElement(Node(), count: piece.count + 1))
            var start = 0
            while start < piece.count {
                let length = text.scalarLength(at: piece.lowerBound + start)
                var hasScalar = false
                var trieNode: Int32 = 0
                let score = nodes[start].score
                for offset in start..<piece.count {
                    guard let next = model.trie.step(trieNode, text[piece.lowerBound + offset]) else { break }
                    trieNode = next
                    let id = model.trie.value(at: trieNode)
                    guard id >= 0 else { continue }
                    reach(offset + 1, from: start, id, score + model.scores[Int(id)])
                    if offset + 1 - start == length { hasScalar = true }
                }
                if !hasScalar {
                    reach(start + length, from: start, model.unknown ?? -1, score + model.unknownScore)
                }
                start += length
            }
        }

        private mutating func reach(_ end: Int, from start: Int, _ id: Int32, _ score: Double) {
            guard nodes[end].start < 0 || score > nodes[end].score else { return }
            nodes[end] = Node(id: id, start: start, score: score)
        }

        /// An unknown token whose bytes all have one is those.
        private func spellUnknown(from first: Int, in text: Span<UInt8>, _ tokens: inout [Token]) {
            guard tokens[first...].contains(where: { $0.id == model.unknown }) else { return }
            let old = tokens[first...]
            tokens.removeLast(tokens.count - first)
            for token in old {
                let bytes = token.utf8Range.map { model.byteIDs[Int(text[$0])] }
                if token.id == model.unknown, bytes.allSatisfy({ $0 >= 0 }) {
                    for (id, offset) in zip(bytes, token.utf8Range) {
                        tokens.append(Token(id: id, utf8Range: offset..<(offset + 1)))
                    }
                } else {
                    tokens.append(token)
                }
            }
        }
    }
}

/// Byte strings with a number each, found by their beginnings.
struct SpellingTrie: Sendable {
    private var steps: PairTable
    /// By node, -1 where no string ends. Node 0 is the root.
    private var values: [Int32] = [-1]

    /// - Parameter capacity: bytes of all strings together.
    init(capacity: Int) { steps = PairTable(capacity: capacity) }

    /// Of equal strings the last one's value counts.
    mutating func insert(_ string: Span<UInt8>, value: Int32) {
        var node: Int32 = 0
        for index in string.indices {
            if let next = step(node, string[index]) {
                node = next
            } else {
                let next = Int32(truncatingIfNeeded: values.count)
                _ = steps.insert(UInt64(next), for: node, Int32(string[index]))
                values.append(-1)
                node = next
            }
        }
        values[Int(node)] = value
    }

    @inline(__always)
    func step(_ node: Int32, _ byte: UInt8) -> Int32? {
        let step = steps.value(node, Int32(byte))
        return step == PairTable.absent ? nil : Int32(truncatingIfNeeded: step)
    }

    @inline(__always)
    func value(at node: Int32) -> Int32 { values[Int(node)] }
}
