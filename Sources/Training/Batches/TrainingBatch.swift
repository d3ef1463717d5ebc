/// Sequences to learn from in one pass, packed one after another; none sees the others.
public struct TrainingBatch: Sendable {
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
    }

    /// Input tokens of all sequences.
    public private(set) var ids: [Int32] = []
    /// Rows of each sequence.
    public private(set) var sequences: [Range<Int>] = []
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
        precondition(
            tokens.count >= 2 && weights.count == tokens.count, "\(tokens.count) tokens, \(weights.count) weights")
        let first = ids.count
        let sequence = sequences.count
        ids.append(contentsOf: tokens.dropLast())
        positions.append(contentsOf: (0..<(tokens.count - 1)).map { Int32($0) })
        sequences.append(first..<ids.count)
        for index in 1..<tokens.count where weights[index] != 0 {
            targets.append(
                Target(row: first + index - 1, id: tokens[index], sequence: sequence, weight: weights[index]))
        }
    }
}
