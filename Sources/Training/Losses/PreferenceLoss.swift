internal import Foundation

/// Direct preference optimisation (Rafailov et al. 2023, equation 7): `-log sigmoid(beta * margin)`, where the margin is
/// how much more the model has gained on the chosen answer than on the rejected one, against the reference model.
///
/// The rejected side may be a prefix that ends at a wrong step (Setlur et al. 2024, section 6.3): the loss is the same.
public struct PreferenceLoss: LogProbabilityLoss {
    /// Two sequences of the batch, and what the reference model gives each of them in all.
    public struct Pair: Hashable, Sendable {
        public var chosen: Int
        public var rejected: Int
        public var referenceChosen: Double
        public var referenceRejected: Double

        public init(chosen: Int, rejected: Int, referenceChosen: Double, referenceRejected: Double) {
            self.chosen = chosen
            self.rejected = rejected
            self.referenceChosen = referenceChosen
            self.referenceRejected = referenceRejected
        }
    }

    public let targets: [TrainingBatch.Target]
    public let pairs: [Pair]
    private let beta: Double
    private let scale: Double
    /// Of each sequence: the derivative with respect to each of its tokens' log-probabilities.
    private var slopes: [Int: Double] = [:]
    /// Of each sequence: its share of the loss for each of its targets.
    private var shares: [Int: Double] = [:]
    /// `beta * margin` of each pair, once log-probabilities are known.
    public private(set) var rewardMargins: [Double] = []

    /// - Parameter scale: what each pair's loss is multiplied with, usually one over the number of pairs of a step
    public init(_ targets: [TrainingBatch.Target], pairs: [Pair], beta: Double, scale: Double) {
        self.targets = targets
        self.pairs = pairs
        self.beta = beta
        self.scale = scale
    }

    public var needsLogProbabilities: Bool { true }

    public mutating func prepare(_ logProbabilities: [Float]) {
        var sums: [Int: Double] = [:]
        var counts: [Int: Double] = [:]
        for (target, logProbability) in zip(targets, logProbabilities) {
            sums[target.sequence, default: 0] += Double(logProbability)
            counts[target.sequence, default: 0] += 1
        }
        rewardMargins = []
        for pair in pairs {
            let gained = (sums[pair.chosen] ?? 0) - pair.referenceChosen
            let gainedRejected = (sums[pair.rejected] ?? 0) - pair.referenceRejected
            let margin = beta * (gained - gainedRejected)
            rewardMargins.append(margin)
            let slope = scale * beta * Self.sigmoid(-margin)
            slopes[pair.chosen] = -slope
            slopes[pair.rejected] = slope
            shares[pair.chosen] = scale * Self.softplus(-margin) / max(counts[pair.chosen] ?? 1, 1)
        }
    }

    public func slope(token: Int, logProbability: Float) -> (loss: Double, slope: Double) {
        let sequence = targets[token].sequence
        return (shares[sequence] ?? 0, slopes[sequence] ?? 0)
    }

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// `log(1 + exp(x))` without overflow.
    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}
