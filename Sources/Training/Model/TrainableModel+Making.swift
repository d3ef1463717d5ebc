internal import Tensors
public import Transformers

extension TrainableModel {
    /// Makes the weights of a model trainable, nothing being trained yet.
    ///
    /// The model's matrices are shared: a step of training changes what `transformer` computes.
    ///
    /// - Parameter ownsEmbedding: whether token embeddings are to be trainable; they then leave the file for memory
    public convenience init(_ transformer: Transformer, ownsEmbedding: Bool) throws {
        let weights = transformer.weights
        let unembedding = TrainableLinear(weights: Parameter("unembed", weights.unembedding))
        let isTied = transformer.isTied
        var embedding: Parameter?
        if ownsEmbedding {
            embedding = isTied ? unembedding.weights : try Self.embedding(of: transformer)
        }
        self.init(
            embedding.map { transformer.replacing(embedding: ParameterEmbedding($0)) } ?? transformer,
            blocks: weights.blocks.enumerated().map { TrainableBlock($1, layer: $0) },
            finalNorm: TrainableNorm(weight: Parameter("ln_final", weights.finalNorm)),
            unembedding: unembedding, embedding: embedding, isTied: isTied && ownsEmbedding)
    }

    private static func embedding(of transformer: Transformer) throws -> Parameter {
        let configuration = transformer.configuration
        let matrix = Matrix(rows: configuration.vocabularySize, columns: configuration.modelDimension)
        for row in 0..<matrix.rowCount {
            try transformer.weights.embedding.copyEmbedding(of: Int32(row), to: matrix.row(row))
        }
        return Parameter("embed", matrix)
    }
}

extension TrainableBlock {
    init(_ weights: BlockWeights, layer: Int) {
        func name(_ part: String) -> String { "blocks.\(layer).\(part)" }
        attentionNorm = TrainableNorm(weight: Parameter(name("ln1"), weights.attentionNorm))
        queryKeyValue = TrainableLinear(weights: Parameter(name("attn.qkv"), weights.queryKeyValue))
        attentionOutput = TrainableLinear(weights: Parameter(name("attn.o"), weights.attentionOutput))
        mlpNorm = TrainableNorm(weight: Parameter(name("ln2"), weights.mlpNorm))
        gateUp = TrainableLinear(weights: Parameter(name("mlp.gate_up"), weights.gateUp))
        down = TrainableLinear(weights: Parameter(name("mlp.down"), weights.down))
    }
}

/// Embeddings as training has left them.
struct ParameterEmbedding: EmbeddingTable, @unchecked Sendable {
    private let parameter: Parameter

    init(_ parameter: Parameter) { self.parameter = parameter }

    func copyEmbedding(of id: Int32, to row: MatrixSlice) throws {
        try parameter.copyRows(Int(id)..<(Int(id) + 1), to: row)
    }
}
