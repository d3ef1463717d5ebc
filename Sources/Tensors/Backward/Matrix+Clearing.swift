internal import Foundation

extension Matrix {
    /// Sets all elements to zero.
    public func clear(threads: Int) {
        let chunk = 64
        parallelFor(tasks: (rowCount + chunk - 1) / chunk, threads: threads) { task, _ in
            let rows = rows((task * chunk)..<min(rowCount, (task + 1) * chunk))
            unsafe memset(rows.pointer, 0, rows.rowCount * columnCount * MemoryLayout<Float>.stride)
        }
    }
}

extension Matrix {
    /// The first elements as a matrix of another shape: scratch space for matrices of several sizes.
    package func reshaped(rows: Int, columns: Int) -> MatrixSlice {
        precondition(rows * columns <= rowCount * columnCount, "\(rows) x \(columns) of \(rowCount * columnCount)")
        return unsafe MatrixSlice(self, pointer: pointer, rows: rows, columns: columns, stride: columns)
    }
}
