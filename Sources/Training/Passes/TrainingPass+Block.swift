internal import Tensors
internal import Transformers

extension TrainingPass {
    /// One block: norm, attend, add, norm, feed forward, add.
    ///
    /// - Parameter again: computes once more what the tape did not keep; the hook has seen it.
    mutating func forward(block layer: Int, again: Bool = false) throws {
        let block = model.blocks[layer]
        let tape = space.tape.block(layer)
        let x = residual(layer)
        let mid = rows(tape.residMid)
        let out = residual(layer + 1)
        if !again { visitForward(.residPre, layer: layer, x) }
        let attentionIn = normalize(x, block.attentionNorm, scale: rows(tape.attentionScale))
        RowOperations.add(
            x, try attend(attentionIn, block, tape, layer: layer), into: mid, threads: threads)
        visitForward(.residMid, layer: layer, mid)
        let mlpIn = normalize(mid, block.mlpNorm, scale: rows(tape.mlpScale))
        let mlpOut = try feedForward(mlpIn, block, tape, layer: layer)
        guard !again else { return }
        RowOperations.add(mid, mlpOut, into: out, threads: threads)
        visitForward(.residPost, layer: layer, out)
    }

    /// From the gradient of the residual stream after a block to that before it; both in `space.dResidual`.
    mutating func backward(block layer: Int) throws {
        let block = model.blocks[layer]
        let tape = space.tape.block(layer)
        let dx = rows(space.dResidual)
        let dIn = rows(space.dNormalized)
        visitGradient(.residPost, layer: layer, dx)
        let mid = rows(tape.residMid)
        let mlpScale = rows(tape.mlpScale)
        let pass = self
        try feedForwardBackward(
            { pass.normalizeAgain(mid, block.mlpNorm, scale: mlpScale) }, block, tape, layer: layer, dx, into: dIn)
        normBackward(mid, block.mlpNorm, scale: mlpScale, dIn, into: dx)
        visitGradient(.residMid, layer: layer, dx)
        let x = residual(layer)
        let scale = rows(tape.attentionScale)
        try attendBackward(
            { pass.normalizeAgain(x, block.attentionNorm, scale: scale) }, block, tape, layer: layer, dx, into: dIn)
        normBackward(x, block.attentionNorm, scale: scale, dIn, into: dx)
        visitGradient(.residPre, layer: layer, dx)
    }
}
