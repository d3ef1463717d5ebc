internal import Tensors
internal import Transformers

extension TrainingPass {
    /// The residual stream before the first block: [rows, modelDimension].
    mutating func embed(into x: MatrixSlice) throws {
        let weights = model.base.weights
        for (row, id) in batch.ids.enumerated() {
            try weights.embedding.copyEmbedding(of: id, to: x.rows(row..<(row + 1)))
        }
        if let scale = configuration.embeddingScale { RowOperations.scale(x, by: scale, threads: threads) }
        visitForward(.embed, layer: nil, x)
        guard let table = weights.positions else { return }
        let learned = rows(space.normalized)
        for (row, position) in batch.positions.enumerated() {
            try table.copyEmbedding(of: position, to: learned.rows(row..<(row + 1)))
        }
        RowOperations.add(x, learned, into: x, threads: threads)
    }

    /// Adds the gradient of the residual stream before the first block, in `space.dResidual`, to those of embeddings.
    mutating func embedBackward() {
        let dx = rows(space.dResidual)
        if let gradient = model.positions?.gradient {
            for (row, position) in batch.positions.enumerated() { add(dx, row, to: gradient.row(Int(position))) }
        }
        visitGradient(.embed, layer: nil, dx)
        guard let gradient = model.embedding?.gradient else { return }
        if let scale = configuration.embeddingScale { RowOperations.scale(dx, by: scale, threads: threads) }
        for (row, id) in batch.ids.enumerated() { add(dx, row, to: gradient.row(Int(id))) }
    }

    private func add(_ dx: MatrixSlice, _ row: Int, to slot: MatrixSlice) {
        RowOperations.add(slot, dx.rows(row..<(row + 1)), into: slot, threads: 1)
    }
}
