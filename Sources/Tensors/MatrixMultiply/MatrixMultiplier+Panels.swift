internal import CKernels

extension MatrixMultiplier {
    func multiply(_ x: MatrixSlice, _ weights: BF16Weights, into out: MatrixSlice) {
        guard x.rowCount > 0 else { return }
        let rounded = unsafe UncheckedBox(activations.round(x, threads: threads))
        let rowBytes = ck_bf16_row_bytes(x.columnCount)
        let pieces = PanelPiece.divide(
            rows: x.rowCount, columns: weights.outputs, panel: BF16Weights.panel,
            panelByteCount: weights.panelByteCount, threads: threads)
        parallelFor(tasks: pieces.count, threads: threads) { task, _ in
            let piece = pieces[task]
            let result = out.rows(piece.rows).columns(piece.columns)
            unsafe ck_product_bf16(
                piece.rows.count, weights.inputs, piece.columns.count,
                rounded.value + piece.rows.lowerBound * rowBytes,
                weights.address(ofColumn: piece.columns.lowerBound), result.pointer, result.stride)
        }
    }

    func multiply(_ x: MatrixSlice, _ weights: QuantizedWeights, into out: MatrixSlice) {
        guard x.rowCount > 0 else { return }
        let quantized = unsafe UncheckedBox(activations.quantize(x, threads: threads))
        let rowBlocks = x.columnCount / Int(CK_ACTIVATION_BLOCK)
        let pieces = PanelPiece.divide(
            rows: x.rowCount, columns: weights.outputs, panel: QuantizedWeights.panel,
            panelByteCount: weights.panelByteCount, threads: threads)
        parallelFor(tasks: pieces.count, threads: threads) { task, _ in
            let piece = pieces[task]
            let result = out.rows(piece.rows).columns(piece.columns)
            unsafe ck_product_quantized(
                weights.type.kernel, piece.rows.count, weights.inputs, piece.columns.count,
                quantized.value + piece.rows.lowerBound * rowBlocks,
                weights.address(ofColumn: piece.columns.lowerBound), result.pointer, result.stride)
        }
    }
}

/// A part of a product with panels that one thread computes.
enum PanelPiece {
    /// Rows whose activations stay in the cache while panels pass.
    static let rowChunk = 128
    /// Bytes of panels that stay in the cache while rows pass.
    static let cachedBytes = 1 << 18
    /// Pieces for each thread, so that one who is held up leaves work to the others.
    static let piecesPerThread = 4

    /// Cuts into whole panels and, where there are many, by rows.
    static func divide(
        rows: Int, columns: Int, panel: Int, panelByteCount: Int, threads: Int
    ) -> [ProductPiece] {
        let panels = (columns + panel - 1) / panel
        let share = (panels + piecesPerThread * threads - 1) / (piecesPerThread * threads)
        let width = panel * (threads == 1 ? panels : max(1, share))
        let cached = panel * max(1, cachedBytes / panelByteCount)
        let step = rows == 1 ? width : min(width, cached)
        return stride(from: 0, to: rows, by: rowChunk).flatMap { row in
            stride(from: 0, to: columns, by: step).map { column in
                ProductPiece(
                    rows: row..<min(rows, row + rowChunk), columns: column..<min(columns, column + step))
            }
        }
    }
}
