/// Passes samples that the model itself found likely.
public struct LikelihoodThreshold: Codable, Hashable, Sendable {
    public enum Measure: String, Codable, CaseIterable, Hashable, Sendable {
        /// Sum of the tokens' log-probabilities.
        case total
        /// Their mean: length does not count.
        case mean
        /// The smallest one.
        case least
    }

    public var name: String { "likelihood" }
    public var version: Int { 1 }
    public var measure: Measure
    /// Natural logarithm; a sample at or above it passes.
    public var threshold: Double

    public init(measure: Measure = .mean, threshold: Double) {
        self.measure = measure
        self.threshold = threshold
    }

    public func verdict(logProbabilities: [Double]) -> Verdict {
        guard !logProbabilities.isEmpty else { return .unscored(reason: "no tokens") }
        guard logProbabilities.allSatisfy({ !$0.isNaN }) else {
            return .unscored(reason: "a log-probability is missing")
        }
        let value =
            switch measure {
            case .total: logProbabilities.reduce(0, +)
            case .mean: logProbabilities.reduce(0, +) / Double(logProbabilities.count)
            case .least: logProbabilities.min() ?? 0
            }
        return Verdict(value >= threshold)
    }
}
