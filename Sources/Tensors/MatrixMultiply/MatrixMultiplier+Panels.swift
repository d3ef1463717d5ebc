internal import CKernels

extension MatrixMultiplier {
    func multiply(_ x: MatrixSlice, _ weights: BF16Weights, into out: MatrixSlice) {
        guard x.rowCount > 0 else { return }
        multiply(activations.round(x, threads: threads), weights, into: out, CK_BF16_WRITES)
    }

    func multiply(_ x: RoundedRows, _ weights: BF16Weights, into out: MatrixSlice, _ effect: ck_bf16_result) {
        let pieces = ProductPieces.panels(
            rows: x.rowCount, columns: weights.outputs, panel: BF16Weights.panel,
            panelByteCount: weights.panelByteCount, threads: threads)
        parallelFor(tasks: pieces.count, threads: threads) { task, _ in
            let piece = pieces[task]
            let result = out.rows(piece.rows).columns(piece.columns)
            unsafe ck_product_bf16(
                piece.rows.count, weights.inputs, piece.columns.count, x.address(ofRow: piece.rows.lowerBound),
                weights.address(ofColumn: piece.columns.lowerBound), result.pointer, result.stride, effect)
        }
    }

    func multiply(_ x: MatrixSlice, _ weights: QuantizedWeights, into out: MatrixSlice) {
        guard x.rowCount > 0 else { return }
        let quantized = unsafe UncheckedBox(activations.quantize(x, threads: threads))
        let rowBlocks = x.columnCount / Int(CK_ACTIVATION_BLOCK)
        let pieces = ProductPieces.panels(
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
