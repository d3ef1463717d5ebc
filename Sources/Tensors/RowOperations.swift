internal import CKernels

/// Operations on every row of a matrix. A row's result depends on that row alone, to the bit.
public enum RowOperations {
    /// Below this many elements a second thread costs more than it brings.
    static let parallelThreshold = 1 << 15

    /// `scale[r] = sqrt(mean(x[r]^2) + epsilon)` (Zhang and Sennrich 2019, equation 4).
    ///
    /// - Parameters:
    ///   - x: [rows, n]
    ///   - scale: [rows, 1]
    public static func rmsScale(_ x: MatrixSlice, epsilon: Float, into scale: MatrixSlice, threads: Int) {
        precondition(scale.rowCount == x.rowCount && scale.columnCount == 1, "scale must be \(x.rowCount) x 1")
        forEachRow(of: x, threads: threads) { row in
            unsafe scale.address(ofRow: row)[0] = ck_rms_scale(x.address(ofRow: row), x.columnCount, epsilon)
        }
    }

    /// `out[r] = x[r] / scale[r]`; x, out [rows, n]; scale [rows, 1].
    public static func divide(_ x: MatrixSlice, by scale: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        precondition(scale.rowCount == x.rowCount && scale.columnCount == 1, "scale must be \(x.rowCount) x 1")
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_divide(
                x.address(ofRow: row), scale.address(ofRow: row)[0], out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out[r] = x[r] * weight`; x, out [rows, n]; weight [1, n].
    public static func multiply(_ x: MatrixSlice, by weight: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        precondition(weight.rowCount == 1 && weight.columnCount == x.columnCount, "weight must be 1 x \(x.columnCount)")
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_multiply(
                x.address(ofRow: row), weight.address(ofRow: 0), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out = a * b` element by element, all [rows, n].
    public static func multiplyElements(_ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(a, b)
        requireSameShape(a, out)
        forEachRow(of: a, threads: threads) { row in
            unsafe ck_multiply(a.address(ofRow: row), b.address(ofRow: row), out.address(ofRow: row), a.columnCount)
        }
    }

    /// `out = a + b`, all [rows, n].
    public static func add(_ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(a, b)
        requireSameShape(a, out)
        forEachRow(of: a, threads: threads) { row in
            unsafe ck_add(a.address(ofRow: row), b.address(ofRow: row), out.address(ofRow: row), a.columnCount)
        }
    }

    /// `x[r] += k * y`; x [rows, n]; y [1, n].
    public static func addScaled(_ x: MatrixSlice, _ k: Float, _ y: MatrixSlice, threads: Int) {
        precondition(y.rowCount == 1 && y.columnCount == x.columnCount, "y must be 1 x \(x.columnCount)")
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_add_scaled(x.address(ofRow: row), k, y.address(ofRow: 0), x.columnCount)
        }
    }

    /// `out[r] = x[r] - mean(x[r])`; x, out [rows, n].
    public static func center(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_center(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out[r] = x[r] / sqrt(mean(x[r]^2) + epsilon) * weight`, with the bits of ``rmsScale(_:epsilon:into:threads:)``,
    /// ``divide(_:by:into:threads:)`` and ``multiply(_:by:into:threads:)`` one after another.
    ///
    /// - Parameters:
    ///   - x: [rows, n]
    ///   - weight: [1, n]
    ///   - out: [rows, n]; x itself, or not overlapping it
    public static func rmsNormalize(
        _ x: MatrixSlice, epsilon: Float, weight: MatrixSlice, into out: MatrixSlice, threads: Int
    ) {
        requireSameShape(x, out)
        precondition(weight.rowCount == 1 && weight.columnCount == x.columnCount, "weight must be 1 x \(x.columnCount)")
        forEachRow(of: x, threads: threads) { row in
            let (from, to) = unsafe (x.address(ofRow: row), out.address(ofRow: row))
            unsafe ck_divide(from, ck_rms_scale(from, x.columnCount, epsilon), to, x.columnCount)
            unsafe ck_multiply(to, weight.address(ofRow: 0), to, x.columnCount)
        }
    }

    /// Divides each group of `weight.columnCount` neighbours by their root mean square and multiplies with the weight,
    /// in place.
    ///
    /// - Parameters:
    ///   - x: [rows, groups * n]
    ///   - weight: [1, n]
    public static func rmsNormalizeGroups(_ x: MatrixSlice, epsilon: Float, weight: MatrixSlice, threads: Int) {
        let width = weight.columnCount
        precondition(
            weight.rowCount == 1 && x.columnCount % width == 0, "\(x.columnCount) columns in groups of \(width)")
        forEachRow(of: x, threads: threads) { row in
            for begin in stride(from: 0, to: x.columnCount, by: width) {
                let group = unsafe x.address(ofRow: row) + begin
                unsafe ck_divide(group, ck_rms_scale(group, width, epsilon), group, width)
                unsafe ck_multiply(group, weight.address(ofRow: 0), group, width)
            }
        }
    }

    /// `out = x / (1 + exp(-x))`; x, out [rows, n].
    public static func silu(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_silu(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out = x * Phi(x)`, Phi the normal distribution function (Hendrycks and Gimpel 2016); x, out [rows, n].
    public static func gelu(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_gelu(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// The same with the paper's approximation by tanh.
    public static func geluTanh(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_gelu_tanh(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out = x / (1 + exp(-1.702 x))`, the paper's approximation by the logistic function; x, out [rows, n].
    public static func quickGelu(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_quick_gelu(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out = max(x, 0)`; x, out [rows, n].
    public static func relu(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_relu(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `out = max(x, 0)^2` (So et al. 2021); x, out [rows, n].
    public static func reluSquared(_ x: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(x, out)
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_relu_squared(x.address(ofRow: row), out.address(ofRow: row), x.columnCount)
        }
    }

    /// `x = cap * tanh(x / cap)`, in place; x [rows, n].
    public static func softCap(_ x: MatrixSlice, _ cap: Float, threads: Int) {
        precondition(cap > 0, "a cap of \(cap)")
        forEachRow(of: x, threads: threads) { row in
            unsafe ck_soft_cap(x.address(ofRow: row), cap, x.address(ofRow: row), x.columnCount)
        }
    }

    /// `out = silu(gate) * up`, all [rows, n] (Shazeer 2020, SwiGLU).
    public static func siluMultiply(_ gate: MatrixSlice, _ up: MatrixSlice, into out: MatrixSlice, threads: Int) {
        requireSameShape(gate, up)
        requireSameShape(gate, out)
        forEachRow(of: gate, threads: threads) { row in
            unsafe ck_silu_multiply(
                gate.address(ofRow: row), up.address(ofRow: row), out.address(ofRow: row), gate.columnCount)
        }
    }

    /// Rotates the heads of each row by its position (Su et al. 2021, equation 34).
    ///
    /// - Parameters:
    ///   - x: [rows, heads * headDimension], changed in place
    ///   - positions: of each row
    public static func rotate(_ x: MatrixSlice, positions: [Int32], table: RotaryTable, threads: Int) {
        precondition(positions.count == x.rowCount, "\(positions.count) positions for \(x.rowCount) rows")
        precondition(x.columnCount % table.headDimension == 0, "\(x.columnCount) columns are no whole heads")
        guard let last = positions.max() else { return }
        let blocks = table.blocks(through: Int(last))
        forEachRow(of: x, threads: threads) { row in
            table.rotate(x.rows(row..<(row + 1)), position: Int(positions[row]), blocks: blocks)
        }
    }

    /// `sum(a[i] * b[i])` of two rows, in float32.
    public static func dot(_ a: MatrixSlice, row: Int, _ b: MatrixSlice, row other: Int) -> Float {
        precondition(a.columnCount == b.columnCount, "\(a.columnCount) and \(b.columnCount) columns")
        return unsafe ck_dot(a.address(ofRow: row), b.address(ofRow: other), a.columnCount)
    }

    /// `log(sum(exp(x)))` of one row, accumulated in double.
    public static func logSumExp(_ x: MatrixSlice, row: Int) -> Double {
        unsafe ck_log_sum_exp(x.address(ofRow: row), x.columnCount)
    }

    /// The largest element of one row.
    public static func maximum(_ x: MatrixSlice, row: Int) -> Float {
        unsafe ck_max(x.address(ofRow: row), x.columnCount)
    }

    /// `out = exp((x - shift) * factor)` of one row.
    public static func exponential(_ x: MatrixSlice, row: Int, shift: Float, factor: Float, into out: MatrixSlice) {
        precondition(out.rowCount == 1 && out.columnCount == x.columnCount, "out must be 1 x \(x.columnCount)")
        unsafe ck_exp_scaled(x.address(ofRow: row), shift, factor, out.address(ofRow: 0), x.columnCount)
    }

    /// Elements that ``blockSum(_:row:block:)`` adds up together.
    public static let sumBlock = 256

    /// Blocks of ``sumBlock`` elements in a row; the last one may be shorter.
    public static func blockCount(_ x: MatrixSlice) -> Int { (x.columnCount + sumBlock - 1) / sumBlock }

    /// The sum of one block of one row.
    public static func blockSum(_ x: MatrixSlice, row: Int, block: Int) -> Double {
        let begin = block * sumBlock
        return unsafe Double(ck_sum(x.address(ofRow: row) + begin, min(sumBlock, x.columnCount - begin)))
    }

    static func requireSameShape(_ a: MatrixSlice, _ b: MatrixSlice) {
        precondition(
            a.rowCount == b.rowCount && a.columnCount == b.columnCount,
            "\(a.rowCount) x \(a.columnCount) and \(b.rowCount) x \(b.columnCount)"
        )
    }

    static func forEachRow(of x: MatrixSlice, threads: Int, _ body: @Sendable (Int) -> Void) {
        guard threads > 1 && x.rowCount > 1 && x.rowCount * x.columnCount >= parallelThreshold else {
            for row in 0..<x.rowCount { body(row) }
            return
        }
        let chunk = (x.rowCount + threads * 2 - 1) / (threads * 2)
        parallelFor(tasks: (x.rowCount + chunk - 1) / chunk, threads: threads) { task, _ in
            for row in (task * chunk)..<min(x.rowCount, (task + 1) * chunk) { body(row) }
        }
    }
}
