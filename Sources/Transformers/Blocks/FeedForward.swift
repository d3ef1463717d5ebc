internal import Tensors

extension ForwardPass {
    /// What the gated feed-forward layer adds to the residual stream: [rows, modelDimension] (Shazeer 2020).
    ///
    /// - Parameter x: the normalised residual stream, [rows, modelDimension].
    mutating func feedForward(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) throws -> MatrixSlice {
        let gateUp = rows(space.gateUp)
        try space.multiplier.multiply(x, weights.gateUp, into: gateUp)
        let gate = gateUp.columns(0..<configuration.feedForwardDimension)
        let up = gateUp.columns(configuration.feedForwardDimension..<(2 * configuration.feedForwardDimension))
        visit(.mlpPre, layer: layer, gate)
        visit(.mlpPreLinear, layer: layer, up)
        let post = rows(space.mlpPost)
        RowOperations.siluMultiply(gate, up, into: post, threads: threads)
        visit(.mlpPost, layer: layer, post)
        let out = rows(space.sublayerOut)
        try space.multiplier.multiply(post, weights.down, into: out)
        visit(.mlpOut, layer: layer, out)
        return out
    }
}
