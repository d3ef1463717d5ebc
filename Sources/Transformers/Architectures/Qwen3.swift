/// Qwen 3 (Yang et al. 2025), dense: queries and keys are normalised head by head.
enum Qwen3: Architecture {
    static let name = "qwen3"
    static let modelTypes = ["qwen3"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        var configuration: TransformerConfiguration
        switch source.convention {
        case .gguf: configuration = try GGUFKeys(source, name).configuration()
        case .huggingFace:
            let keys = HuggingFaceKeys(source)
            configuration = try keys.configuration(
                architecture: name,
                defaults: HuggingFaceDefaults(contextLength: 32_768, normEpsilon: 1e-6, headDimension: 128))
            configuration.slidingWindow = try keys.lateSlidingWindow(layerCount: configuration.layerCount)
        }
        configuration.queryKeyNorm = .perHead
        return configuration
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "qwen3", class: "Qwen3ForCausalLM")
        description.addCommon()
        description.add("attention_bias", parameters.contains("blocks.0.attn.qkv.bias"))
        description.add("use_sliding_window", false)
        return description
    }

    static func layout(_ source: some ModelSource, _ configuration: TransformerConfiguration) throws -> WeightLayout {
        switch source.convention {
        case .gguf:
            return WeightLayout(
                embedding: "token_embd.weight",
                blocks: configuration.blockNames("blk.").map(ggufBlock),
                finalNorm: configuration.finalNorm("output_norm"),
                unembedding: configuration.unembedding(GGUFKeys(source, name).headName),
                unused: ["rope_freqs.weight"])
        case .huggingFace:
            let bias: MatrixLayout.Bias = try source.bool("attention_bias") ?? false ? .required : .none
            let head = try HuggingFaceKeys(source).headName(
                "lm_head", embedding: "model.embed_tokens", isTied: false)
            return WeightLayout(
                embedding: "model.embed_tokens.weight",
                blocks: configuration.blockNames("model.layers.").map { huggingFaceBlock($0, bias) },
                finalNorm: configuration.finalNorm("model.norm"),
                unembedding: configuration.unembedding(head),
                unused: ["lm_head.weight"])
        }
    }

    private static func ggufBlock(_ names: BlockNames) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("attn_norm"),
            queryKeyValue: names.queryKeyValue("attn_q", "attn_k", "attn_v", bias: .optional),
            queryNorm: names.vector("attn_q_norm", count: names.configuration.headDimension),
            keyNorm: names.vector("attn_k_norm", count: names.configuration.headDimension),
            attentionOutput: names.attentionOutput("attn_output", bias: .optional),
            mlpNorm: names.norm("ffn_norm"),
            gateUp: names.gateUp("ffn_gate", "ffn_up"),
            down: names.down("ffn_down"))
    }

    private static func huggingFaceBlock(_ names: BlockNames, _ bias: MatrixLayout.Bias) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("input_layernorm"),
            queryKeyValue: names.queryKeyValue(
                "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias: bias),
            queryNorm: names.vector("self_attn.q_norm", count: names.configuration.headDimension),
            keyNorm: names.vector("self_attn.k_norm", count: names.configuration.headDimension),
            attentionOutput: names.attentionOutput("self_attn.o_proj", bias: bias),
            mlpNorm: names.norm("post_attention_layernorm"),
            gateUp: names.gateUp("mlp.gate_proj", "mlp.up_proj"),
            down: names.down("mlp.down_proj"))
    }
}
