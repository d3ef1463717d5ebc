/// A linear prediction by penalised least squares: minimises `|w|² / 2 + c Σ (tᵢ - w·xᵢ - b)² / 2`.
///
/// The form of scikit-learn's `Ridge` with `alpha` 1 / c (Hoerl and Kennard 1970): the intercept is not penalised. Solved
/// by its normal equations in double; the cost is that of the n x n products of the rows.
public struct RidgeRegression: Hashable, Sendable {
    public var weights: [Double]
    public var intercept: Double

    /// - Parameters:
    ///   - rows: [count][n], at least one
    ///   - targets: of each row
    ///   - c: the inverse of the penalty's strength, above 0
    /// - Returns: nil for numbers that are not finite, and where `c` is so large that the rows do not decide.
    public init?(rows: [[Double]], targets: [Double], c: Double) {
        precondition(rows.count == targets.count && c > 0, "\(rows.count) rows, \(targets.count) targets, c \(c)")
        let scatter = Scatter(rows)
        let count = Double(rows.count)
        let mean = targets.reduce(0, +) / count
        var right = [Double](repeating: 0, count: scatter.mean.count)
        for (row, target) in zip(rows, targets) { VectorArithmetic.addScaled(&right, (target - mean) / count, row) }
        var left = scatter.covariance
        for index in left.indices { left[index][index] += 1 / (c * count) }
        guard let factor = CholeskyFactor(left) else { return nil }
        weights = factor.solve(right)
        intercept = mean - VectorArithmetic.dot(weights, scatter.mean)
    }
}
