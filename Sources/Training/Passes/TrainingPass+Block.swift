internal import Tensors
internal import Transformers

extension TrainingPass {
    /// One block: norm, attend, add, norm, feed forward, add; in parallel blocks both read the block's input.
    ///
    /// - Parameter again: computes once more what the tape did not keep; the hook has seen it.
    mutating func forward(block layer: Int, again: Bool = false) throws {
        let block = model.blocks[layer]
        let tape = space.tape.block(layer)
        let x = residual(layer)
        let mid = rows(tape.residMid)
        let out = residual(layer + 1)
        if !again { visitForward(.residPre, layer: layer, x) }
        let attentionIn = normalizeInput(x, block.attentionNorm, scale: rows(tape.attentionScale))
        RowOperations.add(x, try attend(attentionIn, block, tape, layer: layer), into: mid, threads: threads)
        if !configuration.isParallel { visitForward(.residMid, layer: layer, mid) }
        let mlpIn = normalizeInput(
            configuration.isParallel ? x : mid, block.mlpNorm, scale: rows(tape.mlpScale))
        let mlpOut = try feedForward(mlpIn, block, tape, layer: layer)
        guard !again else { return }
        RowOperations.add(mid, mlpOut, into: out, threads: threads)
        visitForward(.residPost, layer: layer, out)
    }

    /// From the gradient of the residual stream after a block to that before it; both in `space.dResidual`.
    mutating func backward(block layer: Int) throws {
        let block = model.blocks[layer]
        let tape = space.tape.block(layer)
        let x = residual(layer)
        let dx = rows(space.dResidual)
        visitGradient(.residPost, layer: layer, dx)
        // In a parallel block what attention adds has the gradient of the block's output, whatever feed-forward reads.
        let dout = configuration.isParallel ? copy(dx, "block.dout") : dx
        let mlpRead = configuration.isParallel ? x : rows(tape.residMid)
        try feedForwardBackward(block, tape, layer: layer, reading: mlpRead, dx)
        if !configuration.isParallel { visitGradient(.residMid, layer: layer, dx) }
        try attentionBackward(block, tape, layer: layer, reading: x, dout, addingTo: dx)
        visitGradient(.residPre, layer: layer, dx)
    }

    /// Adds the gradient of what feed-forward reads to that of what it is added to.
    private mutating func feedForwardBackward(
        _ block: TrainableBlock, _ tape: BlockTape, layer: Int, reading x: MatrixSlice, _ dx: MatrixSlice
    ) throws {
        let scale = rows(tape.mlpScale)
        let dIn = rows(space.dNormalized)
        let pass = self
        try feedForwardBackward(
            { pass.normalizeAgain(x, block.mlpNorm, scale: scale) }, block, tape, layer: layer, dx, into: dIn)
        add(dIn, through: block.mlpNorm, of: x, scale: scale, to: dx)
    }

    private mutating func attentionBackward(
        _ block: TrainableBlock, _ tape: BlockTape, layer: Int, reading x: MatrixSlice, _ dout: MatrixSlice,
        addingTo dx: MatrixSlice
    ) throws {
        let scale = rows(tape.attentionScale)
        let dIn = rows(space.dNormalized)
        let pass = self
        try attendBackward(
            { pass.normalizeAgain(x, block.attentionNorm, scale: scale) }, block, tape, layer: layer, dout, into: dIn)
        add(dIn, through: block.attentionNorm, of: x, scale: scale, to: dx)
    }

    private func add(
        _ dIn: MatrixSlice, through norm: TrainableNorm?, of x: MatrixSlice, scale: MatrixSlice, to dx: MatrixSlice
    ) {
        guard let norm else { return RowOperations.add(dx, dIn, into: dx, threads: threads) }
        normBackward(x, norm, scale: scale, dIn, into: dx)
    }

    private func copy(_ x: MatrixSlice, _ name: String) -> MatrixSlice {
        let copy = space.scratch(name, rows: x.rowCount, columns: x.columnCount)
        copy.assign(x)
        return copy
    }
}
