/// Byte-pair encoding of one word after another. Keeps its scratch space between words.
///
/// Of all neighbouring pairs that merge, the one of best rank is merged, the leftmost of equals, until none is left.
struct WordMerger {
    private let merges: MergeTable
    /// The token of every single byte.
    private let byteIDs: [Int32]
    /// The tokens of the word so far. A long word keeps the slots of merged tokens, unlinked.
    private var ids: [Int32] = []
    /// Where each token ends in the text.
    private var ends: [Int] = []
    /// What each token and its right neighbour merge into.
    private var pairs: [UInt64] = []

    /// Stands for a byte that the vocabulary lacks.
    static let noToken: Int32 = -2
    /// Stands for a token that became part of the one before it.
    private static let gone: Int32 = -1

    /// Up to here, looking at every pair each time is faster than keeping them in a heap.
    private static let longestScanned = 48

    init(merges: MergeTable, byteIDs: [Int32]) {
        self.merges = merges
        self.byteIDs = byteIDs
    }

    /// Appends the tokens of `range` of the text, which must not be empty.
    mutating func appendTokens(of range: Range<Int>, in text: Span<UInt8>, to tokens: inout [Token]) {
        begin()
        for offset in range {
            ids.append(byteIDs[Int(text[offset])])
            ends.append(offset + 1)
        }
        finish(from: range.lowerBound, to: &tokens)
    }

    /// Forgets the last word.
    mutating func begin() {
        ids.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        pairs.removeAll(keepingCapacity: true)
    }

    /// Adds a token to the word, which covers the text up to `end`.
    mutating func add(_ id: Int32, endingAt end: Int) {
        ids.append(id)
        ends.append(end)
    }

    /// Merges the word that was added, and appends its tokens. The first covers the text from `start`.
    mutating func finish(from start: Int, to tokens: inout [Token]) {
        guard !ids.isEmpty else { return }
        for index in 0..<(ids.count - 1) { pairs.append(merges.merge(ids[index], ids[index + 1])) }
        if ids.count <= Self.longestScanned { mergeByScanning() } else { mergeByHeap() }
        var start = start
        for (index, id) in ids.enumerated() where id != Self.gone {
            if id != Self.noToken { tokens.append(Token(id: id, utf8Range: start..<max(start, ends[index]))) }
            start = max(start, ends[index])
        }
    }

    private mutating func mergeByScanning() {
        while true {
            var best = MergeTable.absent
            var position = 0
            for index in pairs.indices where pairs[index] < best {
                best = pairs[index]
                position = index
            }
            guard best != MergeTable.absent else { return }
            ids[position] = MergeTable.mergedID(best)
            ends[position] = ends[position + 1]
            ids.remove(at: position + 1)
            ends.remove(at: position + 1)
            pairs.remove(at: position)
            if position < pairs.count { pairs[position] = merges.merge(ids[position], ids[position + 1]) }
            if position > 0 { pairs[position - 1] = merges.merge(ids[position - 1], ids[position]) }
        }
    }

    /// O(n log n): the pairs wait in a heap, and one that has changed since it was put there is passed over.
    private mutating func mergeByHeap() {
        var links = Links(count: ids.count)
        pairs.append(MergeTable.absent)
        var heap = RankedHeap()
        for index in pairs.indices where pairs[index] != MergeTable.absent {
            heap.push(RankedHeap.Entry(rank: pairs[index], position: index))
        }
        while let entry = heap.pop() {
            let left = entry.position
            guard pairs[left] == entry.rank, let right = links.next(of: left) else { continue }
            ids[left] = MergeTable.mergedID(entry.rank)
            ends[left] = ends[right]
            ids[right] = Self.gone
            pairs[right] = MergeTable.absent
            links.remove(right)
            pairs[left] = links.next(of: left).map { merges.merge(ids[left], ids[$0]) } ?? MergeTable.absent
            push(left, to: &heap)
            if let previous = links.previous(of: left) {
                pairs[previous] = merges.merge(ids[previous], ids[left])
                push(previous, to: &heap)
            }
        }
    }

    private func push(_ position: Int, to heap: inout RankedHeap) {
        guard pairs[position] != MergeTable.absent else { return }
        heap.push(RankedHeap.Entry(rank: pairs[position], position: position))
    }
}

/// A doubly linked list of the numbers `0 ..< count`, from which numbers are taken out.
private struct Links {
    private var following: [Int]
    private var preceding: [Int]

    init(count: Int) {
        following = Array(1...count)
        preceding = Array(-1..<(count - 1))
    }

    func next(of index: Int) -> Int? { following[index] < following.count ? following[index] : nil }
    func previous(of index: Int) -> Int? { preceding[index] >= 0 ? preceding[index] : nil }

    mutating func remove(_ index: Int) {
        let (before, after) = (preceding[index], following[index])
        if before >= 0 { following[before] = after }
        if after < preceding.count { preceding[after] = before }
    }
}
