internal import Foundation
public import Tensors

/// Next-token prediction beside tokens that are to become less likely: `-w log p(target) - u log(1 - p(unlikely))`, the
/// token-level unlikelihood of Welleck et al. 2020.
///
/// Without unlikely tokens it is ``CrossEntropyLoss``, to the bit.
public struct UnlikelihoodLoss: TokenLoss {
    public let targets: [TrainingBatch.Target]
    private let likelihood: CrossEntropyLoss
    private let scale: Double

    /// - Parameter scale: what every weight is multiplied with, usually one over the number of targets of a step
    public init(_ targets: [TrainingBatch.Target], scale: Double) {
        self.targets = targets
        self.scale = scale
        likelihood = CrossEntropyLoss(targets, scale: scale)
    }

    public var needsLogProbabilities: Bool { false }

    public mutating func prepare(_ logProbabilities: [Float]) {}

    /// With `q` the probabilities among all tokens but the unlikely one `c`, `d -log(1 - p(c)) / d logit_v` is
    /// `p(c)` at `c` and `-p(c) q(v)` elsewhere, which stays exact where `p(c)` is close to 1.
    public func differentiate(_ logits: MatrixSlice, token: Int) -> TokenOutcome {
        let target = targets[token]
        guard let unlikely = target.unlikely else { return likelihood.differentiate(logits, token: token) }
        let (id, candidate) = (Int(target.id), Int(unlikely.id))
        let all = RowOperations.logSumExp(logits, row: 0)
        let (wanted, unwanted) = logits.withRow(0) { (Double($0[id]), Double($0[candidate])) }
        Self.exclude(candidate, logits)
        let others = RowOperations.logSumExp(logits, row: 0)

        let weight = Double(target.weight) * scale
        let strength = Double(unlikely.weight) * scale
        let probability = exp(unwanted - all)
        let rest = exp(others - all)
        RowOperations.exponential(logits, row: 0, shift: Float(others), factor: 1, into: logits)
        RowOperations.scale(logits, by: Float(weight * rest - strength * probability), threads: 1)
        logits.withMutableRow(0) {
            $0[candidate] = Float((weight + strength) * probability)
            $0[id] -= Float(weight)
        }
        return TokenOutcome(
            loss: weight * (all - wanted) + strength * (all - others), logProbability: Float(wanted - all))
    }

    /// Puts one logit so far below the largest of the others that its probability among them is 0.
    private static func exclude(_ candidate: Int, _ logits: MatrixSlice) {
        logits.withMutableRow(0) { $0[candidate] = -.greatestFiniteMagnitude }
        let largest = RowOperations.maximum(logits, row: 0)
        logits.withMutableRow(0) { $0[candidate] = largest - max(1000, abs(largest)) }
    }
}
