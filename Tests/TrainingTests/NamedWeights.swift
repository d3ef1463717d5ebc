import Tensors
import Transformers

@testable import Training

/// One tensor of a GGUF file: some rows of a parameter, and what the file calls them.
struct NamedWeights {
    /// Without `.weight`.
    var ggufName: String
    var parameter: Parameter
    var rows: Range<Int>
    /// The order of the rows in a GGUF file; nil where it is ours, which is Hugging Face's.
    var ggufOrder: RowOrder?
}

extension TrainableModel {
    /// Every tensor of the model, for families named like Llama.
    ///
    /// Embeddings that were left in their file are read from it, into a parameter of their own.
    func namedWeights() throws -> [NamedWeights] {
        let weights = transformer.weights
        let embedding =
            try embedding
            ?? (weights.isTied
                ? unembedding.weights
                : Self.copy(weights.embedding, rows: configuration.vocabularySize, configuration, "embed"))
        var tensors = [whole("token_embd", embedding)]
        let targets = try AdapterTargets(configuration)
        for layer in blocks.indices { tensors += namedWeights(ofBlock: layer, targets) }
        tensors.append(whole("output_norm", finalNorm.weight))
        if embedding !== unembedding.weights { tensors.append(whole("output", unembedding.weights)) }
        return tensors
    }

    private func namedWeights(ofBlock layer: Int, _ targets: AdapterTargets) -> [NamedWeights] {
        let block = blocks[layer]
        let projections = Projection.llama.compactMap { projection -> NamedWeights? in
            guard let target = targets.target(of: projection, layer: layer, .gguf) else { return nil }
            let place = place(of: projection)
            return NamedWeights(
                ggufName: target.name, parameter: block[keyPath: place.linear].weights, rows: place.outputs,
                ggufOrder: RowOrder.gguf(of: projection, in: configuration))
        }
        let norms = [
            block.attentionNorm.map { whole("blk.\(layer).attn_norm", $0.weight) },
            block.mlpNorm.map { whole("blk.\(layer).ffn_norm", $0.weight) },
        ]
        return norms.compactMap { $0 } + projections
    }

    private func whole(_ ggufName: String, _ parameter: Parameter) -> NamedWeights {
        NamedWeights(ggufName: ggufName, parameter: parameter, rows: 0..<parameter.rowCount, ggufOrder: nil)
    }
}

extension RowOrder {
    /// The order of a projection's rows in GGUF files; nil where it is ours, which is Hugging Face's.
    ///
    /// Files of the family `llama` hold the rows of a head's two halves in turn, so that components that are rotated
    /// together lie next to each other.
    static func gguf(of projection: Projection, in configuration: TransformerConfiguration) -> RowOrder? {
        guard configuration.architecture == "llama" else { return nil }
        let heads: Int
        switch projection {
        case .query: heads = configuration.headCount
        case .key: heads = configuration.keyValueHeadCount
        default: return nil
        }
        let half = configuration.headDimension / 2
        return RowOrder(
            rows: (0..<heads).flatMap { head in
                (0..<configuration.headDimension).map { row in
                    head * configuration.headDimension + row % 2 * half + row / 2
                }
            })
    }
}
