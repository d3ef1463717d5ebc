internal import Tensors
internal import Transformers

extension TrainingPass {
    /// What the feed-forward layer adds to the residual stream: [rows, modelDimension], in `space.sublayerOut`.
    ///
    /// - Parameter x: what it reads, [rows, modelDimension].
    mutating func feedForward(
        _ x: MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int
    ) throws -> MatrixSlice {
        try linear(x, block.gateUp, into: rows(tape.gateUp))
        let post = activate(tape)
        visitForward(.mlpPost, layer: layer, post)
        let out = rows(space.sublayerOut)
        try linear(post, block.down, into: out)
        postNormalize(out, block.mlpPostNorm, tape.mlpPost)
        visitForward(.mlpOut, layer: layer, out)
        return out
    }

    /// From the gradient of what feed-forward adds, `dout` [rows, modelDimension], to that of what it reads.
    ///
    /// - Parameters:
    ///   - x: what it reads, [rows, modelDimension]
    ///   - dx: [rows, modelDimension], written
    mutating func feedForwardBackward(
        _ x: () -> MatrixSlice, _ block: TrainableBlock, _ tape: BlockTape, layer: Int, _ dout: MatrixSlice,
        into dx: MatrixSlice
    ) throws {
        let dout = visitAddend(.mlpOut, layer: layer, dout)
        let draw = postNormBackward(tape.mlpPost, block.mlpPostNorm, dout)
        let dpost = rows(space.dMlpPost)
        try linearBackward(activate(tape), block.down, draw, into: dpost)
        visitGradient(.mlpPost, layer: layer, dpost)
        activateBackward(tape, dpost)
        try linearBackward(x(), block.gateUp, rows(space.dGateUp), into: dx)
    }

    /// `f(gate) * up`, or `f(x)` without a gate, in `space.mlpPost`.
    private func activate(_ tape: BlockTape) -> MatrixSlice {
        let gate = gate(rows(tape.gateUp))
        let post = rows(space.mlpPost)
        if configuration.isGated && configuration.activation == .silu {
            RowOperations.siluMultiply(gate, up(rows(tape.gateUp)), into: post, threads: threads)
            return post
        }
        apply(gate, into: post)
        if configuration.isGated {
            RowOperations.multiplyElements(post, up(rows(tape.gateUp)), into: post, threads: threads)
        }
        return post
    }

    /// From the gradient of the activated layer to that of gate and linear part, in `space.dGateUp`.
    private func activateBackward(_ tape: BlockTape, _ dpost: MatrixSlice) {
        let gateUp = rows(tape.gateUp)
        let dgateUp = rows(space.dGateUp)
        let (gate, dgate) = (gate(gateUp), gate(dgateUp))
        guard configuration.isGated else {
            return RowOperations.functionGradient(function, gate, dpost, into: dgate, threads: threads)
        }
        let (up, dup) = (up(gateUp), up(dgateUp))
        if configuration.activation == .silu {
            return RowOperations.siluMultiplyGradient(gate, up, dpost, dgate: dgate, dup: dup, threads: threads)
        }
        apply(gate, into: dup)
        RowOperations.multiplyElements(dup, dpost, into: dup, threads: threads)
        RowOperations.multiplyElements(dpost, up, into: dgate, threads: threads)
        RowOperations.functionGradient(function, gate, dgate, into: dgate, threads: threads)
    }

    private func apply(_ x: MatrixSlice, into out: MatrixSlice) {
        switch configuration.activation {
        case .silu: RowOperations.silu(x, into: out, threads: threads)
        case .gelu: RowOperations.gelu(x, into: out, threads: threads)
        case .geluTanh: RowOperations.geluTanh(x, into: out, threads: threads)
        case .quickGelu: RowOperations.quickGelu(x, into: out, threads: threads)
        case .relu: RowOperations.relu(x, into: out, threads: threads)
        case .reluSquared: RowOperations.reluSquared(x, into: out, threads: threads)
        }
    }

    private var function: RowOperations.Function {
        switch configuration.activation {
        case .silu: .silu
        case .gelu: .gelu
        case .geluTanh: .geluTanh
        case .quickGelu: .quickGelu
        case .relu: .relu
        case .reluSquared: .reluSquared
        }
    }

    private func gate(_ gateUp: MatrixSlice) -> MatrixSlice { gateUp.columns(0..<configuration.feedForwardDimension) }

    private func up(_ gateUp: MatrixSlice) -> MatrixSlice {
        gateUp.columns(configuration.feedForwardDimension..<(2 * configuration.feedForwardDimension))
    }
}
