internal import Tensors

extension ForwardPass {
    /// Adds what adapters make of `x` beside a layer's weights; the arithmetic is the trainer's, to the bit.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs]
    ///   - y: [rows, outputs]
    func add(_ additions: [LowRankAddition], _ x: MatrixSlice, to y: MatrixSlice) throws {
        for addition in additions {
            let (hidden, delta) = space.adapterScratch(
                rows: x.rowCount, rank: addition.a.outputs, outputs: addition.outputs.count)
            try space.multiplier.multiply(x, addition.a, into: hidden)
            try space.multiplier.multiply(hidden, addition.b, into: delta)
            RowOperations.addScaled(y.columns(addition.outputs), addition.scale, rows: delta, threads: threads)
        }
    }
}
