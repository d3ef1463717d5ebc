internal import CKernels

/// The matrix products of backward passes in bfloat16: both sides are rounded to it, products are exact and sums are
/// float32, as in the forward pass. One thread uses it at a time.
///
/// An element of a result is one chain of multiply-adds: results do not depend on the number of threads.
public final class RoundedProducts {
    public let threads: Int
    private let activations = ActivationBuffer()
    private let panels = RoundedPanels()
    private let columns = RoundedPanels(.left)

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

    /// `out = a * b` with the second matrix packed before.
    public func multiply(_ a: MatrixSlice, _ b: RoundedPanels, into out: MatrixSlice) {
        precondition(
            a.columnCount == b.inputs && out.rowCount == a.rowCount && out.columnCount == b.outputs,
            "\(a.rowCount) x \(a.columnCount) times \(b.inputs) x \(b.outputs)")
        guard a.rowCount > 0 else { return }
        let rounded = activations.round(a, threads: threads)
        let panels = UncheckedBox(b)
        let inputs = b.inputs
        forEachPiece(of: out, b, rowChunk: ProductPieces.panelRowChunk) { piece, result in
            unsafe ck_product_bf16(
                piece.rows.count, inputs, piece.columns.count, rounded.address(ofRow: piece.rows.lowerBound),
                panels.value.address(ofColumn: piece.columns.lowerBound), result.pointer, result.stride, CK_BF16_WRITES)
        }
    }

    /// `out = transpose(a) * b`, or `out += transpose(a) * b`: the gradient of a linear layer's weights grows by
    /// `transpose(dy) * x`.
    ///
    /// - Parameters:
    ///   - a: [k, m]
    ///   - b: [k, n]
    ///   - out: [m, n]
    public func multiplyTransposed(_ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice, adding: Bool) {
        precondition(
            a.rowCount == b.rowCount && out.rowCount == a.columnCount && out.columnCount == b.columnCount,
            "transposed \(a.rowCount) x \(a.columnCount) times \(b.rowCount) x \(b.columnCount)")
        guard a.columnCount > 0 else { return }
        columns.pack(a, threads: threads)
        panels.pack(b, threads: threads)
        let (left, right) = (UncheckedBox(columns), UncheckedBox(panels))
        let inputs = a.rowCount
        forEachPiece(of: out, panels, rowChunk: Self.columnChunk) { piece, result in
            unsafe ck_product_bf16_columns(
                piece.rows.count, inputs, piece.columns.count, left.value.address(ofColumn: piece.rows.lowerBound),
                right.value.address(ofColumn: piece.columns.lowerBound), result.pointer, result.stride,
                adding ? CK_BF16_CONTINUES : CK_BF16_WRITES)
        }
    }

    /// Columns of the left matrix that stay in the cache while panels pass: whole panels.
    private static let columnChunk = 3 * RoundedPanels.width

    private func forEachPiece(
        of out: MatrixSlice, _ b: RoundedPanels, rowChunk: Int,
        _ multiply: @Sendable (ProductPiece, MatrixSlice) -> Void
    ) {
        let pieces = ProductPieces.panels(
            rows: out.rowCount, columns: out.columnCount, panel: RoundedPanels.width, panelByteCount: b.panelByteCount,
            threads: threads, rowChunk: rowChunk)
        parallelFor(tasks: pieces.count, threads: threads) { task, _ in
            let piece = pieces[task]
            multiply(piece, out.rows(piece.rows).columns(piece.columns))
        }
    }
}
