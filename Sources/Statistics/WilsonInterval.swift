/// Wilson's score interval of a share (1927), 95%: close to its level on average, also where the share is near 0 or 1.
public enum WilsonInterval {
    /// - Parameters:
    ///   - share: 0 ... 1
    ///   - size: trials, above 0; need not be a whole number
    public static func bounds(share: Double, size: Double) -> ClosedRange<Double> {
        let z = NormalDistribution.width95
        let part = z * z / size
        let centre = (share + part / 2) / (1 + part)
        let half = z / (1 + part) * (share * (1 - share) / size + part / (4 * size)).squareRoot()
        // Exact at the ends, where rounding would leave a speck outside.
        return (share == 0 ? 0 : max(0, centre - half))...(share == 1 ? 1 : min(1, centre + half))
    }

    /// - Precondition: `count` is in `0 ... total`, and `total` at least 1.
    public static func bounds(_ count: Int, of total: Int) -> ClosedRange<Double> {
        precondition(total >= 1 && (0...total).contains(count), "\(count) of \(total)")
        return bounds(share: Double(count) / Double(total), size: Double(total))
    }
}
