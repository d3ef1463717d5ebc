public import Tensors

/// The weights of one block.
public struct BlockWeights: Sendable {
    /// Weights of the norm before attention, [1, modelDimension].
    package var attentionNorm: Matrix
    /// Queries, keys and values in one product: [queryWidth + 2 * keyValueWidth, modelDimension].
    package var queryKeyValue: PackedWeights
    /// [modelDimension, queryWidth].
    package var attentionOutput: PackedWeights
    /// Weights of the norm before feed-forward, [1, modelDimension].
    package var mlpNorm: Matrix
    /// Gate and linear part in one product: [2 * feedForwardDimension, modelDimension].
    package var gateUp: PackedWeights
    /// [modelDimension, feedForwardDimension].
    package var down: PackedWeights
}

/// All weights of a model. Read-only once loaded.
public struct TransformerWeights: Sendable {
    /// One row for each token, decoded from the file when it is asked for.
    package var embedding: any EmbeddingTable
    package var blocks: [BlockWeights]
    /// [1, modelDimension].
    package var finalNorm: Matrix
    /// [vocabularySize, modelDimension].
    package var unembedding: PackedWeights
    /// Whether both come from one tensor.
    package var isTied: Bool
}

/// Where token embeddings come from.
public protocol EmbeddingTable: Sendable {
    /// Writes the embedding of `id`, which is in the vocabulary, to `row`, [1, modelDimension].
    func copyEmbedding(of id: Int32, to row: MatrixSlice) throws
}
