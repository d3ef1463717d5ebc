/// Sequences to learn from in one pass, packed one after another; none sees the others.
///
/// Sequences that are added together have the rows of their common beginning once.
public struct TrainingBatch: Sendable {
    /// Rows that stand one after another in the batch, and what comes before them in their sequence.
    public struct Span: Hashable, Sendable {
        public var rows: Range<Int>
        /// The span whose rows come before; nil where this one begins its sequences.
        public var beginning: Int?
        /// Position of the first row.
        public var first: Int
        /// Sequence of the batch that the rows belong to; nil for a beginning of several.
        public var sequence: Int?

        /// Positions that the last row sees.
        public var length: Int { first + rows.count }
    }

    /// What a row is to predict.
    public struct Target: Hashable, Sendable {
        /// Row whose logits are compared.
        public var row: Int
        /// The token that follows it.
        public var id: Int32
        /// Sequence of the batch that it belongs to.
        public var sequence: Int
        /// Weight that the batch's maker gave it.
        public var weight: Float
        /// A token that is to become less likely in its place.
        public var unlikely: UnlikelyToken?
    }

    /// Input tokens of all sequences.
    public private(set) var ids: [Int32] = []
    /// In the order of their rows; a beginning that is shared comes before what goes on from it.
    public private(set) var spans: [Span] = []
    private var sequenceCount = 0
    /// Position of each row in its sequence.
    public private(set) var positions: [Int32] = []
    /// Only those that count: a target of weight 0 costs nothing.
    public private(set) var targets: [Target] = []

    public init() {}

    public var rowCount: Int { ids.count }

    /// Adds a sequence.
    ///
    /// - Parameters:
    ///   - tokens: at least two; all but the last are inputs, all but the first can be targets
    ///   - weights: of each token as a target, the first one's being ignored; as long as `tokens`
    public mutating func append(_ tokens: [Int32], weights: [Float]) {
        append(TrainingSequence(tokens: tokens, weights: weights))
    }

    /// Adds a sequence of at least two tokens; the first one is no target.
    public mutating func append(_ sequence: TrainingSequence) {
        precondition(sequence.tokens.count >= 2, "\(sequence.tokens.count) tokens")
        append(sequence, after: nil)
    }

    /// Adds sequences whose common beginning, as far as nothing of it is to be predicted, takes its rows once.
    ///
    /// What they give is what they would give one by one; gradients are added up in another order.
    public mutating func append(sharing sequences: [TrainingSequence]) {
        let shared = SharedBeginning(sequences).length
        guard shared > 0, let tokens = sequences.first?.tokens.prefix(shared) else {
            for sequence in sequences { append(sequence) }
            return
        }
        let beginning = spans.count
        appendSpan(tokens, of: nil, after: nil)
        for sequence in sequences { append(sequence, after: beginning) }
    }

    private mutating func append(_ sequence: TrainingSequence, after beginning: Int?) {
        let tokens = sequence.tokens
        let done = beginning.map { spans[$0].length } ?? 0
        let first = ids.count - done
        appendSpan(tokens[done..<(tokens.count - 1)], of: sequenceCount, after: beginning)
        for index in (done + 1)..<tokens.count where sequence.isTarget(index) {
            targets.append(
                Target(
                    row: first + index - 1, id: tokens[index], sequence: sequenceCount, weight: sequence.weights[index],
                    unlikely: sequence.unlikely?.place == index ? sequence.unlikely : nil))
        }
        sequenceCount += 1
    }

    private mutating func appendSpan(_ tokens: ArraySlice<Int32>, of sequence: Int?, after beginning: Int?) {
        let first = beginning.map { spans[$0].length } ?? 0
        spans.append(
            Span(
                rows: ids.count..<(ids.count + tokens.count), beginning: beginning, first: first, sequence: sequence))
        positions.append(contentsOf: (first..<(first + tokens.count)).map { Int32($0) })
        ids.append(contentsOf: tokens)
    }
}
