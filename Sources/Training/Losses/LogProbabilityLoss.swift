public import Tensors

/// A loss that depends on the logits only through the log-probability of each target.
public protocol LogProbabilityLoss: TokenLoss {
    var targets: [TrainingBatch.Target] { get }

    /// The loss of one target and its derivative with respect to the target's log-probability.
    func slope(token: Int, logProbability: Float) -> (loss: Double, slope: Double)
}

extension LogProbabilityLoss {
    public var needsLogProbabilities: Bool { false }

    public mutating func prepare(_ logProbabilities: [Float]) {}

    /// `d log p(y) / d logit_v = [v = y] - p(v)`. The log-probability is the one that a sampler would record, to the bit.
    public func differentiate(_ logits: MatrixSlice, token: Int) -> TokenOutcome {
        let id = Int(targets[token].id)
        let logSumExp = RowOperations.logSumExp(logits, row: 0)
        let logProbability = Float(logits.withRow(0) { Double($0[id]) } - logSumExp)
        let (loss, slope) = slope(token: token, logProbability: logProbability)
        guard slope != 0 else {
            RowOperations.scale(logits, by: 0, threads: 1)
            return TokenOutcome(loss: loss, logProbability: logProbability)
        }
        RowOperations.exponential(logits, row: 0, shift: Float(logSumExp), factor: 1, into: logits)
        RowOperations.scale(logits, by: Float(-slope), threads: 1)
        logits.withMutableRow(0) { $0[id] += Float(slope) }
        return TokenOutcome(loss: loss, logProbability: logProbability)
    }
}

/// Looks at log-probabilities and wants nothing.
struct NoLoss: LogProbabilityLoss {
    var targets: [TrainingBatch.Target]

    func slope(token: Int, logProbability: Float) -> (loss: Double, slope: Double) { (0, 0) }
}

/// Next-token prediction: `-weight * log p(target)`, with the batch's weights.
public struct CrossEntropyLoss: LogProbabilityLoss {
    public let targets: [TrainingBatch.Target]
    private let scale: Double

    /// - Parameter scale: what every weight is multiplied with, usually one over the number of targets of a step
    public init(_ targets: [TrainingBatch.Target], scale: Double) {
        self.targets = targets
        self.scale = scale
    }

    public func slope(token: Int, logProbability: Float) -> (loss: Double, slope: Double) {
        let weight = Double(targets[token].weight) * scale
        return (-weight * Double(logProbability), -weight)
    }
}
