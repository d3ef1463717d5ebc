/// Differences of means at many readings, from prompts that come one at a time: nothing else is kept.
public struct MeanDifferenceStream: Hashable, Sendable {
    public let readings: [Reading]
    private var positives: [MeanAccumulator]
    private var negatives: [MeanAccumulator]

    public init(readings: [Reading], width: Int) {
        self.readings = readings
        positives = readings.map { _ in MeanAccumulator(width: width) }
        negatives = positives
    }

    /// Adds one prompt, [readings][width].
    public mutating func add(_ values: [[Float]], isPositive: Bool) {
        precondition(values.count == readings.count, "\(values.count) readings, not \(readings.count)")
        for (index, vector) in values.enumerated() {
            if isPositive { positives[index].add(vector) } else { negatives[index].add(vector) }
        }
    }

    public var counts: (positive: Int, negative: Int) {
        (Int(positives.first?.count ?? 0), Int(negatives.first?.count ?? 0))
    }

    /// The mean of one side at every reading, [readings][width].
    public func means(positive: Bool) -> [[Double]] { (positive ? positives : negatives).map(\.mean) }

    /// The difference at every reading, [readings][width].
    ///
    /// - Throws: ``SteeringError/tooFewPrompts(side:count:needed:)``.
    public func differences() throws(SteeringError) -> [[Double]] {
        guard counts.positive > 0 else { throw .tooFewPrompts(side: "positive", count: 0, needed: 1) }
        guard counts.negative > 0 else { throw .tooFewPrompts(side: "negative", count: 0, needed: 1) }
        return zip(positives, negatives).map { p, n in zip(p.mean, n.mean).map { $0 - $1 } }
    }
}
