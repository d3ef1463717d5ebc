internal import COpenBLAS

/// Eigenvalues and eigenvectors of a real symmetric matrix, in double.
public struct SymmetricEigen: Hashable, Sendable {
    /// Largest first.
    public var values: [Double]
    /// Row i is the unit eigenvector of `values[i]`: [n][n]. Its sign is arbitrary.
    public var vectors: [[Double]]

    /// Decomposes by LAPACK's divide and conquer where OpenBLAS is installed, otherwise by Jacobi's method.
    ///
    /// Cost: of the order of n^3, with 3 n^2 doubles of memory.
    ///
    /// - Parameter matrix: [n][n], symmetric, finite.
    public init(_ matrix: [[Double]]) {
        self = SymmetricEigen(lapack: matrix) ?? SymmetricEigen(jacobi: matrix)
    }

    init(values: [Double], vectors: [[Double]]) {
        self.values = values
        self.vectors = vectors
    }

    /// Nil where there is no LAPACK, or it did not converge.
    init?(lapack matrix: [[Double]]) {
        let n = matrix.count
        guard n > 0, cob_load() else { return nil }
        var a = matrix.flatMap { $0 }
        var values = [Double](repeating: 0, count: n)
        var work = [Double](repeating: 0, count: 1 + 6 * n + 2 * n * n)
        var integers = [Int32](repeating: 0, count: 3 + 5 * n)
        guard
            unsafe cob_symmetric_eigen(n, &a, &values, &work, work.count, &integers, integers.count) == 0
        else { return nil }
        let rows = (0..<n).map { Array(a[($0 * n)..<(($0 + 1) * n)]) }
        self.init(values: values.reversed(), vectors: rows.reversed())
    }

    /// The plain version: cyclic Jacobi rotations until nothing is left beside the diagonal (Golub and Van Loan, 8.5).
    init(jacobi matrix: [[Double]]) {
        var rotation = JacobiRotations(matrix)
        rotation.run()
        let order = rotation.a.indices.sorted { rotation.a[$0][$0] > rotation.a[$1][$1] }
        self.init(values: order.map { rotation.a[$0][$0] }, vectors: order.map { rotation.v[$0] })
    }
}

private struct JacobiRotations {
    var a: [[Double]]
    /// Rows are the vectors so far.
    var v: [[Double]]

    init(_ matrix: [[Double]]) {
        a = matrix
        v = matrix.indices.map { row in matrix.indices.map { $0 == row ? 1 : 0 } }
    }

    mutating func run() {
        let size = a.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
        for _ in 0..<60 {
            var off = 0.0
            for p in a.indices { for q in a.indices where q > p { off += a[p][q] * a[p][q] } }
            guard off > 1e-30 * size else { return }
            for p in a.indices { for q in a.indices where q > p { rotate(p, q) } }
        }
    }

    private mutating func rotate(_ p: Int, _ q: Int) {
        guard a[p][q] != 0 else { return }
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in a.indices {
            let (x, y) = (a[k][p], a[k][q])
            a[k][p] = c * x - s * y
            a[k][q] = s * x + c * y
        }
        for k in a.indices {
            let (x, y) = (a[p][k], a[q][k])
            a[p][k] = c * x - s * y
            a[q][k] = s * x + c * y
            let (u, w) = (v[p][k], v[q][k])
            v[p][k] = c * u - s * w
            v[q][k] = s * u + c * w
        }
    }
}
