/// How many of the samples that end a search between two positions are wrong.
public struct StopBucket: Hashable, Sendable {
    /// The positions, counted from 1.
    public var positions: ClosedRange<Int>
    /// Share of tasks whose search ends here.
    public var stopShare: Double
    /// Share of wrong samples among those that end it; nil where none ends here.
    public var falsePositiveShare: Estimate?
}

extension [VerdictTally] {
    /// False positives by the position at which the search stops, in the paper's ranges 1, 2-3, 4-7, 8-15, …
    ///
    /// Exact over all orders of the samples; intervals by bootstrap over tasks.
    ///
    /// - Throws: as ``AttemptCurve/exact(_:budget:)``.
    public func stopBuckets(
        budget: Int? = nil,
        bootstrap: Bootstrap = .standard
    ) throws(ResamplingError) -> [StopBucket] {
        let budget = try AttemptCurve.checkedBudget(self, budget)
        let ranges = sequence(first: 1) { $0 * 2 }.prefix { $0 <= budget }.map { $0...Swift.min(2 * $0 - 1, budget) }
        let rows = map { task in
            let kind = AttemptKind(task)
            let survival = kind.survival(through: budget)
            let wrong = task.conditionalAccuracy.map { 1 - $0 } ?? 0
            return ranges.map { range in
                let stop = survival[range.lowerBound - 1] - survival[range.upperBound]
                return RatioPart(numerator: wrong * stop, denominator: stop)
            }
        }
        let shares = bootstrap.ratios(rows)
        return ranges.indices.map { index in
            StopBucket(
                positions: ranges[index],
                stopShare: rows.reduce(0) { $0 + $1[index].denominator } / Double(count),
                falsePositiveShare: shares[index]
            )
        }
    }
}
