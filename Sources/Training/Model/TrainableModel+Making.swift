internal import Tensors
public import Transformers

extension TrainableModel {
    /// Makes the weights of a model trainable, nothing being trained yet.
    ///
    /// The model's matrices are shared: a step of training changes what `transformer` computes.
    ///
    /// - Parameter ownsEmbedding: whether embeddings are to be trainable; they then leave the file for memory
    /// - Throws: ``TrainingError/configuration(key:found:allowed:)`` for a model with a control vector on it, or
    ///   with adapters that are not merged.
    public convenience init(_ transformer: Transformer, ownsEmbedding: Bool) throws {
        let weights = transformer.weights
        guard weights.blocks.allSatisfy({ $0.offset == nil }) else {
            throw TrainingError.configuration(key: "base_adapters", found: "a control vector", allowed: "LoRA adapters")
        }
        guard (weights.blocks.flatMap(\.linears) + [weights.unembedding]).allSatisfy(\.additions.isEmpty) else {
            throw TrainingError.configuration(
                key: "base_adapters", found: "adapters beside the weights",
                allowed: "adapters that are merged into them")
        }
        let configuration = transformer.configuration
        let unembedding = TrainableLinear("unembed", weights.unembedding)
        var embedding: Parameter?
        var positions: Parameter?
        var owner = transformer
        if ownsEmbedding {
            let table =
                try weights.isTied
                ? unembedding.weights
                : Self.copy(weights.embedding, rows: configuration.vocabularySize, configuration, "embed")
            embedding = table
            positions = try weights.positions.map {
                try Self.copy($0, rows: configuration.contextLength, configuration, "pos_embed")
            }
            owner = transformer.replacing {
                $0.embedding = ParameterEmbedding(table)
                $0.positions = positions.map { ParameterEmbedding($0) }
            }
        }
        self.init(
            owner, blocks: weights.blocks.enumerated().map { TrainableBlock($1, layer: $0) },
            finalNorm: TrainableNorm("ln_final", weights.finalNorm), unembedding: unembedding, embedding: embedding,
            positions: positions, isTied: weights.isTied && ownsEmbedding)
    }

    /// A parameter with the first rows of a table.
    static func copy(
        _ table: any EmbeddingTable, rows: Int, _ configuration: TransformerConfiguration, _ name: String
    ) throws -> Parameter {
        let matrix = Matrix(rows: rows, columns: configuration.modelDimension)
        for row in 0..<rows { try table.copyEmbedding(of: Int32(row), to: matrix.row(row)) }
        return Parameter(name, matrix)
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
