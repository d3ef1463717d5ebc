internal import Tensors

/// A linear boundary by penalised maximum likelihood: minimises `|w|² / 2 + c Σ sᵢ log(1 + exp(-yᵢ (w·xᵢ + b)))`.
///
/// The form of scikit-learn's `LogisticRegression`: the intercept is not penalised. Found by L-BFGS (Liu and Nocedal
/// 1989) in double.
public struct LogisticRegression: Hashable, Sendable {
    public var weights: [Double]
    public var intercept: Double
    /// Steps that were taken.
    public var iterations: Int
    /// The largest component of the gradient where it stopped.
    public var gradient: Double

    /// How the fit is done.
    public struct Options: Hashable, Sendable {
        /// The inverse of the penalty's strength.
        public var c: Double
        public var tolerance = 1e-7
        public var maxIterations = 2000

        public init(c: Double) { self.c = c }
    }

    /// - Parameters:
    ///   - rows: [count][n]
    ///   - isPositive: of each row; both classes must occur
    ///   - sampleWeights: of each row; all 1 where empty
    public init(rows: [[Double]], isPositive: [Bool], sampleWeights: [Double] = [], options: Options) {
        precondition(rows.count == isPositive.count && !rows.isEmpty, "\(rows.count) rows, \(isPositive.count) labels")
        let weights = sampleWeights.isEmpty ? [Double](repeating: 1, count: rows.count) : sampleWeights
        let objective = LogisticObjective(rows: rows, isPositive: isPositive, weights: weights, c: options.c)
        let start = [Double](repeating: 0, count: rows[0].count + 1)
        let found = LimitedMemoryBFGS(
            tolerance: options.tolerance * max(1, options.c), maxIterations: options.maxIterations
        )
        .minimise(from: start) { objective.evaluate($0) }
        self.weights = Array(found.point.dropLast())
        intercept = found.point.last ?? 0
        iterations = found.iterations
        gradient = found.gradient
    }

    /// `w·x + b`, the log-odds of the positive class.
    public func score(_ row: [Double]) -> Double { VectorArithmetic.dot(weights, row) + intercept }

    /// `1 / (1 + exp(-x))`.
    public static func sigmoid(_ x: Double) -> Double {
        x >= 0 ? 1 / (1 + Double.exponential(-x)) : Double.exponential(x) / (1 + Double.exponential(x))
    }
}

private struct LogisticObjective: Sendable {
    let rows: [[Double]]
    let isPositive: [Bool]
    let weights: [Double]
    let c: Double

    func evaluate(_ point: [Double]) -> (value: Double, gradient: [Double]) {
        let width = point.count - 1
        let w = Array(point[..<width])
        let parts = parallelMap((rows.count + Self.chunk - 1) / Self.chunk, threads: min(2, parallelLimit)) { part in
            evaluate(w, bias: point[width], rows: (part * Self.chunk)..<min(rows.count, (part + 1) * Self.chunk))
        }
        var value = VectorArithmetic.dot(w, w) / 2
        var gradient = w
        gradient.append(0)
        for part in parts {
            value += part.value
            VectorArithmetic.addScaled(&gradient, 1, part.gradient)
        }
        return (value, gradient)
    }

    /// Rows of one task: their number does not depend on the machine, so neither does the result.
    private static let chunk = 512

    /// What some rows add to the loss and its gradient.
    private func evaluate(_ w: [Double], bias: Double, rows range: Range<Int>) -> (value: Double, gradient: [Double]) {
        var gradient = [Double](repeating: 0, count: w.count + 1)
        var loss = 0.0
        var biasGradient = 0.0
        for index in range {
            let score = VectorArithmetic.dot(w, rows[index]) + bias
            let sign = isPositive[index] ? 1.0 : -1.0
            loss += weights[index] * Self.softplus(-sign * score)
            let slope = -sign * c * weights[index] * LogisticRegression.sigmoid(-sign * score)
            VectorArithmetic.addScaled(&gradient, slope, rows[index])
            biasGradient += slope
        }
        gradient[w.count] = biasGradient
        return (c * loss, gradient)
    }

    /// `log(1 + exp(x))`.
    private static func softplus(_ x: Double) -> Double {
        max(x, 0) + Double.logarithm(1 + Double.exponential(-abs(x)))
    }
}
