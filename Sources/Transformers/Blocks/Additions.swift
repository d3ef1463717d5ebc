internal import Tensors

extension ForwardPass {
    /// Adds what adapters make of `x` beside a layer's weights; the arithmetic is the trainer's, to the bit.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs]
    ///   - y: [rows, outputs]
    func add(_ additions: [LowRankAddition], _ x: MatrixSlice, to y: MatrixSlice) throws {
        for addition in additions {
            let scratch = space.adapterScratch(
                rows: x.rowCount, rank: addition.a.outputs, outputs: addition.outputs.count)
            try addition.add(x, to: y, scratch, space)
        }
    }
}

extension Transformer {
    /// Rows of logits that adapters are computed for at once: as wide as the vocabulary, they take room.
    private static let logitRows = 8

    /// Adds what adapters make of `x` beside the unembedding.
    ///
    /// - Parameters:
    ///   - x: [rows, modelDimension]
    ///   - logits: [rows, vocabularySize]
    func addToLogits(_ x: MatrixSlice, _ logits: MatrixSlice, space: Workspace) throws {
        for addition in weights.unembedding.additions {
            for first in Swift.stride(from: 0, to: x.rowCount, by: Self.logitRows) {
                let rows = first..<min(first + Self.logitRows, x.rowCount)
                let scratch = space.logitScratch(
                    rows: rows.count, rank: addition.a.outputs, outputs: addition.outputs.count)
                try addition.add(x.rows(rows), to: logits.rows(rows), scratch, space)
            }
        }
    }
}

extension LowRankAddition {
    /// - Parameter scratch: [rows, rank] and [rows, outputs], overwritten
    fileprivate func add(
        _ x: MatrixSlice, to y: MatrixSlice, _ scratch: (hidden: MatrixSlice, delta: MatrixSlice), _ space: Workspace
    ) throws {
        try space.multiplier.multiply(x, a, into: scratch.hidden)
        try space.multiplier.multiply(scratch.hidden, b, into: scratch.delta)
        RowOperations.addScaled(y.columns(outputs), scale, rows: scratch.delta, threads: space.threads)
    }
}
