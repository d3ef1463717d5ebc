public import Tensors

/// A loss on what a model predicts: the seam that all of training goes through.
///
/// A new loss is a file with one conforming type, and its gradient check.
public protocol TokenLoss: Sendable {
    /// Whether one token's gradient depends on the log-probabilities of others. All of them are then computed first,
    /// at the price of a second product with the unembedding.
    var needsLogProbabilities: Bool { get }

    /// Is given the natural-log probability of each target of the batch, in order.
    mutating func prepare(_ logProbabilities: [Float])

    /// Is called before the targets of a range are differentiated, range after range: for what needs room, and is therefore
    /// there for a few targets at a time.
    ///
    /// - Parameter vocabularySize: columns of the logits that follow
    /// - Throws: ``TrainingError`` for what cannot be compared with such logits
    mutating func begin(_ targets: Range<Int>, vocabularySize: Int) throws

    /// The loss of one target, and its gradient.
    ///
    /// - Parameters:
    ///   - logits: [1, vocabularySize]; replaced by the gradient of the loss with respect to them
    ///   - token: index of the target in the batch
    func differentiate(_ logits: MatrixSlice, token: Int) -> TokenOutcome
}

extension TokenLoss {
    public mutating func begin(_ targets: Range<Int>, vocabularySize: Int) throws {}
}

/// What a loss says of one target.
public struct TokenOutcome: Hashable, Sendable {
    /// Its part of the loss: the sum over the targets is the loss.
    public var loss: Double
    /// Natural logarithm of the model's probability of the target.
    public var logProbability: Float

    public init(loss: Double, logProbability: Float) {
        self.loss = loss
        self.logProbability = logProbability
    }
}
