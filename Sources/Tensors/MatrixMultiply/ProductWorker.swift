internal import CKernels

/// What one thread keeps between products.
final class ProductWorker {
    let context = OneDNNContext()
    private var staged = [Matrix(rows: 1, columns: 1 << 14), Matrix(rows: 1, columns: 1 << 14)]

    /// Activations in the form that the weights want.
    @safe
    enum Input {
        case floats(MatrixSlice)
        case rounded(RoundedRows)
        case quantized(UnsafePointer<ck_activation_block>, rowBlocks: Int)
    }

    /// Hands `x * transpose(columns)` of a piece to `use`, a few rows at a time, while it is in the cache.
    ///
    /// - Parameters:
    ///   - beside: other columns that are multiplied side by side, if any
    ///   - use: is given the piece, the product with the columns, and the one with those beside them or the first again
    func stream(
        _ input: Input, _ columns: WeightColumns, _ beside: WeightColumns?, _ piece: ProductPiece,
        _ use: (ProductPiece, MatrixSlice, MatrixSlice) -> Void
    ) throws {
        let ready = ready(columns, piece, slot: 0)
        let readyBeside = beside.map { self.ready($0, piece, slot: 1) }
        let chunk = columns.input == .floats ? ProductPiece.rowChunk : ProductPieces.panelRowChunk
        for first in stride(from: piece.rows.lowerBound, to: piece.rows.upperBound, by: chunk) {
            let rows = first..<min(piece.rows.upperBound, first + chunk)
            let product = staging(0, rows: rows.count, columns: piece.columns.count)
            try multiply(input, rows, ready, into: product)
            var last = product
            if let readyBeside {
                last = staging(1, rows: rows.count, columns: piece.columns.count)
                try multiply(input, rows, readyBeside, into: last)
            }
            use(ProductPiece(rows: rows, columns: piece.columns), product, last)
        }
    }

    private func ready(_ part: WeightColumns, _ piece: ProductPiece, slot: Int) -> OneDNNContext.ReadyColumns {
        let first = part.first + piece.columns.lowerBound
        return context.ready(part, first..<(first + piece.columns.count), rows: piece.rows.count, slot: slot)
    }

    private func multiply(
        _ input: Input, _ rows: Range<Int>, _ columns: OneDNNContext.ReadyColumns, into out: MatrixSlice
    ) throws {
        switch (input, columns) {
        case (.floats(let x), .floats(let packed, let layout)):
            try unsafe context.multiply(x.rows(rows), packed, layout, into: out)
        case (.floats(let x), .expanding(let packed, let first)):
            packed.multiplyDirectly(x.rows(rows), first: first, into: out)
        case (.rounded(let x), .bf16(let panels, let inputs)):
            unsafe ck_product_bf16(
                rows.count, inputs, out.columnCount, x.address(ofRow: rows.lowerBound), panels, out.pointer, out.stride,
                CK_BF16_WRITES)
        case (.quantized(let x, let rowBlocks), .quantized(let panels, let type, let inputs)):
            unsafe ck_product_quantized(
                type, rows.count, inputs, out.columnCount, x + rows.lowerBound * rowBlocks, panels, out.pointer,
                out.stride)
        default: preconditionFailure("activations in another form than the weights want")
        }
    }

    private func staging(_ slot: Int, rows: Int, columns: Int) -> MatrixSlice {
        if staged[slot].columnCount < rows * columns { staged[slot] = Matrix(rows: 1, columns: rows * columns) }
        return unsafe MatrixSlice(
            staged[slot], pointer: staged[slot].pointer, rows: rows, columns: columns, stride: columns)
    }
}
