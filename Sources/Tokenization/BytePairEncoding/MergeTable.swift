/// Which two neighbouring tokens become which third, and in what order.
struct MergeTable: Sendable {
    /// The rank in the high half and the merged token's id in the low half, so that the smaller comes first.
    private var pairs: PairTable

    static let absent = PairTable.absent

    init(pairs: PairTable) { self.pairs = pairs }

    /// - Parameter merges: `left right` in byte-level spelling, best first.
    /// - Throws: ``TokenizerError/malformedMerge(index:)``, ``TokenizerError/mergeOutsideVocabulary(index:)``.
    init(_ merges: [String], alphabet: ByteAlphabet, table: TokenTable) throws(TokenizerError) {
        pairs = PairTable(capacity: merges.count)
        var bytes: [UInt8] = []
        for (rank, merge) in merges.enumerated() {
            guard let split = Self.decode(merge, alphabet: alphabet, into: &bytes) else {
                throw .malformedMerge(index: rank)
            }
            let merged = bytes.span
            guard let left = table.id(of: merged.extracting(first: split)),
                let right = table.id(of: merged.extracting(droppingFirst: split)),
                let whole = table.id(of: merged)
            else { throw .mergeOutsideVocabulary(index: rank) }
            _ = pairs.insert(UInt64(rank) << 32 | UInt64(whole), for: left, right)
        }
    }

    /// The bytes of both halves one after another, and where the second begins. Nil for anything but two halves.
    private static func decode(_ merge: String, alphabet: ByteAlphabet, into bytes: inout [UInt8]) -> Int? {
        bytes.removeAll(keepingCapacity: true)
        let spelling = merge.utf8Span.span
        guard let space = spelling.indices.first(where: { spelling[$0] == 0x20 }) else { return nil }
        guard alphabet.decode(spelling.extracting(first: space), into: &bytes) else { return nil }
        let split = bytes.count
        guard alphabet.decode(spelling.extracting(droppingFirst: space + 1), into: &bytes) else { return nil }
        return split > 0 && split < bytes.count ? split : nil
    }

    /// What `left right` merge into, ``absent`` where they do not.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> UInt64 { pairs.value(left, right) }

    @inline(__always)
    static func mergedID(_ merge: UInt64) -> Int32 { Int32(truncatingIfNeeded: merge) }
}
