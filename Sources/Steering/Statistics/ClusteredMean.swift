internal import Statistics

/// Values that come in clusters: prompts with the same wrapper, or a prompt and its twin, are no independent draws.
struct ClusteredValues {
    var values: [Double]
    /// One for each value.
    var clusters: [String]

    var mean: Double { values.reduce(0, +) / Double(values.count) }

    /// What each cluster adds to the mean's deviation.
    fileprivate var influences: [String: Double] {
        let (mean, count) = (mean, Double(values.count))
        return zip(clusters, values).reduce(into: [:]) { $0[$1.0, default: 0] += ($1.1 - mean) / count }
    }
}

extension BoundedFigure {
    /// The mean with Student's interval for clusters drawn as wholes: the variance is that of a ratio of sums over
    /// clusters (Cochran 1977, equation 6.4). Without bounds for a single cluster; nil without values.
    static func mean(_ sample: ClusteredValues) -> BoundedFigure? {
        guard !sample.values.isEmpty else { return nil }
        return interval(sample.mean, sample.influences)
    }

    /// The first mean less the second, with Student's interval for clusters that may have values on both sides. Nil
    /// where a side is empty.
    static func difference(_ first: ClusteredValues, _ second: ClusteredValues) -> BoundedFigure? {
        guard !first.values.isEmpty, !second.values.isEmpty else { return nil }
        let influences = first.influences.merging(second.influences.mapValues { -$0 }) { $0 + $1 }
        return interval(first.mean - second.mean, influences)
    }

    private static func interval(_ value: Double, _ influences: [String: Double]) -> BoundedFigure {
        let count = Double(influences.count)
        guard count > 1 else { return BoundedFigure(value) }
        // Summed in a fixed order, so that results repeat to the bit.
        let squares = influences.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
        let width = StudentDistribution.width95(degrees: influences.count - 1)
        let half = width * (count / (count - 1) * squares).squareRoot()
        return BoundedFigure(value, lower: value - half, upper: value + half)
    }
}
