/// Names of the tensors of one block.
struct BlockNames {
    /// `blk.3.`, `model.layers.3.`
    let prefix: String
    let configuration: TransformerConfiguration

    /// A linear layer.
    func matrix(
        _ name: String, outputs: Int, inputs: Int, bias: MatrixLayout.Bias = .none, order: [Int]? = nil
    ) -> MatrixLayout {
        MatrixLayout(name: prefix + name, outputs: outputs, inputs: inputs, bias: bias, order: order)
    }

    /// A norm as wide as the residual stream, with a bias where norms have one.
    func norm(_ name: String, offset: Float = 0) -> VectorLayout {
        VectorLayout(
            name: prefix + name, count: configuration.modelDimension, hasBias: configuration.normKind == .layer,
            offset: offset)
    }

    /// A norm on queries or keys.
    func vector(_ name: String, count: Int, offset: Float = 0) -> VectorLayout {
        VectorLayout(name: prefix + name, count: count, offset: offset)
    }

    /// Three projections, stacked.
    func queryKeyValue(
        _ query: String, _ key: String, _ value: String, bias: MatrixLayout.Bias = .none,
        order: (_ heads: Int) -> [Int]? = { _ in nil }
    ) -> [MatrixLayout] {
        let width = configuration.modelDimension
        let keyValueWidth = configuration.keyValueWidth
        return [
            matrix(
                query, outputs: configuration.queryWidth, inputs: width, bias: bias,
                order: order(configuration.headCount)),
            matrix(
                key, outputs: keyValueWidth, inputs: width, bias: bias, order: order(configuration.keyValueHeadCount)),
            matrix(value, outputs: keyValueWidth, inputs: width, bias: bias),
        ]
    }

    /// What leads from the heads back to the residual stream.
    func attentionOutput(_ name: String, bias: MatrixLayout.Bias = .none) -> MatrixLayout {
        matrix(name, outputs: configuration.modelDimension, inputs: configuration.queryWidth, bias: bias)
    }

    /// Gate and linear part, stacked.
    func gateUp(_ gate: String, _ up: String, bias: MatrixLayout.Bias = .none) -> [MatrixLayout] {
        [hidden(gate, bias: bias), hidden(up, bias: bias)]
    }

    /// One layer from the residual stream to the feed-forward layer's width.
    func hidden(_ name: String, bias: MatrixLayout.Bias = .none) -> MatrixLayout {
        matrix(name, outputs: configuration.feedForwardDimension, inputs: configuration.modelDimension, bias: bias)
    }

    /// One layer from the feed-forward layer's width to the residual stream.
    func down(_ name: String, bias: MatrixLayout.Bias = .none) -> MatrixLayout {
        matrix(name, outputs: configuration.modelDimension, inputs: configuration.feedForwardDimension, bias: bias)
    }
}

extension TransformerConfiguration {
    /// Names of every block, `prefix` before the number.
    func blockNames(_ prefix: String) -> [BlockNames] {
        (0..<layerCount).map { BlockNames(prefix: "\(prefix)\($0).", configuration: self) }
    }

    /// The final norm.
    func finalNorm(_ name: String, offset: Float = 0) -> VectorLayout {
        VectorLayout(name: name, count: modelDimension, hasBias: normKind == .layer, offset: offset)
    }

    /// A head, or the embedding in its place.
    func unembedding(_ name: String, bias: MatrixLayout.Bias = .none) -> MatrixLayout {
        MatrixLayout(name: name, outputs: vocabularySize, inputs: modelDimension, bias: bias)
    }
}
