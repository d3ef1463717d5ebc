internal import Tensors
internal import Transformers

/// One tensor of a checkpoint: some rows of a parameter, and what file formats call them.
struct NamedWeights {
    /// Without `.weight`.
    var ggufName: String
    var huggingFaceName: String
    var parameter: Parameter
    var rows: Range<Int>
    /// The order of the rows in a GGUF file; nil where it is ours, which is Hugging Face's.
    var ggufOrder: RowOrder?

    var shape: [Int] { parameter.isVector ? [parameter.columnCount] : [rows.count, parameter.columnCount] }

    /// In our order, which is Hugging Face's.
    func values() throws -> [Float] {
        let matrix = Matrix(rows: rows.count, columns: parameter.columnCount)
        try parameter.copyRows(rows, to: matrix.slice)
        return matrix.slice.copy()
    }
}

extension TrainableModel {
    /// Every tensor of the model, for families named like Llama.
    ///
    /// Embeddings that were left in their file are read from it, into a parameter of their own.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)`` for others.
    func namedWeights() throws -> [NamedWeights] {
        guard configuration.architecture == "llama" else {
            throw TrainingError.writer(
                found: "a model of the family \(configuration.architecture) by the names of Llama",
                allowed: "the family llama")
        }
        let weights = transformer.weights
        let embedding =
            try embedding
            ?? (weights.isTied
                ? unembedding.weights
                : Self.copy(weights.embedding, rows: configuration.vocabularySize, configuration, "embed"))
        var tensors = [whole("token_embd", "model.embed_tokens", embedding)]
        let targets = try AdapterTargets(configuration)
        for layer in blocks.indices { tensors += namedWeights(ofBlock: layer, targets) }
        tensors.append(whole("output_norm", "model.norm", finalNorm.weight))
        if embedding !== unembedding.weights { tensors.append(whole("output", "lm_head", unembedding.weights)) }
        return tensors
    }

    private func namedWeights(ofBlock layer: Int, _ targets: AdapterTargets) -> [NamedWeights] {
        let block = blocks[layer]
        let module = "model.layers.\(layer)"
        let projections = Projection.llama.compactMap { projection -> NamedWeights? in
            guard let gguf = targets.target(of: projection, layer: layer, .gguf),
                let huggingFace = targets.target(of: projection, layer: layer, .huggingFace)
            else { return nil }
            let place = place(of: projection)
            return NamedWeights(
                ggufName: gguf.name, huggingFaceName: huggingFace.name,
                parameter: block[keyPath: place.linear].weights, rows: place.outputs,
                ggufOrder: RowOrder.gguf(of: projection, in: configuration))
        }
        let norms = [
            block.attentionNorm.map { whole("blk.\(layer).attn_norm", "\(module).input_layernorm", $0.weight) },
            block.mlpNorm.map { whole("blk.\(layer).ffn_norm", "\(module).post_attention_layernorm", $0.weight) },
        ]
        return norms.compactMap { $0 } + projections
    }

    private func whole(_ ggufName: String, _ huggingFaceName: String, _ parameter: Parameter) -> NamedWeights {
        NamedWeights(
            ggufName: ggufName, huggingFaceName: huggingFaceName, parameter: parameter, rows: 0..<parameter.rowCount,
            ggufOrder: nil)
    }
}
