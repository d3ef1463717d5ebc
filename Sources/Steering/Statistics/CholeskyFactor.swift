/// The lower triangle L with `L Lᵀ = a` of a symmetric positive definite matrix, in double.
public struct CholeskyFactor: Hashable, Sendable {
    private let rows: [[Double]]

    /// Nil where the matrix is not positive definite.
    public init?(_ a: [[Double]]) {
        var rows: [[Double]] = []
        rows.reserveCapacity(a.count)
        for i in a.indices {
            var row = [Double](repeating: 0, count: a.count)
            for j in 0...i {
                let known = j == 0 ? 0 : Self.dot(row, j == i ? row : rows[j], count: j)
                let left = a[i][j] - known
                if i == j {
                    guard left > 0, left.isFinite else { return nil }
                    row[j] = left.squareRoot()
                } else {
                    row[j] = left / rows[j][j]
                }
            }
            rows.append(row)
        }
        self.rows = rows
    }

    /// x with `a x = b`.
    public func solve(_ b: [Double]) -> [Double] {
        var x = b
        for i in rows.indices {
            for j in 0..<i { x[i] -= rows[i][j] * x[j] }
            x[i] /= rows[i][i]
        }
        for i in rows.indices.reversed() {
            x[i] /= rows[i][i]
            for j in 0..<i { x[j] -= rows[i][j] * x[i] }
        }
        return x
    }

    private static func dot(_ a: [Double], _ b: [Double], count: Int) -> Double {
        VectorArithmetic.dot(a.span.extracting(0..<count), b.span.extracting(0..<count))
    }
}
