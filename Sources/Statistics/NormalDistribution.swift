internal import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
    /// Half the width of a 95% interval, in standard errors: the 97.5% point.
    public static let width95 = 1.959963984540054

    /// P(Z <= z).
    public static func cumulative(_ z: Double) -> Double {
        0.5 * erfc(-z / 2.0.squareRoot())
    }

    /// The z with P(Z <= z) = `level`, for a level strictly between 0 and 1; within 1e-12 for levels above 1e-12.
    public static func quantile(_ level: Double) -> Double {
        precondition(level > 0 && level < 1, "level \(level) is not between 0 and 1")
        guard level <= 0.5 else { return -quantile(1 - level) }
        var low = -39.0
        var high = 0.0
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if cumulative(middle) < level { low = middle } else { high = middle }
        }
    }
}
