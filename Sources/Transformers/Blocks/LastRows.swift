internal import Tensors

// The last block where only each sequence's last row is read: the others' keys and values, and nothing else of them.
extension ForwardPass {
    /// Whether nobody looks at anything from the last block's start to the final norm, and some row can be spared.
    func canNarrow(layer: Int) -> Bool {
        let after: [HookPoint.Site] = [.finalNormScale, .finalNormalized, .finalNormOut]
        return batch.sequences.count < rowCount
            && !after.contains { hook.wants(HookPoint($0)) }
            && !HookPoint.Site.allCases.contains { hook.wants(HookPoint($0, layer: layer)) }
    }

    /// The last block and the final norm of the last row of each sequence; the caches grow by all rows.
    ///
    /// - Parameter x: the residual stream before the block, [rows, modelDimension].
    /// - Returns: [sequences, modelDimension], with the bits that all rows together would have.
    mutating func lastRows(
        _ x: MatrixSlice, _ weights: BlockWeights, layer: Int, of model: Transformer
    ) throws -> MatrixSlice {
        let q = gatherLast(try queries(x, weights, layer: layer))
        let x = gatherLast(x)
        for sequence in batch.sequences { sequence.cache.open.advance(by: sequence.rows.count - 1) }
        let last = batch.lastTokens
        var pass = ForwardPass<NoHook>(model, last, space: space, hook: NoHook())
        try pass.attendAndFeedForward(x, q, weights, layer: layer)
        let final = pass.rows(space.normalized)
        pass.normalize(x, model.weights.finalNorm, layer: nil, .final, into: final)
        for sequence in last.sequences { sequence.cache.open.advance(by: 1) }
        return final
    }

    /// Moves the last row of each sequence to the top.
    ///
    /// - Parameter matrix: [rows, columns], changed in place.
    /// - Returns: [sequences, columns], a part of it.
    func gatherLast(_ matrix: MatrixSlice) -> MatrixSlice {
        for (row, sequence) in batch.sequences.enumerated() {
            precondition(!sequence.rows.isEmpty, "a sequence without rows has no last one")
            let last = sequence.rows.upperBound - 1
            guard last != row else { continue }
            matrix.rows(row..<(row + 1)).assign(matrix.rows(last..<(last + 1)))
        }
        return matrix.rows(0..<batch.sequences.count)
    }
}
