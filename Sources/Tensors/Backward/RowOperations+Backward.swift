internal import CKernels

/// Gradients of operations on rows. A name with d in front is the gradient of the loss with respect to that matrix.
extension RowOperations {
    /// `dx += dy * d(x / scale * weight)/dx`, where `scale` depends on x too (Zhang and Sennrich 2019, section 4).
    ///
    /// - Parameters:
    ///   - x, dy, dx: [rows, n]
    ///   - scale: [rows, 1], of the forward pass
    ///   - weight: [1, n]
    public static func addRMSNormGradient(
        _ x: MatrixSlice, scale: MatrixSlice, weight: MatrixSlice, _ dy: MatrixSlice, into dx: MatrixSlice, threads: Int
    ) {
        requireSameShape(x, dy)
        requireSameShape(x, dx)
        precondition(scale.rowCount == x.rowCount && scale.columnCount == 1, "scale must be \(x.rowCount) x 1")
        precondition(weight.rowCount == 1 && weight.columnCount == x.columnCount, "weight must be 1 x \(x.columnCount)")
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_rms_norm_backward(
                x.address(ofRow: row), scale.address(ofRow: row)[0], weight.address(ofRow: 0), dy.address(ofRow: row),
                dx.address(ofRow: row), x.columnCount)
        }
    }

    /// `dweight += sum over rows of dy[r] * x[r] / scale[r]`; dweight [1, n].
    public static func addNormWeightGradient(
        _ x: MatrixSlice, scale: MatrixSlice, _ dy: MatrixSlice, into dweight: MatrixSlice, threads: Int
    ) {
        requireSameShape(x, dy)
        forEachColumnBlock(of: dweight, threads: threads) { columns in
            let (x, dy, out) = (x.columns(columns), dy.columns(columns), dweight.columns(columns))
            for row in 0..<x.rowCount {
                unsafe ck_add_product(
                    out.address(ofRow: 0), 1 / scale.address(ofRow: row)[0], dy.address(ofRow: row),
                    x.address(ofRow: row), 0, columns.count)
            }
        }
    }

    /// `dbias += sum over rows of dy[r]`; dbias [1, n].
    public static func addRowSum(_ dy: MatrixSlice, into dbias: MatrixSlice, threads: Int) {
        forEachColumnBlock(of: dbias, threads: threads) { columns in
            let (dy, out) = (dy.columns(columns), dbias.columns(columns))
            for row in 0..<dy.rowCount {
                unsafe ck_add(
                    out.address(ofRow: 0), dy.address(ofRow: row), out.address(ofRow: 0), columns.count)
            }
        }
    }

    /// Gradients of `silu(gate) * up`; all [rows, n].
    public static func siluMultiplyGradient(
        _ gate: MatrixSlice, _ up: MatrixSlice, _ dpost: MatrixSlice, dgate: MatrixSlice, dup: MatrixSlice, threads: Int
    ) {
        for other in [up, dpost, dgate, dup] { requireSameShape(gate, other) }
        forEachRow(of: gate, threads: threads) { row in
            unsafe ck_silu_multiply_backward(
                gate.address(ofRow: row), up.address(ofRow: row), dpost.address(ofRow: row), dgate.address(ofRow: row),
                dup.address(ofRow: row), gate.columnCount)
        }
    }

    /// The gradient of ``rotate(_:positions:table:threads:)``: turns back by the same angles, in place.
    public static func rotateBack(_ dx: MatrixSlice, positions: [Int32], table: RotaryTable, threads: Int) {
        precondition(positions.count == dx.rowCount, "\(positions.count) positions for \(dx.rowCount) rows")
        forEachRow(of: dx, threads: threads) { row in
            table.rotateBack(dx.rows(row..<(row + 1)), position: Int(positions[row]))
        }
    }

    /// `x *= k`.
    public static func scale(_ x: MatrixSlice, by k: Float, threads: Int) {
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_scale(x.address(ofRow: row), k, x.columnCount)
        }
    }

    /// `x += k * y`, both [rows, n].
    public static func addScaled(_ x: MatrixSlice, _ k: Float, rows y: MatrixSlice, threads: Int) {
        requireSameShape(x, y)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_add_scaled(x.address(ofRow: row), k, y.address(ofRow: row), x.columnCount)
        }
    }

    /// The sum of the squares of all elements, by blocks of one row in float32, then in double.
    public static func sumOfSquares(_ x: MatrixSlice, threads: Int) -> Double {
        let block = 4096
        let rows = parallelMap(x.rowCount, threads: threads) { row in
            stride(from: 0, to: x.columnCount, by: block).reduce(0.0) { total, begin in
                let start = unsafe x.address(ofRow: row) + begin
                return unsafe total + Double(ck_dot(start, start, min(block, x.columnCount - begin)))
            }
        }
        return rows.reduce(0, +)
    }

    /// Columns of one task: sums over rows are taken in order, whatever the number of threads.
    private static let columnBlock = 64

    private static func forEachColumnBlock(
        of row: MatrixSlice, threads: Int, _ body: @Sendable (Range<Int>) -> Void
    ) {
        precondition(row.rowCount == 1, "a sum over rows is one row, not \(row.rowCount)")
        let blocks = (row.columnCount + columnBlock - 1) / columnBlock
        parallelFor(tasks: blocks, threads: threads) { block, _ in
            body((block * columnBlock)..<min(row.columnCount, (block + 1) * columnBlock))
        }
    }
}
