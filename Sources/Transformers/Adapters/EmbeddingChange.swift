internal import Tensors

/// A low-rank change of a table of embeddings: token i gets `scale * a[i] * b`.
struct EmbeddingChange: Sendable {
    /// [vocabularySize, rank].
    var a: Matrix
    /// [rank, modelDimension].
    var b: Matrix
    var scale: Float

    /// Fails where it is no change of a model's embeddings; shapes in the message are those of PEFT's files.
    func checkShape(_ name: String, _ configuration: TransformerConfiguration) throws(TransformerError) {
        let (vocabulary, width, rank) = (configuration.vocabularySize, configuration.modelDimension, b.rowCount)
        guard a.rowCount == vocabulary else {
            throw .shape(tensor: "\(name) A", found: [rank, a.rowCount], expected: [rank, vocabulary])
        }
        guard b.columnCount == width else {
            throw .shape(tensor: "\(name) B", found: [b.columnCount, rank], expected: [width, rank])
        }
    }
}

/// Embeddings with what adapters add to them; a table that is also the unembedding stays what it is there.
struct AdaptedEmbedding: EmbeddingTable {
    let base: any EmbeddingTable
    let changes: [EmbeddingChange]

    func copyEmbedding(of id: Int32, to row: MatrixSlice) throws {
        try base.copyEmbedding(of: id, to: row)
        for change in changes {
            for (index, factor) in change.a.row(Int(id)).copy().enumerated() {
                RowOperations.addScaled(row, change.scale * factor, change.b.row(index), threads: 1)
            }
        }
    }
}
