internal import Tensors

extension ForwardPass {
    /// One block: norm, attend, add, norm, feed forward, add; `x` is the residual stream and is changed in place.
    mutating func block(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) throws {
        visit(.residPre, layer: layer, x)
        let q = try queries(x, weights, layer: layer)
        try attendAndFeedForward(x, q, weights, layer: layer)
    }

    /// What a block does once its keys and values are remembered.
    ///
    /// - Parameters:
    ///   - x: the residual stream, [rows, modelDimension], changed in place
    ///   - q: the queries, [rows, queryWidth]
    mutating func attendAndFeedForward(
        _ x: MatrixSlice, _ q: MatrixSlice, _ weights: BlockWeights, layer: Int
    ) throws {
        let z = mixedValues(q, layer: layer)
        if configuration.isParallel {
            // Both read the stream as it was, and what attention adds is seen first.
            let out = try attentionOut(z, weights, layer: layer)
            let mlpIn = mlpInput(x, weights, layer: layer)
            RowOperations.add(x, out, into: x, threads: threads)
            try feedForward(mlpIn, weights, layer: layer, addingTo: x)
        } else {
            try addAttention(z, weights, layer: layer, to: x)
            visit(.residMid, layer: layer, x)
            let mlpIn = mlpInput(x, weights, layer: layer)
            try feedForward(mlpIn, weights, layer: layer, addingTo: x)
        }
        if let offset = weights.offset { RowOperations.addScaled(x, 1, offset.slice, threads: threads) }
        visit(.residPost, layer: layer, x)
    }

    /// What feed-forward reads: [rows, modelDimension].
    private mutating func mlpInput(_ x: MatrixSlice, _ weights: BlockWeights, layer: Int) -> MatrixSlice {
        var input = x
        if hook.wants(HookPoint(.mlpIn, layer: layer)) {
            input = Matrix(rows: x.rowCount, columns: x.columnCount).slice
            input.assign(x)
            visit(.mlpIn, layer: layer, input)
        }
        return normalizeInput(input, weights.mlpNorm, layer: layer, .mlp)
    }
}

extension NormSites {
    static let attention = NormSites(
        scale: .attentionNormScale, normalized: .attentionNormalized, out: .attentionNormOut)
    static let mlp = NormSites(scale: .mlpNormScale, normalized: .mlpNormalized, out: .mlpNormOut)
    static let final = NormSites(scale: .finalNormScale, normalized: .finalNormalized, out: .finalNormOut)

    /// The norm of what attention adds: the first norm of the block where none is before it.
    static func attentionPost(_ placement: NormPlacement) -> NormSites {
        placement == .after
            ? NormSites(scale: .attentionNormScale, normalized: .attentionNormalized)
            : NormSites(scale: .attentionPostNormScale, normalized: .attentionPostNormalized)
    }

    /// The norm of what feed-forward adds.
    static func mlpPost(_ placement: NormPlacement) -> NormSites {
        placement == .after
            ? NormSites(scale: .mlpNormScale, normalized: .mlpNormalized)
            : NormSites(scale: .mlpPostNormScale, normalized: .mlpPostNormalized)
    }
}
