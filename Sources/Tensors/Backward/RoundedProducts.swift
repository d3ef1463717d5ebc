internal import CKernels

/// The matrix products of backward passes in bfloat16: both sides are rounded to it, products are exact and sums are
/// float32, as in the forward pass. One thread uses it at a time.
///
/// An element of a result is one chain of multiply-adds: results do not depend on the number of threads.
public final class RoundedProducts {
    public let threads: Int
    private let activations = ActivationBuffer()
    private let panels = RoundedPanels()
    private var turned = Matrix(rows: 1, columns: 1)

    public init(threads: Int) {
        precondition(threads >= 1 && threads <= parallelLimit, "\(threads) threads of \(parallelLimit)")
        self.threads = threads
    }

    /// `out = a * b`: the gradient of a linear layer's input is `dy * weights`.
    ///
    /// - Parameters:
    ///   - a: [m, k]
    ///   - b: [k, n]
    ///   - out: [m, n], not overlapping the others
    public func multiply(_ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice) {
        panels.pack(b, threads: threads)
        multiply(a, panels, into: out)
    }

    /// `out = a * b`, or `out += a * b`, with the second matrix packed before.
    public func multiply(_ a: MatrixSlice, _ b: RoundedPanels, into out: MatrixSlice, adding: Bool = false) {
        precondition(
            a.columnCount == b.inputs && out.rowCount == a.rowCount && out.columnCount == b.outputs,
            "\(a.rowCount) x \(a.columnCount) times \(b.inputs) x \(b.outputs)")
        guard a.rowCount > 0 else { return }
        let rounded = unsafe UncheckedBox(activations.round(a, threads: threads))
        let panels = UncheckedBox(b)
        let (inputs, rowBytes) = (b.inputs, ck_bf16_row_bytes(a.columnCount))
        let pieces = ProductPieces.panels(
            rows: a.rowCount, columns: b.outputs, panel: RoundedPanels.width, panelByteCount: b.panelByteCount,
            threads: threads)
        parallelFor(tasks: pieces.count, threads: threads) { task, _ in
            let piece = pieces[task]
            let result = out.rows(piece.rows).columns(piece.columns)
            unsafe ck_product_bf16(
                piece.rows.count, inputs, piece.columns.count, rounded.value + piece.rows.lowerBound * rowBytes,
                panels.value.address(ofColumn: piece.columns.lowerBound), result.pointer, result.stride, adding ? 1 : 0)
        }
    }

    /// `out += transpose(a) * b`: the gradient of a linear layer's weights grows by `transpose(dy) * x`.
    ///
    /// - Parameters:
    ///   - a: [k, m]
    ///   - b: [k, n]
    ///   - out: [m, n]
    public func addTransposed(_ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice) {
        precondition(a.rowCount == b.rowCount, "transposed \(a.rowCount) x \(a.columnCount) times \(b.rowCount) rows")
        panels.pack(b, threads: threads)
        multiply(transposed(a), panels, into: out, adding: true)
    }

    /// Columns of a piece that is transposed at once.
    private static let turnedColumns = 64

    private func transposed(_ a: MatrixSlice) -> MatrixSlice {
        let (rows, columns, width) = (a.rowCount, a.columnCount, Self.turnedColumns)
        if turned.columnCount < rows * columns { turned = Matrix(rows: 1, columns: rows * columns) }
        let out = turned.reshaped(rows: columns, columns: rows)
        parallelFor(tasks: (columns + width - 1) / width, threads: threads) { task, _ in
            let part = (task * width)..<min(columns, (task + 1) * width)
            let (from, to) = (a.columns(part), out.rows(part))
            unsafe ck_transpose(from.pointer, from.stride, rows, part.count, to.pointer, to.stride)
        }
        return out
    }
}
