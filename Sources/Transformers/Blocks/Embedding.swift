internal import Tensors

extension ForwardPass {
    /// The residual stream before the first block: [rows, modelDimension].
    mutating func embed(into x: MatrixSlice, _ weights: TransformerWeights) throws {
        for (row, id) in try seenTokens().enumerated() {
            try weights.embedding.copyEmbedding(of: id, to: x.rows(row..<(row + 1)))
        }
        if let scale = configuration.embeddingScale { RowOperations.scale(x, by: scale, threads: threads) }
        visit(.embed, layer: nil, x)
        guard let table = weights.positions else { return }
        let learned = rows(space.normalized)
        for (row, position) in positions.enumerated() {
            try table.copyEmbedding(of: position, to: learned.rows(row..<(row + 1)))
        }
        visit(.positionEmbed, layer: nil, learned)
        RowOperations.add(x, learned, into: x, threads: threads)
    }

    /// The ids of the batch, as a hook leaves them.
    private mutating func seenTokens() throws -> [Int32] {
        guard hook.wants(HookPoint(.tokens)) else { return batch.ids }
        let shown = Matrix(batch.ids.map { [Float($0)] })
        visit(.tokens, layer: nil, shown.slice)
        return try shown.slice.copy().map { value in
            guard let id = Int32(exactly: value), (0..<configuration.vocabularySize).contains(Int(id)) else {
                throw TransformerError.editedToken(value, vocabularySize: configuration.vocabularySize)
            }
            return id
        }
    }
}
