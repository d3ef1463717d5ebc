internal import Statistics

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

    /// Nil without values. A NaN in a cluster is not expected.
    ///
    /// - Parameter clusters: sum and number of the values of each prompt; every number is at least 1.
    init?(clusters: [(sum: Double, count: Int)], valuesAreBinary: Bool) {
        let count = clusters.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        mean = min(1, clusters.reduce(0.0) { $0 + $1.sum } / Double(count))
        let isSimple = valuesAreBinary && clusters.allSatisfy { $0.count == 1 }
        let size = isSimple ? Double(count) : Self.effectiveSize(clusters, mean: mean, count: count)
        let bounds = WilsonInterval.bounds(share: mean, size: size)
        (lower, upper) = (bounds.lowerBound, bounds.upperBound)
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
        let ratio = NormalDistribution.width95 / StudentDistribution.width95(degrees: clusters.count - 1)
        return min(Double(count), max(1, mean * (1 - mean) / variance * ratio * ratio))
    }
}
