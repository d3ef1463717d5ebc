internal import CKernels

// Products whose results are used up while they are in the cache, with the bits of a product that is written first.
extension MatrixMultiplier {
    /// `out += x * transpose(weights)`.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs], not overlapping out
    ///   - out: [rows, outputs]
    /// - Throws: ``TensorError``.
    public func multiply(_ x: MatrixSlice, _ weights: PackedWeights, addingTo out: MatrixSlice) throws {
        precondition(x.columnCount == weights.inputs, "\(x.columnCount) inputs for \(weights.inputs)")
        precondition(out.rowCount == x.rowCount, "\(out.rowCount) rows for \(x.rowCount)")
        precondition(out.columnCount == weights.outputs, "\(out.columnCount) outputs for \(weights.outputs)")
        if let rounded = weights.rounded {
            guard x.rowCount > 0 else { return }
            return multiply(activations.round(x, threads: threads), rounded, into: out, CK_BF16_ADDS)
        }
        guard let columns = WeightColumns(weights) else {
            let product = unstreamed(x.rowCount, weights.outputs)
            try multiply(x, weights, into: product)
            return RowOperations.add(out, product, into: out, threads: threads)
        }
        try stream(x, columns, nil) { piece, product, _ in
            let sum = out.rows(piece.rows).columns(piece.columns)
            RowOperations.add(sum, product, into: sum, threads: 1)
        }
    }

    /// `out = combine(x * transpose(upper half of weights), x * transpose(lower half))`, a piece at a time.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs], not overlapping out
    ///   - out: [rows, outputs / 2]
    ///   - combine: is given parts of both products and of `out`, of one shape; works element by element
    /// - Throws: ``TensorError``.
    public func multiplyHalves(
        _ x: MatrixSlice, _ weights: PackedWeights, into out: MatrixSlice,
        _ combine: @Sendable (_ upper: MatrixSlice, _ lower: MatrixSlice, _ out: MatrixSlice) -> Void
    ) throws {
        precondition(x.columnCount == weights.inputs, "\(x.columnCount) inputs for \(weights.inputs)")
        precondition(out.rowCount == x.rowCount, "\(out.rowCount) rows for \(x.rowCount)")
        precondition(2 * out.columnCount == weights.outputs, "\(out.columnCount) columns of \(weights.outputs) outputs")
        guard let halves = WeightColumns.halves(weights) else {
            let product = unstreamed(x.rowCount, weights.outputs)
            try multiply(x, weights, into: product)
            let half = out.columnCount
            return combine(product.columns(0..<half), product.columns(half..<(2 * half)), out)
        }
        try stream(x, halves.upper, halves.lower) { piece, upper, lower in
            combine(upper, lower, out.rows(piece.rows).columns(piece.columns))
        }
    }

    /// `out += combine(x * transpose(upper half of weights), x * transpose(lower half)) * transpose(last)`: two layers, of which
    /// the second reads what the first makes in the form in which it multiplies it.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs], not overlapping the others
    ///   - between: [rows, outputs / 2]: room; what it holds afterwards is not defined
    ///   - out: [rows, outputs of last]
    ///   - combine: as in ``multiplyHalves(_:_:into:_:)``; its result may lie where the upper product lies
    /// - Throws: ``TensorError``.
    public func multiplyHalves(
        _ x: MatrixSlice, _ weights: PackedWeights, through last: PackedWeights, between: MatrixSlice,
        addingTo out: MatrixSlice,
        _ combine: @Sendable (_ upper: MatrixSlice, _ lower: MatrixSlice, _ out: MatrixSlice) -> Void
    ) throws {
        guard let rounded = last.rounded, let halves = WeightColumns.halves(weights) else {
            try multiplyHalves(x, weights, into: between, combine)
            return try multiply(between, last, addingTo: out)
        }
        guard x.rowCount > 0 else { return }
        precondition(between.columnCount == last.inputs, "\(between.columnCount) columns for \(last.inputs) inputs")
        let combined = combined.rounded(rows: x.rowCount, columns: last.inputs)
        try stream(x, halves.upper, halves.lower) { piece, upper, lower in
            combine(upper, lower, upper)
            combined.assign(upper, row: piece.rows.lowerBound, column: piece.columns.lowerBound)
        }
        multiply(combined, rounded, into: out, CK_BF16_ADDS)
    }

    private func stream(
        _ x: MatrixSlice, _ columns: WeightColumns, _ beside: WeightColumns?,
        _ use: @Sendable (ProductPiece, MatrixSlice, MatrixSlice) -> Void
    ) throws {
        guard x.rowCount > 0 else { return }
        let pieces = columns.pieces(rows: x.rowCount, threads: threads, parts: beside == nil ? 1 : 2)
        let input = UncheckedBox(prepared(x, columns.input))
        try forEach(pieces) { worker, piece in
            try worker.stream(input.value, columns, beside, piece, use)
        }
    }

    private func prepared(_ x: MatrixSlice, _ input: WeightColumns.Input) -> ProductWorker.Input {
        switch input {
        case .floats: .floats(x)
        case .rounded:
            .rounded(activations.round(x, threads: threads))
        case .quantized:
            unsafe .quantized(
                activations.quantize(x, threads: threads), rowBlocks: x.columnCount / Int(CK_ACTIVATION_BLOCK))
        }
    }
}
