/// GPT-2 (Radford et al. 2019): learned positions, layer norms, biases everywhere, an ungated feed-forward layer.
///
/// transformers stores the matrices transposed, and queries, keys and values as one.
enum GPT2: Architecture {
    static let name = "gpt2"
    static let modelTypes = ["gpt2"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        var configuration: TransformerConfiguration
        switch source.convention {
        case .gguf:
            configuration = try GGUFKeys(source, name).configuration(epsilonKey: "attention.layer_norm_epsilon")
            configuration.activation = .geluTanh
            configuration.rotaryDimension = 0
        case .huggingFace: configuration = try huggingFaceConfiguration(source)
        }
        configuration.positionEncoding = .learned
        configuration.normKind = .layer
        configuration.isGated = false
        return configuration
    }

    private static func huggingFaceConfiguration(_ source: some ModelSource) throws -> TransformerConfiguration {
        let width = try source.requiredInteger("n_embd")
        let headCount = try source.requiredInteger("n_head")
        for key in ["scale_attn_by_inverse_layer_idx", "add_cross_attention"] where try source.bool(key) ?? false {
            throw TransformerError.configuration(key: key, value: "true", allowed: "false")
        }
        let isScaled = try source.bool("scale_attn_weights") ?? true
        let hidden = try source.integer("n_inner") ?? 4 * min(max(width, 0), 65_536)
        var configuration = TransformerConfiguration(
            architecture: name, modelDimension: width, layerCount: try source.requiredInteger("n_layer"),
            headCount: headCount, keyValueHeadCount: headCount, headDimension: width / max(headCount, 1),
            feedForwardDimension: hidden, vocabularySize: try source.requiredInteger("vocab_size"),
            contextLength: try source.requiredInteger("n_positions"), rotaryBase: 10_000, rotaryDimension: 0,
            normEpsilon: try source.float("layer_norm_epsilon") ?? 1e-5)
        configuration.activation = try HuggingFaceKeys(source).activation("activation_function", or: .geluTanh)
        if !isScaled { configuration.attentionScale = 1 }
        return configuration
    }

    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        GGUFDescription(configuration, epsilonKey: "attention.layer_norm_epsilon")
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "gpt2", class: "GPT2LMHeadModel")
        description.add("vocab_size", configuration.vocabularySize)
        description.add("n_positions", configuration.contextLength)
        description.add("n_embd", configuration.modelDimension)
        description.add("n_layer", configuration.layerCount)
        description.add("n_head", configuration.headCount)
        description.add("n_inner", configuration.feedForwardDimension)
        description.add("layer_norm_epsilon", configuration.normEpsilon)
        // The same function as `gelu_pytorch_tanh`; the family's own name, whose bits differ in transformers.
        let isUsual = configuration.activation == .geluTanh
        description.add("activation_function", text: isUsual ? "gelu_new" : description.activationName)
        return description
    }

    static func layout(_ source: some ModelSource, _ configuration: TransformerConfiguration) throws -> WeightLayout {
        switch source.convention {
        case .gguf:
            return WeightLayout(
                embedding: "token_embd.weight", positions: "position_embd.weight",
                blocks: configuration.blockNames("blk.").map(ggufBlock),
                finalNorm: configuration.finalNorm("output_norm"),
                unembedding: configuration.unembedding(GGUFKeys(source, name).headName))
        case .huggingFace:
            // The first checkpoints were saved without the outer module.
            let outer = source.hasTensor("wte.weight") ? "" : "transformer."
            let head = try HuggingFaceKeys(source).headName("lm_head", embedding: "\(outer)wte", isTied: true)
            return WeightLayout(
                embedding: "\(outer)wte.weight", positions: "\(outer)wpe.weight",
                blocks: configuration.blockNames("\(outer)h.").map(huggingFaceBlock),
                finalNorm: configuration.finalNorm("\(outer)ln_f"),
                unembedding: configuration.unembedding(head),
                unused: ["lm_head.weight"])
        }
    }

    /// Masks that old checkpoints carry.
    static func isUnused(tensor name: String) -> Bool {
        name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias")
    }

    private static func ggufBlock(_ names: BlockNames) -> BlockLayout {
        block(
            names, norms: ("attn_norm", "ffn_norm"), attention: ("attn_qkv", "attn_output"),
            mlp: ("ffn_up", "ffn_down"))
    }

    private static func huggingFaceBlock(_ names: BlockNames) -> BlockLayout {
        var block = block(
            names, norms: ("ln_1", "ln_2"), attention: ("attn.c_attn", "attn.c_proj"), mlp: ("mlp.c_fc", "mlp.c_proj"))
        block.queryKeyValue[0].isTransposed = true
        block.attentionOutput.isTransposed = true
        block.gateUp[0].isTransposed = true
        block.down.isTransposed = true
        return block
    }

    private static func block(
        _ names: BlockNames, norms: (String, String), attention: (String, String), mlp: (String, String)
    ) -> BlockLayout {
        let configuration = names.configuration
        return BlockLayout(
            attentionNorm: names.norm(norms.0),
            queryKeyValue: [
                names.matrix(
                    attention.0, outputs: configuration.queryWidth + 2 * configuration.keyValueWidth,
                    inputs: configuration.modelDimension, bias: .required)
            ],
            attentionOutput: names.attentionOutput(attention.1, bias: .required),
            mlpNorm: names.norm(norms.1),
            gateUp: [names.hidden(mlp.0, bias: .required)],
            down: names.down(mlp.1, bias: .required))
    }
}
