/// The tokens of `added_tokens`, which are found in a text before it is split.
struct AddedTokens: Sendable {
    struct Entry: Sendable {
        let id: Int32
        /// In the text as it is looked through: normalised for tokens that say so.
        var spelling: [UInt8]
        let isControl: Bool
        var stripsLeft = false
        var stripsRight = false
        var isSingleWord = false
    }

    /// A found token, with the spaces that it swallows.
    struct Match {
        let entry: Entry
        var range: Range<Int>
    }

    private let entries: [Entry]
    private let trie: SpellingTrie
    private var isFirst = [Bool](repeating: false, count: 256)

    init(_ entries: [Entry]) {
        self.entries = entries
        var trie = SpellingTrie(capacity: entries.reduce(0) { $0 + $1.spelling.count })
        for (index, entry) in entries.enumerated() where !entry.spelling.isEmpty {
            trie.insert(entry.spelling.span, value: Int32(truncatingIfNeeded: index))
            isFirst[Int(entry.spelling[0])] = true
        }
        self.trie = trie
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The tokens in `text`, leftmost first and of those the longest, without overlaps.
    ///
    /// - Parameter isAllowed: whether a control token may be read at a range of `text`.
    func matches(in text: Span<UInt8>, isAllowed: (Range<Int>) -> Bool) -> [Match] {
        guard !entries.isEmpty else { return [] }
        var matches: [Match] = []
        var end = 0
        var offset = 0
        while offset < text.count {
            guard isFirst[Int(text[offset])], let (entry, found) = longest(in: text, at: offset, isAllowed) else {
                offset += 1
                continue
            }
            offset = found.upperBound
            if entry.isSingleWord, !standsAlone(found, in: text) { continue }
            var range = found
            if entry.stripsLeft {
                let start = max(end, spaceStart(before: range.lowerBound, in: text))
                range = (start < range.upperBound ? start : range.lowerBound)..<range.upperBound
            }
            if entry.stripsRight { range = range.lowerBound..<spaceEnd(after: range.upperBound, in: text) }
            // A token among the spaces that the last one swallowed takes its own back, and all behind it.
            if range.lowerBound < end, let last = matches.indices.last {
                matches[last].range = matches[last].range.lowerBound..<range.lowerBound
            }
            matches.append(Match(entry: entry, range: range))
            end = range.upperBound
        }
        return matches
    }

    private func longest(
        in text: Span<UInt8>, at start: Int, _ isAllowed: (Range<Int>) -> Bool
    ) -> (Entry, Range<Int>)? {
        var node: Int32 = 0
        var longest: (Entry, Range<Int>)?
        for offset in start..<text.count {
            guard let next = trie.step(node, text[offset]) else { break }
            node = next
            let index = trie.value(at: node)
            guard index >= 0 else { continue }
            let entry = entries[Int(index)]
            if !entry.isControl || isAllowed(start..<(offset + 1)) { longest = (entry, start..<(offset + 1)) }
        }
        return longest
    }

    /// The joiners count among the characters of words, as in the reference.
    private static let word = CompiledSet(.union([.property(.word), .ranges([0x200C...0x200D])]))

    private func standsAlone(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
        if range.lowerBound > 0,
            Self.word.contains(scalarAt: text.startOfScalar(endingAt: range.lowerBound), in: text)
        {
            return false
        }
        return range.upperBound == text.count || !Self.word.contains(scalarAt: range.upperBound, in: text)
    }

    private func spaceStart(before offset: Int, in text: Span<UInt8>) -> Int {
        var start = offset
        while start > 0 {
            let last = text.startOfScalar(endingAt: start)
            guard ScalarClasses.isWhitespace(text.scalarValue(at: last)) else { break }
            start = last
        }
        return start
    }

    private func spaceEnd(after offset: Int, in text: Span<UInt8>) -> Int {
        var end = offset
        while end < text.count, ScalarClasses.isWhitespace(text.scalarValue(at: end)) {
            end += text.scalarLength(at: end)
        }
        return end
    }
}
