/// Mean and covariance of rows, in double.
public struct Scatter: Hashable, Sendable {
    public let count: Int
    public let mean: [Double]
    /// Divided by the number of rows: [n][n].
    public let covariance: [[Double]]

    /// - Parameter rows: [count][n], at least one.
    public init(_ rows: [[Double]]) {
        precondition(!rows.isEmpty, "no rows")
        count = rows.count
        let width = rows[0].count
        var sums = [Double](repeating: 0, count: width)
        for row in rows { VectorArithmetic.addScaled(&sums, 1, row) }
        let mean = sums.map { $0 / Double(rows.count) }
        self.mean = mean
        let centred = rows.map { row in zip(row, mean).map { $0 - $1 } }
        covariance = Self.products(centred, width: width, divisor: Double(rows.count))
    }

    /// The covariance of two samples round their own means, as if they were one sample.
    public static func pooled(_ a: Scatter, _ b: Scatter) -> [[Double]] {
        let total = Double(a.count + b.count)
        let (p, q) = (Double(a.count) / total, Double(b.count) / total)
        return zip(a.covariance, b.covariance).map { x, y in zip(x, y).map { p * $0 + q * $1 } }
    }

    private static func products(_ rows: [[Double]], width: Int, divisor: Double) -> [[Double]] {
        var columns = [[Double]](repeating: [Double](repeating: 0, count: rows.count), count: width)
        for (r, row) in rows.enumerated() { for c in 0..<width { columns[c][r] = row[c] } }
        var result = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
        for i in 0..<width {
            for j in 0...i {
                let value = VectorArithmetic.dot(columns[i], columns[j]) / divisor
                result[i][j] = value
                result[j][i] = value
            }
        }
        return result
    }
}
