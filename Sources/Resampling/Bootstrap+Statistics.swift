internal import Statistics

/// A figure with its interval.
public struct Estimate: Codable, Hashable, Sendable {
    public var value: Double
    public var interval: IntervalEstimate

    public init(value: Double, interval: IntervalEstimate) {
        self.value = value
        self.interval = interval
    }

    public var lower: Double? {
        guard case .bounds(let lower, _) = interval else { return nil }
        return lower
    }

    public var upper: Double? {
        guard case .bounds(_, let upper) = interval else { return nil }
        return upper
    }
}

/// What one task adds to a ratio of sums over tasks.
struct RatioPart: Hashable {
    var numerator: Double
    /// The weight of the task in the ratio; 0 leaves it out.
    var denominator: Double

    static let absent = RatioPart(numerator: 0, denominator: 0)

    /// A value that every task has.
    static func value(_ value: Double) -> RatioPart { RatioPart(numerator: value, denominator: 1) }

    /// A value that some tasks do not have.
    static func value(_ value: Double?) -> RatioPart {
        value.map { RatioPart(numerator: $0, denominator: 1) } ?? .absent
    }
}

extension Bootstrap {
    /// Means of every column in every resample: `means[resample][column]`.
    ///
    /// All columns see the same draws of tasks, so that any function of several means is resampled as one. Memory: 8
    /// bytes for each resample and column.
    func columnMeans(of rows: [[Double]]) -> [[Double]] {
        let columns = rows.first?.count ?? 0
        var means = Array(repeating: [Double](), count: resamples)
        for start in stride(from: 0, to: columns, by: 8) {
            let width = min(8, columns - start)
            let blocks = rows.map { row in
                var block = SIMD8<Double>.zero
                for lane in 0..<width { block[lane] = row[start + lane] }
                return block
            }
            for (resample, block) in resampledMeans(of: blocks).enumerated() {
                for lane in 0..<width { means[resample].append(block[lane]) }
            }
        }
        return means
    }

    /// The percentile interval of a function of column means. Resamples in which it is undefined are left out; where
    /// more than half are, there is no interval.
    func interval(of rows: [[Double]], _ statistic: ([Double]) -> Double?) -> IntervalEstimate {
        guard rows.count > 1 else { return .absent(.oneTask) }
        return percentileInterval(columnMeans(of: rows).compactMap(statistic))
    }

    func percentileInterval(_ values: [Double]) -> IntervalEstimate {
        let sorted = values.filter(\.isFinite).sorted()
        // Sums in another order leave specks of rounding, which are no spread.
        guard let first = sorted.first, let last = sorted.last, sorted.count * 2 > resamples,
            last - first > 1e-12 * max(abs(first), abs(last))
        else {
            return .absent(.noSpread)
        }
        let tail = (1 - confidence) / 2
        return .bounds(lower: quantile(sorted, tail), upper: quantile(sorted, 1 - tail))
    }

    /// Ratios of sums over tasks with percentile intervals, one for each column; nil where no task counts.
    func ratios(_ rows: [[RatioPart]]) -> [Estimate?] {
        guard let columns = rows.first?.count, columns > 0 else { return [] }
        let flat = rows.map { row in row.flatMap { [$0.numerator, $0.denominator] } }
        let means = rows.count > 1 ? columnMeans(of: flat) : []
        return (0..<columns).map { column in
            let numerator = rows.reduce(0) { $0 + $1[column].numerator }
            let denominator = rows.reduce(0) { $0 + $1[column].denominator }
            guard denominator > 0 else { return nil }
            let resampled = means.compactMap { mean -> Double? in
                mean[2 * column + 1] > 0 ? mean[2 * column] / mean[2 * column + 1] : nil
            }
            let interval = rows.count > 1 ? percentileInterval(resampled) : .absent(.oneTask)
            return Estimate(value: numerator / denominator, interval: interval)
        }
    }
}
