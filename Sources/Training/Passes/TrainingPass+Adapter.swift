internal import Tensors
internal import Transformers

extension TrainingPass {
    /// `y += scale * dropout(x) * transpose(a) * transpose(b)`.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs]
    ///   - y: [rows, outputs of the adapter]
    func add(_ adapter: Adapter, _ x: MatrixSlice, into y: MatrixSlice) throws {
        let hidden = try hidden(adapter, dropped(x, adapter))
        let delta = space.scratch("adapter.delta", rows: x.rowCount, columns: y.columnCount)
        try space.multiplier.multiply(hidden, adapter.b.packed, into: delta)
        RowOperations.addScaled(y, adapter.scale, rows: delta, threads: threads)
    }

    /// Gradients of an adapter, added to its own and to `dx`, [rows, inputs].
    ///
    /// - Parameters:
    ///   - x: [rows, inputs]
    ///   - dy: [rows, outputs of the adapter]
    func adapterBackward(_ adapter: Adapter, _ x: MatrixSlice, _ dy: MatrixSlice, into dx: MatrixSlice?) throws {
        let input = dropped(x, adapter)
        let hidden = try hidden(adapter, input)
        let scaled = space.scratch("adapter.dy", rows: dy.rowCount, columns: dy.columnCount)
        scaled.assign(dy)
        RowOperations.scale(scaled, by: adapter.scale, threads: threads)
        if let gradient = adapter.b.gradient {
            try space.gradients.multiplyTransposed(scaled, hidden, into: gradient.slice, adding: true)
        }
        let dHidden = space.scratch("adapter.dHidden", rows: dy.rowCount, columns: adapter.rank)
        try space.gradients.multiply(scaled, plain(adapter.b, "adapter.b"), into: dHidden)
        if let gradient = adapter.a.gradient {
            try space.gradients.multiplyTransposed(dHidden, input, into: gradient.slice, adding: true)
        }
        guard let dx else { return }
        guard let dropout, dropout.rate > 0 else {
            return try space.gradients.multiply(dHidden, plain(adapter.a, "adapter.a"), into: dx, adding: true)
        }
        let dInput = space.scratch("adapter.dInput", rows: dx.rowCount, columns: dx.columnCount)
        try space.gradients.multiply(dHidden, plain(adapter.a, "adapter.a"), into: dInput)
        drop(dInput, adapter, dropout)
        RowOperations.add(dx, dInput, into: dx, threads: threads)
    }

    private func hidden(_ adapter: Adapter, _ x: MatrixSlice) throws -> MatrixSlice {
        let hidden = space.scratch("adapter.hidden", rows: x.rowCount, columns: adapter.rank)
        try space.multiplier.multiply(x, adapter.a.packed, into: hidden)
        return hidden
    }

    private func plain(_ parameter: Parameter, _ name: String) throws -> MatrixSlice {
        let matrix = space.scratch(name, rows: parameter.rowCount, columns: parameter.columnCount)
        try parameter.copyRows(0..<parameter.rowCount, to: matrix)
        return matrix
    }

    /// The input with elements dropped and the others enlarged; itself where nothing is dropped.
    private func dropped(_ x: MatrixSlice, _ adapter: Adapter) -> MatrixSlice {
        guard let dropout, dropout.rate > 0 else { return x }
        let copy = space.scratch("adapter.input", rows: x.rowCount, columns: x.columnCount)
        copy.assign(x)
        drop(copy, adapter, dropout)
        return copy
    }

    private func drop(_ x: MatrixSlice, _ adapter: Adapter, _ dropout: DropoutKey) {
        RowOperations.dropout(
            x, rate: dropout.rate, random: CounterRandom(seed: dropout.seed, promptID: adapter.name),
            stream: dropout.pass, threads: threads)
    }
}
