public import Tensors

/// A linear layer: `x * transpose(weights) + bias`.
public struct LinearWeights: Sendable {
    /// [outputs, inputs].
    public var weights: PackedWeights
    /// [1, outputs]; nil without one.
    public var bias: Matrix?
    /// What adapters add beside the weights, in this order; those that are merged are not here.
    public var additions: [LowRankAddition] = []
}

/// What a norm multiplies with and adds, each [1, width].
public struct NormWeights: Sendable {
    public var weight: Matrix
    /// Nil for a root mean square norm.
    public var bias: Matrix?
}

/// The weights of one block. What a family does not have is nil.
public struct BlockWeights: Sendable {
    /// The norm before attention.
    public var attentionNorm: NormWeights?
    /// Queries, keys and values in one product: [queryWidth + 2 * keyValueWidth, modelDimension].
    public var queryKeyValue: LinearWeights
    /// Norm of queries: [1, headDimension], or [1, queryWidth] for one over all heads.
    public var queryNorm: Matrix?
    /// Norm of keys: [1, headDimension] or [1, keyValueWidth].
    public var keyNorm: Matrix?
    /// [modelDimension, queryWidth].
    public var attentionOutput: LinearWeights
    /// The norm of what attention adds.
    public var attentionPostNorm: NormWeights?
    /// The norm before feed-forward.
    public var mlpNorm: NormWeights?
    /// Gate and linear part in one product: [2 * feedForwardDimension, modelDimension]; half of it without a gate.
    public var gateUp: LinearWeights
    /// [modelDimension, feedForwardDimension].
    public var down: LinearWeights
    /// The norm of what feed-forward adds.
    public var mlpPostNorm: NormWeights?
    /// Added to the residual stream behind the block, [1, modelDimension]: a control vector.
    public var offset: Matrix?

    package var linears: [LinearWeights] { [queryKeyValue, attentionOutput, gateUp, down] }
}

/// All weights of a model. Read-only once loaded.
public struct TransformerWeights: Sendable {
    /// One row for each token, decoded from the file when it is asked for.
    public var embedding: any EmbeddingTable
    /// One row for each position; nil for rotary models.
    public var positions: (any EmbeddingTable)?
    public var blocks: [BlockWeights]
    public var finalNorm: NormWeights
    /// [vocabularySize, modelDimension].
    public var unembedding: LinearWeights
    /// Whether token embeddings and the unembedding come from one tensor, and no adapter has made them two.
    public var isTied: Bool
}

/// Where embeddings come from.
public protocol EmbeddingTable: Sendable {
    /// Writes the embedding of `id`, which the table has, to `row`, [1, modelDimension].
    func copyEmbedding(of id: Int32, to row: MatrixSlice) throws
}
