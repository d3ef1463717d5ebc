internal import Tensors

/// Finds the direction between two sides from their activations.
public struct DirectionFit: Hashable, Sendable {
    public var options: DirectionOptions

    public init(_ options: DirectionOptions) { self.options = options }

    /// The direction from the negative to the positive side.
    ///
    /// - Parameters:
    ///   - positives: [count][n]
    ///   - negatives: [count][n]; for pairs, in the order of their partners
    ///   - reading: where the activations were read, for errors
    /// - Throws: ``SteeringError/tooFewPrompts(side:count:needed:)``, ``SteeringError/unpaired(positives:negatives:)``,
    ///   ``SteeringError/notFinite(what:)``, ``SteeringError/flat(reading:shrinkage:)``.
    public func vector(
        positives: [[Double]], negatives: [[Double]], reading: String = "the place that is read"
    ) throws(SteeringError) -> [Double] {
        try require(positives, "positive")
        try require(negatives, "negative")
        switch options.method {
        case .meanDifference: return Self.meanDifference(positives, negatives)
        case .pairComponent: return try pairComponent(positives, negatives)
        case .discriminant: return try discriminant(positives, negatives, reading)
        case .probe: return probe(positives, negatives)
        }
    }

    private func require(_ rows: [[Double]], _ side: String) throws(SteeringError) {
        let needed = options.method == .meanDifference ? 1 : 2
        guard rows.count >= needed else { throw .tooFewPrompts(side: side, count: rows.count, needed: needed) }
        guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw .notFinite(what: "the \(side) side") }
    }

    static func meanDifference(_ positives: [[Double]], _ negatives: [[Double]]) -> [Double] {
        zip(mean(positives), mean(negatives)).map { $0 - $1 }
    }

    static func mean(_ rows: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: rows[0].count)
        for row in rows { VectorArithmetic.addScaled(&sums, 1, row) }
        return sums.map { $0 / Double(rows.count) }
    }

    /// Of unit length; the sign is that of most pairs.
    private func pairComponent(_ positives: [[Double]], _ negatives: [[Double]]) throws(SteeringError) -> [Double] {
        guard positives.count == negatives.count else {
            throw .unpaired(positives: positives.count, negatives: negatives.count)
        }
        let differences = zip(positives, negatives).map { a, b in zip(a, b).map { $0 - $1 } }
        let component = SecondMoment(differences).firstComponent
        let agreeing = differences.count { VectorArithmetic.dot($0, component) > 0 }
        return agreeing * 2 < differences.count ? component.map { -$0 } : component
    }

    /// Zero where all activations are the same, as a difference of means is.
    private func discriminant(
        _ positives: [[Double]], _ negatives: [[Double]], _ reading: String
    ) throws(SteeringError) -> [Double] {
        let (a, b) = (Scatter(positives), Scatter(negatives))
        let difference = zip(a.mean, b.mean).map { $0 - $1 }
        var covariance = Scatter.pooled(a, b)
        let trace = covariance.indices.reduce(0) { $0 + covariance[$1][$1] }
        if trace == 0, difference.allSatisfy({ $0 == 0 }) { return difference }
        let added = options.shrinkage * trace / Double(covariance.count)
        for index in covariance.indices { covariance[index][index] += added }
        guard let factor = CholeskyFactor(covariance) else {
            throw .flat(reading: reading, shrinkage: options.shrinkage)
        }
        return factor.solve(difference)
    }

    /// The probe's weights on activations as they are: those on standardised ones, divided by the deviations.
    private func probe(_ positives: [[Double]], _ negatives: [[Double]]) -> [Double] {
        let rows = positives + negatives
        let scaling = Standardization(rows)
        let labels = rows.indices.map { $0 < positives.count }
        let fit = LogisticRegression(
            rows: rows.map(scaling.apply), isPositive: labels, options: .init(c: options.c))
        return zip(fit.weights, scaling.deviation).map { $0 / $1 }
    }
}

/// Second moments of rows, not centred.
private struct SecondMoment {
    let firstComponent: [Double]

    /// Works in the space of the rows where they are fewer than their components.
    init(_ rows: [[Double]]) {
        let width = rows[0].count
        if rows.count < width {
            let gram = rows.map { a in rows.map { VectorArithmetic.dot(a, $0) } }
            var component = [Double](repeating: 0, count: width)
            for (weight, row) in zip(SymmetricEigen(gram).vectors[0], rows) {
                VectorArithmetic.addScaled(&component, weight, row)
            }
            firstComponent = VectorArithmetic.unit(component) ?? component
        } else {
            let columns = (0..<width).map { c in rows.map { $0[c] } }
            let moments = columns.map { a in columns.map { VectorArithmetic.dot(a, $0) } }
            firstComponent = SymmetricEigen(moments).vectors[0]
        }
    }
}
