/// A mean of values between 0 and 1 with its 95% interval.
///
/// With one value for each prompt the interval is Wilson's (1927). Samples of one prompt are not independent, so with
/// several of them the number of samples n is first replaced by an effective one: the number of independent samples that
/// would give the mean the variance that the prompts show, p (1 - p) / v. The variance v is that of a ratio of sums over
/// prompts (Cochran, 1977, equation 6.4), and the effective number is reduced by (z / t)^2 for the uncertainty of v
/// itself (Korn and Graubard, 1998). Wilson's interval at the effective number kept its coverage in the comparison of
/// Dean and Pagano (2015). Where the prompts show no spread, each counts once. The result is a function of the values
/// alone.
struct RateInterval: Hashable {
    var mean: Double
    var lower: Double
    var upper: Double

    /// The 97.5% point of the standard normal distribution.
    static let z = 1.959963984540054

    /// Nil without values. A NaN in a cluster is not expected.
    ///
    /// - Parameter clusters: sum and number of the values of each prompt; every number is at least 1.
    init?(clusters: [(sum: Double, count: Int)], valuesAreBinary: Bool) {
        let count = clusters.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        mean = min(1, clusters.reduce(0.0) { $0 + $1.sum } / Double(count))
        let isSimple = valuesAreBinary && clusters.allSatisfy { $0.count == 1 }
        let size = isSimple ? Double(count) : Self.effectiveSize(clusters, mean: mean, count: count)
        (lower, upper) = Self.wilson(mean: mean, size: size)
    }

    /// Wilson's interval for a share `mean` of `size` trials, which need not be a whole number.
    static func wilson(mean: Double, size: Double) -> (lower: Double, upper: Double) {
        let share = z * z / size
        let centre = (mean + share / 2) / (1 + share)
        let half = z / (1 + share) * (mean * (1 - mean) / size + share / (4 * size)).squareRoot()
        // Exact at the ends, where rounding would leave a speck outside.
        return (mean == 0 ? 0 : max(0, centre - half), mean == 1 ? 1 : min(1, centre + half))
    }

    static func effectiveSize(_ clusters: [(sum: Double, count: Int)], mean: Double, count: Int) -> Double {
        let prompts = Double(clusters.count)
        guard clusters.count > 1 else { return 1 }
        let squares = clusters.reduce(0.0) { total, cluster in
            let deviation = cluster.sum - mean * Double(cluster.count)
            return total + deviation * deviation
        }
        let variance = prompts / (prompts - 1) * squares / (Double(count) * Double(count))
        // Rounding leaves specks of this size where there is no spread.
        guard variance > 1e-24, mean > 0, mean < 1 else { return prompts }
        let ratio = z / StudentQuantile.upper(degrees: clusters.count - 1)
        return min(Double(count), max(1, mean * (1 - mean) / variance * ratio * ratio))
    }
}

/// The 97.5% point of Student's t distribution.
enum StudentQuantile {
    /// Exact for 1 and 2 degrees of freedom; otherwise an expansion in 1/degrees around the normal distribution
    /// (Abramowitz and Stegun, 26.7.5), at most 0.4% too small.
    static func upper(degrees: Int) -> Double {
        switch degrees {
        case ...1: return 12.706204736432095
        case 2: return 4.302652729749464
        default: break
        }
        let z = RateInterval.z
        let square = z * z
        let terms = [
            (square + 1) * z / 4,
            ((5 * square + 16) * square + 3) * z / 96,
            (((3 * square + 19) * square + 17) * square - 15) * z / 384,
            ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) * z / 92160,
        ]
        let inverse = 1 / Double(degrees)
        return z + terms.reversed().reduce(0) { ($0 + $1) * inverse }
    }
}
