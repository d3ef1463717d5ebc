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

    /// `dx += dy * d(centered / scale * weight)/dx` with `centered = x - mean(x)` (Ba et al. 2016).
    ///
    /// - Parameters:
    ///   - centered, dy, dx: [rows, n]
    ///   - scale: [rows, 1], of the forward pass
    ///   - weight: [1, n]
    public static func addLayerNormGradient(
        centered: MatrixSlice, scale: MatrixSlice, weight: MatrixSlice, _ dy: MatrixSlice, into dx: MatrixSlice,
        threads: Int
    ) {
        requireSameShape(centered, dy)
        requireSameShape(centered, dx)
        forEachRow(of: centered, threads: threads) { row in
            unsafe ck_layer_norm_backward(
                centered.address(ofRow: row), 0, scale.address(ofRow: row)[0], weight.address(ofRow: 0),
                dy.address(ofRow: row), dx.address(ofRow: row), centered.columnCount)
        }
    }

    /// The gradient of ``rmsNormalizeGroups(_:epsilon:weight:threads:)``: `dy` becomes `dx`, in place.
    ///
    /// - Parameters:
    ///   - x, dy: [rows, groups * n]; x before it was normalised
    ///   - weight: [1, n]
    ///   - dweight: [1, n], added to; nil where it is not wanted
    public static func groupNormGradient(
        _ x: MatrixSlice, epsilon: Float, weight: MatrixSlice, _ dy: MatrixSlice, dweight: MatrixSlice?, threads: Int
    ) {
        requireSameShape(x, dy)
        let width = weight.columnCount
        let dx = Matrix(rows: x.rowCount, columns: x.columnCount)
        for begin in stride(from: 0, to: x.columnCount, by: width) {
            let columns = begin..<(begin + width)
            let (part, dpart) = (x.columns(columns), dy.columns(columns))
            let scale = Matrix(rows: x.rowCount, columns: 1)
            rmsScale(part, epsilon: epsilon, into: scale.slice, threads: threads)
            if let dweight { addNormWeightGradient(part, scale: scale.slice, dpart, into: dweight, threads: threads) }
            addRMSNormGradient(
                part, scale: scale.slice, weight: weight, dpart, into: dx.slice.columns(columns), threads: threads)
        }
        dy.assign(dx.slice)
    }

    /// Functions in the middle of a feed-forward layer whose gradients are known.
    public enum Function: Sendable {
        case silu, gelu, geluTanh, quickGelu, relu, reluSquared
    }

    /// `dx = dy * f'(x)`; all [rows, n], dx may be dy.
    public static func functionGradient(
        _ function: Function, _ x: MatrixSlice, _ dy: MatrixSlice, into dx: MatrixSlice, threads: Int
    ) {
        requireSameShape(x, dy)
        requireSameShape(x, dx)
        forEachRow(of: x, threads: threads) { row in
            let (x, dy, out) = unsafe (x.address(ofRow: row), dy.address(ofRow: row), dx.address(ofRow: row))
            switch function {
            case .silu: unsafe ck_silu_backward(x, dy, out, dx.columnCount)
            case .gelu: unsafe ck_gelu_backward(x, dy, out, dx.columnCount)
            case .geluTanh: unsafe ck_gelu_tanh_backward(x, dy, out, dx.columnCount)
            case .quickGelu: unsafe ck_quick_gelu_backward(x, dy, out, dx.columnCount)
            case .relu: unsafe ck_relu_backward(x, dy, out, dx.columnCount)
            case .reluSquared: unsafe ck_relu_squared_backward(x, dy, out, dx.columnCount)
            }
        }
    }

    /// The gradient of ``softCap(_:_:threads:)``: `dy` becomes `dx`, in place; y is what the cap has left.
    public static func softCapGradient(_ y: MatrixSlice, _ cap: Float, _ dy: MatrixSlice, threads: Int) {
        requireSameShape(y, dy)
        forEachRow(of: y, threads: threads) { row in
            unsafe ck_soft_cap_backward(y.address(ofRow: row), cap, dy.address(ofRow: row), y.columnCount)
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
        guard let last = positions.max() else { return }
        let blocks = table.blocks(through: Int(last))
        forEachRow(of: dx, threads: threads) { row in
            table.rotateBack(dx.rows(row..<(row + 1)), position: Int(positions[row]), blocks: blocks)
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
