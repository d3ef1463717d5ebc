public import Tensors

/// The weights of one block.
public struct BlockWeights: Sendable {
    /// Weights of the norm before attention, [1, modelDimension].
    var attentionNorm: Matrix
    /// Queries, keys and values in one product: [queryWidth + 2 * keyValueWidth, modelDimension].
    var queryKeyValue: PackedWeights
    /// [modelDimension, queryWidth].
    var attentionOutput: PackedWeights
    /// Weights of the norm before feed-forward, [1, modelDimension].
    var mlpNorm: Matrix
    /// Gate and linear part in one product: [2 * feedForwardDimension, modelDimension].
    var gateUp: PackedWeights
    /// [modelDimension, feedForwardDimension].
    var down: PackedWeights
}

/// All weights of a model. Read-only once loaded.
public struct TransformerWeights: Sendable {
    /// One row for each token, decoded from the file when it is asked for.
    var embedding: any EmbeddingTable
    var blocks: [BlockWeights]
    /// [1, modelDimension].
    var finalNorm: Matrix
    /// [vocabularySize, modelDimension].
    var unembedding: PackedWeights
}

/// Where token embeddings come from.
public protocol EmbeddingTable: Sendable {
    /// Writes the embedding of `id`, which is in the vocabulary, to `row`, [1, modelDimension].
    func copyEmbedding(of id: Int32, to row: MatrixSlice) throws
}
