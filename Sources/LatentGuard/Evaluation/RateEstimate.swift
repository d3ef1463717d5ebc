/// A rate with its 95% interval (Wilson 1927).
public struct RateEstimate: Codable, Hashable, Sendable {
    public var count: Int
    public var total: Int
    public var rate: Double
    public var lower: Double
    public var upper: Double

    /// - Precondition: `count` is in `0 ... total`, and `total` at least 1.
    public init(_ count: Int, of total: Int) {
        precondition(total >= 1 && (0...total).contains(count), "\(count) of \(total)")
        let z = 1.959963984540054
        let (n, p) = (Double(total), Double(count) / Double(total))
        let scale = 1 + z * z / n
        let centre = (p + z * z / (2 * n)) / scale
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / scale
        self.count = count
        self.total = total
        rate = p
        lower = count == 0 ? 0 : max(0, centre - half)
        upper = count == total ? 1 : min(1, centre + half)
    }
}
