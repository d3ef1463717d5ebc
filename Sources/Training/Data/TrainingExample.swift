/// Tokens to learn from, and which of them count.
public struct TrainingSequence: Hashable, Sendable {
    public var tokens: [Int32]
    /// Weight of each token as a target, as long as `tokens`; 0 for what is only read.
    public var weights: [Float]
    /// What is to become less likely in the place of one target.
    public var unlikely: UnlikelyToken?

    public init(tokens: [Int32], weights: [Float], unlikely: UnlikelyToken? = nil) {
        precondition(tokens.count == weights.count, "\(tokens.count) tokens, \(weights.count) weights")
        self.tokens = tokens
        self.weights = weights
        self.unlikely = unlikely
    }

    /// Targets that count.
    public var targetCount: Int { weights.indices.dropFirst().count(where: isTarget) }

    /// Whether something is learned in a token's place: the token, or one that is to become less likely.
    func isTarget(_ index: Int) -> Bool {
        if weights[index] != 0 { return true }
        guard let unlikely else { return false }
        return unlikely.place == index && unlikely.weight != 0
    }

    /// The largest weight in it, infinite where a product of weights was.
    var largestWeight: Float { max(weights.max() ?? 0, unlikely?.weight ?? 0) }

    /// The same tokens, every target and what is unlikely counting `factor` times as much.
    func weighted(by factor: Float) -> TrainingSequence {
        var weighted = self
        weighted.weights = weights.map { $0 * factor }
        weighted.unlikely?.weight *= factor
        return weighted
    }

    /// The first tokens.
    func truncated(to limit: Int) -> TrainingSequence {
        TrainingSequence(
            tokens: Array(tokens.prefix(limit)), weights: Array(weights.prefix(limit)),
            unlikely: unlikely.flatMap { $0.place < limit ? $0 : nil })
    }
}

/// A token that is to become less likely than it is where a sequence has another one.
public struct UnlikelyToken: Hashable, Sendable {
    /// Index of the token of the sequence in whose place it would stand.
    public var place: Int
    public var id: Int32
    /// In units of a target that counts once.
    public var weight: Float

    public init(place: Int, id: Int32, weight: Float) {
        self.place = place
        self.id = id
        self.weight = weight
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
