internal import Tensors

/// Tokens of several sequences, to be read in one forward pass. Sequences may differ in length.
public struct TokenBatch {
    public private(set) var ids: [Int32] = []
    public private(set) var sequences: [Sequence] = []

    /// The rows of one sequence, and what it remembers.
    public struct Sequence {
        public var rows: Range<Int>
        public var cache: KVCache
        public var tag: SequenceTag
    }

    public init() {}

    /// One sequence.
    public init(_ ids: some Collection<Int32>, cache: KVCache, tag: SequenceTag = SequenceTag(prompt: 0)) {
        append(ids, cache: cache, tag: tag)
    }

    /// Adds the next tokens of a sequence. A cache may appear once in a batch.
    public mutating func append(_ newIDs: some Collection<Int32>, cache: KVCache, tag: SequenceTag) {
        sequences.append(Sequence(rows: ids.count..<(ids.count + newIDs.count), cache: cache, tag: tag))
        ids.append(contentsOf: newIDs)
    }

    /// The last token of each sequence, as a batch of its own.
    var lastTokens: TokenBatch {
        sequences.reduce(into: TokenBatch()) { batch, sequence in
            batch.append(ids[sequence.rows].suffix(1), cache: sequence.cache, tag: sequence.tag)
        }
    }

    /// Takes all tokens out and keeps the memory.
    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        sequences.removeAll(keepingCapacity: true)
    }
}
