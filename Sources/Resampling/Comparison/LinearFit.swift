internal import Statistics

/// A straight line through points, by least squares.
public struct LinearFit: Codable, Hashable, Sendable {
    public var slope: Double
    public var intercept: Double
    /// Share of the variance of y that the line explains; nil where y does not vary.
    public var determination: Double?
    /// Two-sided p of the slope under independent normal errors; nil for two points, and where y does not vary.
    public var pValue: Double?
    public var count: Int

    /// Nil for fewer than two points, and where x does not vary.
    public init?(x: [Double], y: [Double]) {
        guard x.count == y.count, x.count >= 2, (x + y).allSatisfy(\.isFinite) else { return nil }
        let size = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / size, y.reduce(0, +) / size)
        let xx = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        let yy = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
        let xy = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        guard xx > 1e-24 else { return nil }
        slope = xy / xx
        intercept = meanY - slope * meanX
        count = x.count
        let explained = xy * xy / xx
        determination = yy > 1e-24 ? min(1, explained / yy) : nil
        let degrees = x.count - 2
        let residual = max(0, yy - explained)
        pValue =
            degrees > 0 && yy > 1e-24
            ? StudentDistribution.twoSided(slope * (xx * Double(degrees) / residual).squareRoot(), degrees: degrees)
            : nil
    }
}

/// Conditional accuracy against single-sample accuracy over generators: the paper's sign that weaker generators have
/// more false positives among what passes.
public struct GeneratorFit: Hashable, Sendable {
    public var fit: LinearFit
    /// Of the slope, by bootstrap over tasks; absent where the generators do not share their tasks.
    public var slopeInterval: IntervalEstimate
    /// Generators that count: those of which the weak verifier accepted anything.
    public var generators: [Int]

    /// - Parameter generators: the tasks of each generator.
    /// - Throws: ``ResamplingError/tooFewModels(found:needed:)`` for fewer than three that can be used.
    public init(_ generators: [[VerdictTally]], bootstrap: Bootstrap = .standard) throws(ResamplingError) {
        let used = generators.indices.filter { generators[$0].contains { $0.accepted > 0 } }
        let sums = used.map { generators[$0].map(Self.columns) }
        let points = sums.map { Self.point(Self.means($0)) }
        guard used.count >= 3, let fit = Self.line(points) else {
            throw .tooFewModels(found: used.count, needed: 3)
        }
        self.fit = fit
        self.generators = used
        let names = Set(used.map { generators[$0].map(\.task) })
        guard names.count == 1 else {
            slopeInterval = .absent(.differentTasks)
            return
        }
        let taskCount = sums.first?.count ?? 0
        let rows = (0..<taskCount).map { task in sums.flatMap { $0[task] } }
        slopeInterval = bootstrap.interval(of: rows) { means in
            Self.line(used.indices.map { Self.point(Array(means[(3 * $0)..<(3 * $0 + 3)])) })?.slope
        }
    }

    private static func columns(_ task: VerdictTally) -> [Double] {
        [task.singleSampleAccuracy ?? 0, task.conditionalAccuracy ?? 0, task.accepted > 0 ? 1 : 0]
    }

    private static func means(_ rows: [[Double]]) -> [Double] {
        (0..<3).map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
    }

    private static func point(_ means: [Double]) -> (x: Double, y: Double)? {
        means[2] > 0 ? (means[0], means[1] / means[2]) : nil
    }

    private static func line(_ points: [(x: Double, y: Double)?]) -> LinearFit? {
        let known = points.compactMap { $0 }
        guard known.count == points.count else { return nil }
        return LinearFit(x: known.map(\.x), y: known.map(\.y))
    }
}
