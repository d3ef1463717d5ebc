/// OLMo 2 (OLMo Team 2025): norms behind attention and feed-forward instead of before them, and on all queries and all
/// keys of a position together.
enum OLMo2: Architecture {
    static let name = "olmo2"
    static let modelTypes = ["olmo2"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        var configuration: TransformerConfiguration
        switch source.convention {
        case .gguf: configuration = try GGUFKeys(source, name).configuration()
        case .huggingFace:
            configuration = try HuggingFaceKeys(source).configuration(
                architecture: name, defaults: HuggingFaceDefaults(contextLength: 2048, normEpsilon: 1e-5))
        }
        configuration.normPlacement = .after
        configuration.queryKeyNorm = .whole
        return configuration
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "olmo2", class: "Olmo2ForCausalLM")
        description.addCommon()
        description.add("attention_bias", parameters.contains("blocks.0.attn.qkv.bias"))
        return description
    }

    static func layout(_ source: some ModelSource, _ configuration: TransformerConfiguration) throws -> WeightLayout {
        switch source.convention {
        case .gguf:
            return WeightLayout(
                embedding: "token_embd.weight",
                blocks: configuration.blockNames("blk.").map(ggufBlock),
                finalNorm: configuration.finalNorm("output_norm"),
                unembedding: configuration.unembedding(GGUFKeys(source, name).headName))
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
            queryKeyValue: names.queryKeyValue("attn_q", "attn_k", "attn_v"),
            queryNorm: names.vector("attn_q_norm", count: names.configuration.queryWidth),
            keyNorm: names.vector("attn_k_norm", count: names.configuration.keyValueWidth),
            attentionOutput: names.attentionOutput("attn_output"),
            attentionPostNorm: names.norm("post_attention_norm"),
            gateUp: names.gateUp("ffn_gate", "ffn_up"),
            down: names.down("ffn_down"),
            mlpPostNorm: names.norm("post_ffw_norm"))
    }

    private static func huggingFaceBlock(_ names: BlockNames, _ bias: MatrixLayout.Bias) -> BlockLayout {
        BlockLayout(
            queryKeyValue: names.queryKeyValue(
                "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias: bias),
            queryNorm: names.vector("self_attn.q_norm", count: names.configuration.queryWidth),
            keyNorm: names.vector("self_attn.k_norm", count: names.configuration.keyValueWidth),
            attentionOutput: names.attentionOutput("self_attn.o_proj", bias: bias),
            attentionPostNorm: names.norm("post_attention_layernorm"),
            gateUp: names.gateUp("mlp.gate_proj", "mlp.up_proj"),
            down: names.down("mlp.down_proj"),
            mlpPostNorm: names.norm("post_feedforward_layernorm"))
    }
}
