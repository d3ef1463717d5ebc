internal import Tensors
internal import Transformers

extension TrainingPass {
    /// What the gated feed-forward layer adds to the residual stream: [rows, modelDimension], in `space.sublayerOut`.
    ///
    /// - Parameter x: the normalised residual stream, [rows, modelDimension].
    mutating func feedForward(
        _ x: MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int
    ) throws -> MatrixSlice {
        try linear(x, block.gateUp, into: rows(tape.gateUp))
        let post = activate(tape)
        visitForward(.mlpPost, layer: layer, post)
        let out = rows(space.sublayerOut)
        try linear(post, block.down, into: out)
        visitForward(.mlpOut, layer: layer, out)
        return out
    }

    /// From the gradient of what feed-forward adds, `dout` [rows, modelDimension], to that of what it reads.
    ///
    /// - Parameters:
    ///   - x: the normalised residual stream, [rows, modelDimension]
    ///   - dx: [rows, modelDimension], written
    mutating func feedForwardBackward(
        _ x: () -> MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int, _ dout: MatrixSlice,
        into dx: MatrixSlice
    ) throws {
        let dpost = rows(space.dMlpPost)
        try linearBackward(activate(tape), block.down, dout, into: dpost)
        visitGradient(.mlpPost, layer: layer, dpost)
        let (gate, up) = halves(rows(tape.gateUp))
        let (dgate, dup) = halves(rows(space.dGateUp))
        RowOperations.siluMultiplyGradient(gate, up, dpost, dgate: dgate, dup: dup, threads: threads)
        try linearBackward(x(), block.gateUp, rows(space.dGateUp), into: dx)
    }

    /// `silu(gate) * up`, in `space.mlpPost`.
    private func activate(_ tape: BlockTape) -> MatrixSlice {
        let (gate, up) = halves(rows(tape.gateUp))
        let post = rows(space.mlpPost)
        RowOperations.siluMultiply(gate, up, into: post, threads: threads)
        return post
    }

    private func halves(_ gateUp: MatrixSlice) -> (MatrixSlice, MatrixSlice) {
        let hidden = configuration.feedForwardDimension
        return (gateUp.columns(0..<hidden), gateUp.columns(hidden..<(2 * hidden)))
    }
}
