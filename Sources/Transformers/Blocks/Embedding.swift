internal import Tensors

extension ForwardPass {
    /// The residual stream before the first block: [rows, modelDimension].
    mutating func embed(into x: MatrixSlice, _ weights: TransformerWeights) throws {
        for (row, id) in batch.ids.enumerated() {
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
}
