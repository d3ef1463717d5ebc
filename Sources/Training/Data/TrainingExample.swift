/// Tokens to learn from, and which of them count.
public struct TrainingSequence: Hashable, Sendable {
    public var tokens: [Int32]
    /// Weight of each token as a target, as long as `tokens`; 0 for what is only read.
    public var weights: [Float]

    public init(tokens: [Int32], weights: [Float]) {
        precondition(tokens.count == weights.count, "\(tokens.count) tokens, \(weights.count) weights")
        self.tokens = tokens
        self.weights = weights
    }

    /// Targets that count.
    public var targetCount: Int { weights.dropFirst().count { $0 != 0 } }

    /// The same tokens, every target counting `factor` times as much.
    func weighted(by factor: Float) -> TrainingSequence {
        TrainingSequence(tokens: tokens, weights: weights.map { $0 * factor })
    }

    /// The first tokens.
    func truncated(to limit: Int) -> TrainingSequence {
        TrainingSequence(tokens: Array(tokens.prefix(limit)), weights: Array(weights.prefix(limit)))
    }
}

/// One thing to learn: a sequence, or two of which the first is preferred.
public struct TrainingExample: Hashable, Sendable {
    /// From the file, or `file:line`.
    public var id: String
    /// One sequence; for a preference the chosen one, then the rejected one.
    public var sequences: [TrainingSequence]

    public init(id: String, sequences: [TrainingSequence]) {
        self.id = id
        self.sequences = sequences
    }

    /// Input rows that it takes.
    var rowCount: Int { sequences.reduce(0) { $0 + $1.tokens.count - 1 } }

    /// Positions of its longest sequence; the last token is only predicted.
    var length: Int { sequences.reduce(0) { max($0, $1.tokens.count - 1) } }

    var targetCount: Int { sequences.reduce(0) { $0 + $1.targetCount } }
}
