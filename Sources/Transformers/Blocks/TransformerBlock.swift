internal import Tensors

extension ForwardPass {
    /// One block: norm, attend, add, norm, feed forward, add; `x` is the residual stream and is changed in place.
    mutating func block(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) throws {
        visit(.residPre, layer: layer, x)
        let attentionIn = normalize(
            x, weight: weights.attentionNorm, layer: layer, scaleSite: .attentionNormScale,
            normalizedSite: .attentionNormalized)
        let attentionOut = try attend(attentionIn, weights, layer: layer)
        RowOperations.add(x, attentionOut, into: x, threads: threads)
        visit(.residMid, layer: layer, x)
        let mlpIn = normalize(
            x, weight: weights.mlpNorm, layer: layer, scaleSite: .mlpNormScale, normalizedSite: .mlpNormalized)
        let mlpOut = try feedForward(mlpIn, weights, layer: layer)
        RowOperations.add(x, mlpOut, into: x, threads: threads)
        visit(.residPost, layer: layer, x)
    }
}
