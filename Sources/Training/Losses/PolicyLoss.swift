internal import Foundation

/// What a token of a rollout counts for, as a function of the ratio between the model's probability of it now and when
/// it was sampled.
public protocol RatioObjective: Sendable {
    /// The loss of one token and its derivative with respect to the ratio; both are multiplied with the token's weight.
    func loss(ratio: Double, advantage: Double) -> (value: Double, derivative: Double)
}

/// A loss on sampled tokens (Williams 1992; Schulman et al. 2017): `sum of weight * objective(ratio, advantage)`.
///
/// Positive and negative reinforcement alone are advantages of 1 on right answers, or of -1 on wrong ones, with the
/// others left out of the batch (Zhu et al. 2025).
public struct PolicyLoss<Objective: RatioObjective>: LogProbabilityLoss {
    public let targets: [TrainingBatch.Target]
    private let recorded: [Float]
    private let advantages: [Float]
    private let objective: Objective
    private let scale: Double

    /// - Parameters:
    ///   - recorded: log-probability of each target when it was sampled
    ///   - advantages: of each target
    ///   - scale: what the batch's weights are multiplied with
    public init(
        _ targets: [TrainingBatch.Target], recorded: [Float], advantages: [Float], objective: Objective, scale: Double
    ) {
        precondition(recorded.count == targets.count && advantages.count == targets.count, "one of each per target")
        self.targets = targets
        self.recorded = recorded
        self.advantages = advantages
        self.objective = objective
        self.scale = scale
    }

    /// `d ratio / d log p = ratio`.
    public func slope(token: Int, logProbability: Float) -> (loss: Double, slope: Double) {
        let ratio = exp(Double(logProbability) - Double(recorded[token]))
        let weight = Double(targets[token].weight) * scale
        let (value, derivative) = objective.loss(ratio: ratio, advantage: Double(advantages[token]))
        return (weight * value, weight * derivative * ratio)
    }
}

/// `-min(ratio * A, clip(ratio, 1 - low, 1 + high) * A)`: PPO and GRPO with equal bounds, DAPO with a higher upper one
/// (Yu et al. 2025, equation 8).
public struct ClippedObjective: RatioObjective {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    public func loss(ratio: Double, advantage: Double) -> (value: Double, derivative: Double) {
        let bounded = min(max(ratio, 1 - low), 1 + high)
        let isClipped = bounded * advantage < ratio * advantage
        return isClipped ? (-bounded * advantage, 0) : (-ratio * advantage, -advantage)
    }
}

/// `-ratio * A`, never clipped.
public struct PlainObjective: RatioObjective {
    public init() {}

    public func loss(ratio: Double, advantage: Double) -> (value: Double, derivative: Double) {
        (-ratio * advantage, -advantage)
    }
}
