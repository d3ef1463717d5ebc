/// Finds the spellings of control tokens and user-defined tokens in a text.
///
/// The longest spelling wins wherever two overlap, as in llama.cpp; of equally long ones the lower id, then the
/// leftmost.
struct SpecialTokenSplitter: Sendable {
    /// A part of a text.
    enum Fragment {
        case text(Range<Int>)
        case token(Token)
    }

    private struct Entry {
        let id: Int32
        let length: Int
        let isControl: Bool
        /// The longest entry that this one begins with, -1 for none.
        var prefix = -1
    }

    /// Longest first.
    private var entries: [Entry]
    /// Steps of a trie over the spellings: (node, byte) to the next node. Node 0 is the root.
    private var steps: PairTable
    /// Whether some spelling begins with a byte.
    private var isFirst = [Bool](repeating: false, count: 256)
    /// The entry whose spelling ends at a node, -1 for none.
    private var entryAtNode: [Int32] = [-1]

    /// - Parameter splitsUserDefined: whether user-defined tokens are found, which they are in every mode.
    init(_ vocabulary: VocabularyDescription, splitsUserDefined: Bool) {
        self.init(tokens: vocabulary.tokens, types: vocabulary.types, splitsUserDefined: splitsUserDefined)
    }

    init(tokens: [String], types: [TokenType], splitsUserDefined: Bool) {
        var entries: [Entry] = []
        for (index, type) in types.enumerated() where !tokens[index].isEmpty {
            let isControl = type == .control || type == .unknown
            guard isControl || (splitsUserDefined && type == .userDefined) else { continue }
            entries.append(Entry(id: Int32(index), length: tokens[index].utf8.count, isControl: isControl))
        }
        entries.sort { ($1.length, $0.id) < ($0.length, $1.id) }
        self.entries = entries
        steps = PairTable(capacity: entries.reduce(0) { $0 + $1.length })
        // Shortest first, so that a spelling meets those that it begins with.
        for index in entries.indices.reversed() { addToTrie(index, spelling: tokens[Int(entries[index].id)]) }
    }

    private mutating func addToTrie(_ entry: Int, spelling: String) {
        var node: Int32 = 0
        if let first = spelling.utf8.first { isFirst[Int(first)] = true }
        for byte in spelling.utf8 {
            if entryAtNode[Int(node)] >= 0 { entries[entry].prefix = Int(entryAtNode[Int(node)]) }
            let step = steps.value(node, Int32(byte))
            if step != PairTable.absent {
                node = Int32(truncatingIfNeeded: step)
                continue
            }
            let next = Int32(truncatingIfNeeded: entryAtNode.count)
            _ = steps.insert(UInt64(next), for: node, Int32(byte))
            entryAtNode.append(-1)
            node = next
        }
        entryAtNode[Int(node)] = Int32(truncatingIfNeeded: entry)
    }

    /// `text` as fragments in order, without gaps and without empty ones.
    func fragments(of text: [UInt8], special: SpecialTokenParsing) -> [Fragment] {
        guard !text.isEmpty else { return [] }
        var fragments: [Fragment] = []
        var start = 0
        for token in tokens(in: text, special: special) {
            if token.utf8Range.lowerBound > start { fragments.append(.text(start..<token.utf8Range.lowerBound)) }
            fragments.append(.token(token))
            start = token.utf8Range.upperBound
        }
        if start < text.count { fragments.append(.text(start..<text.count)) }
        return fragments
    }

    private func tokens(in text: [UInt8], special: SpecialTokenParsing) -> [Token] {
        var heap = RankedHeap()
        for start in text.indices where isFirst[Int(text[start])] {
            push(longestMatch(in: text, at: start), at: start, allowed: special, to: &heap)
        }
        guard !heap.isEmpty else { return [] }
        var isTaken = [Bool](repeating: false, count: text.count)
        var tokens: [Token] = []
        while let match = heap.pop() {
            let entry = entries[Int(match.rank)]
            let range = match.position..<(match.position + entry.length)
            // No taken match is shorter, so that one which overlaps covers the first byte or the last.
            guard !isTaken[range.lowerBound], !isTaken[range.upperBound - 1] else {
                push(entry.prefix, at: match.position, allowed: special, to: &heap)
                continue
            }
            for offset in range { isTaken[offset] = true }
            tokens.append(Token(id: entry.id, utf8Range: range))
        }
        return tokens.sorted { $0.utf8Range.lowerBound < $1.utf8Range.lowerBound }
    }

    /// Puts `entry` in the heap, or the longest of its prefixes that is allowed.
    private func push(_ entry: Int, at start: Int, allowed: SpecialTokenParsing, to heap: inout RankedHeap) {
        var entry = entry
        while entry >= 0 {
            let candidate = entries[entry]
            if !candidate.isControl || allowed.allowsControl(at: start..<(start + candidate.length)) {
                heap.push(RankedHeap.Entry(rank: UInt64(entry), position: start))
                return
            }
            entry = candidate.prefix
        }
    }

    /// The entry with the longest spelling at `start`, -1 for none.
    private func longestMatch(in text: [UInt8], at start: Int) -> Int {
        var node: Int32 = 0
        var longest: Int32 = -1
        for offset in start..<text.count {
            let step = steps.value(node, Int32(text[offset]))
            guard step != PairTable.absent else { break }
            node = Int32(truncatingIfNeeded: step)
            if entryAtNode[Int(node)] >= 0 { longest = entryAtNode[Int(node)] }
        }
        return Int(longest)
    }
}

extension SpecialTokenParsing {
    func allowsControl(at range: Range<Int>) -> Bool {
        switch self {
        case .everywhere: return true
        case .nowhere: return false
        case .outside(let forbidden):
            // The first forbidden range that ends after `range` begins.
            var low = 0
            var high = forbidden.count
            while low < high {
                let middle = (low + high) / 2
                if forbidden[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
            }
            return low == forbidden.count || !forbidden[low].overlaps(range)
        }
    }
}
