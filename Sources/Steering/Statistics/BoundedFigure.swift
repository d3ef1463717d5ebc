/// A figure with the ends of its 95% interval.
public struct BoundedFigure: Codable, Hashable, Sendable {
    public var value: Double
    /// Nil where the data show no spread to judge by.
    public var lower: Double?
    public var upper: Double?

    public init(_ value: Double, lower: Double? = nil, upper: Double? = nil) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }
}

extension BoundedFigure {
    /// The mean of draws, and their 2.5% and 97.5% quantiles: how far the draws themselves spread.
    ///
    /// - Precondition: there is a draw.
    static func spread(_ draws: [Double]) -> BoundedFigure {
        let sorted = draws.sorted()
        return BoundedFigure(
            mean(draws), lower: Quantile.of(sorted, level: 0.025), upper: Quantile.of(sorted, level: 0.975))
    }

    /// A value with a bootstrap interval: the quantiles of the draws about their own mean, moved to the value.
    ///
    /// Resampled prompts are noisier than the prompts themselves, which lowers every cosine between directions; the
    /// quantiles as they are would lie too low.
    ///
    /// - Precondition: there is a draw.
    static func bootstrapped(_ value: Double, draws: [Double], within limits: ClosedRange<Double>) -> BoundedFigure {
        let spread = spread(draws)
        func moved(_ bound: Double?) -> Double? {
            bound.map { min(max(value + $0 - spread.value, limits.lowerBound), limits.upperBound) }
        }
        return BoundedFigure(value, lower: moved(spread.lower), upper: moved(spread.upper))
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

enum Quantile {
    /// Linear between neighbours (type 7 of Hyndman and Fan, numpy's default).
    static func of(_ sorted: [Double], level: Double) -> Double {
        let position = level * Double(sorted.count - 1)
        let low = Int(position)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
    }
}
