/// Qwen 2 and 2.5 (Yang et al. 2024): a Llama with biases on queries, keys and values.
enum Qwen2: Architecture {
    static let name = "qwen2"
    static let modelTypes = ["qwen2"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        switch source.convention {
        case .gguf: return try GGUFKeys(source, name).configuration()
        case .huggingFace:
            let keys = HuggingFaceKeys(source)
            var configuration = try keys.configuration(
                architecture: name,
                defaults: HuggingFaceDefaults(contextLength: 32_768, normEpsilon: 1e-6))
            configuration.slidingWindow = try keys.lateSlidingWindow(layerCount: configuration.layerCount)
            return configuration
        }
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "qwen2", class: "Qwen2ForCausalLM")
        description.addCommon()
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
            let head = try HuggingFaceKeys(source).headName(
                "lm_head", embedding: "model.embed_tokens", isTied: false)
            return WeightLayout(
                embedding: "model.embed_tokens.weight",
                blocks: configuration.blockNames("model.layers.").map(huggingFaceBlock),
                finalNorm: configuration.finalNorm("model.norm"),
                unembedding: configuration.unembedding(head),
                unused: ["lm_head.weight"])
        }
    }

    private static func ggufBlock(_ names: BlockNames) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("attn_norm"),
            queryKeyValue: names.queryKeyValue("attn_q", "attn_k", "attn_v", bias: .required),
            attentionOutput: names.attentionOutput("attn_output"),
            mlpNorm: names.norm("ffn_norm"),
            gateUp: names.gateUp("ffn_gate", "ffn_up"),
            down: names.down("ffn_down"))
    }

    private static func huggingFaceBlock(_ names: BlockNames) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("input_layernorm"),
            queryKeyValue: names.queryKeyValue(
                "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias: .required),
            attentionOutput: names.attentionOutput("self_attn.o_proj"),
            mlpNorm: names.norm("post_attention_layernorm"),
            gateUp: names.gateUp("mlp.gate_proj", "mlp.up_proj"),
            down: names.down("mlp.down_proj"))
    }
}
