internal import Statistics

/// A rate with its 95% interval (Wilson 1927).
public struct RateEstimate: Codable, Hashable, Sendable {
    public var count: Int
    public var total: Int
    public var rate: Double
    public var lower: Double
    public var upper: Double

    /// - Precondition: `count` is in `0 ... total`, and `total` at least 1.
    public init(_ count: Int, of total: Int) {
        let bounds = WilsonInterval.bounds(count, of: total)
        self.count = count
        self.total = total
        rate = Double(count) / Double(total)
        lower = bounds.lowerBound
        upper = bounds.upperBound
    }
}
