/// Gemma 2 (Gemma Team 2024): norms on both sides, capped scores and logits, a sliding window in every other layer,
/// embeddings scaled by the square root of their width.
enum Gemma2: Architecture {
    static let name = "gemma2"
    static let modelTypes = ["gemma2"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        /// The first layer slides, the second sees everything, and so on.
        func slides(_ layer: Int) -> Bool { layer % 2 == 0 }
        var configuration: TransformerConfiguration
        switch source.convention {
        case .gguf:
            let keys = GGUFKeys(source, name)
            configuration = try keys.configuration()
            configuration.activation = .geluTanh
            configuration.slidingWindow = try keys.slidingWindow(
                layerCount: configuration.layerCount, slides: slides)
            configuration.attentionSoftCap = try keys.float("attn_logit_softcapping") ?? 50
            configuration.logitSoftCap = try keys.float("final_logit_softcapping") ?? 30
            if try keys.float("attention.scale") == nil, let scale = impliedScale(configuration) {
                configuration.attentionScale = scale
            }
        case .huggingFace:
            let keys = HuggingFaceKeys(source)
            configuration = try keys.configuration(
                architecture: name, defaults: defaults, activationKey: "hidden_activation")
            try keys.refuseBidirectionalAttention()
            configuration.slidingWindow = try keys.slidingWindow(
                layerCount: configuration.layerCount, or: 4096, slides: slides)
            configuration.attentionSoftCap = try keys.absent("attn_logit_softcapping", source.float, 50)
            configuration.logitSoftCap = try keys.absent("final_logit_softcapping", source.float, 30)
            configuration.attentionScale = 1 / (try source.float("query_pre_attn_scalar") ?? 256).squareRoot()
        }
        configuration.normPlacement = .around
        configuration.embeddingScale = Float(configuration.modelDimension).squareRoot()
        return configuration
    }

    private static var defaults: HuggingFaceDefaults {
        HuggingFaceDefaults(
            contextLength: 8192, normEpsilon: 1e-6, activation: .geluTanh, keyValueHeadCount: 4, headDimension: 256)
    }

    /// The scale of the 27B model, whose files do not say it; nil for the others.
    private static func impliedScale(_ configuration: TransformerConfiguration) -> Float? {
        configuration.layerCount == 46 ? configuration.scaleByWidth : nil
    }

    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        var description = GGUFDescription(configuration, impliedScale: impliedScale(configuration))
        description.addSlidingWindow()
        description.add("attn_logit_softcapping", configuration.attentionSoftCap)
        description.add("final_logit_softcapping", configuration.logitSoftCap)
        return description
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "gemma2", class: "Gemma2ForCausalLM")
        description.addCommon(activationKey: "hidden_activation")
        description.addSlidingLayers()
        description.addAttentionScalar()
        description.add("attention_bias", parameters.contains("blocks.0.attn.qkv.bias"))
        description.add("attn_logit_softcapping", configuration.attentionSoftCap)
        description.add("final_logit_softcapping", configuration.logitSoftCap)
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
            let head = try HuggingFaceKeys(source).headName("lm_head", embedding: "model.embed_tokens", isTied: true)
            return WeightLayout(
                embedding: "model.embed_tokens.weight",
                blocks: configuration.blockNames("model.layers.").map { huggingFaceBlock($0, bias) },
                finalNorm: configuration.finalNorm("model.norm", offset: 1),
                unembedding: configuration.unembedding(head),
                unused: ["lm_head.weight"])
        }
    }

    private static func ggufBlock(_ names: BlockNames) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("attn_norm"),
            queryKeyValue: names.queryKeyValue("attn_q", "attn_k", "attn_v"),
            attentionOutput: names.attentionOutput("attn_output"),
            attentionPostNorm: names.norm("post_attention_norm"),
            mlpNorm: names.norm("ffn_norm"),
            gateUp: names.gateUp("ffn_gate", "ffn_up"),
            down: names.down("ffn_down"),
            mlpPostNorm: names.norm("post_ffw_norm"))
    }

    private static func huggingFaceBlock(_ names: BlockNames, _ bias: MatrixLayout.Bias) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("input_layernorm", offset: 1),
            queryKeyValue: names.queryKeyValue(
                "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias: bias),
            attentionOutput: names.attentionOutput("self_attn.o_proj", bias: bias),
            attentionPostNorm: names.norm("post_attention_layernorm", offset: 1),
            mlpNorm: names.norm("pre_feedforward_layernorm", offset: 1),
            gateUp: names.gateUp("mlp.gate_proj", "mlp.up_proj"),
            down: names.down("mlp.down_proj"),
            mlpPostNorm: names.norm("post_feedforward_layernorm", offset: 1))
    }
}

extension TransformerConfiguration {
    /// The attention scale of Gemma's 27B models, whose heads are narrower than their share of the width.
    var scaleByWidth: Float { 1 / Float(modelDimension / max(headCount, 1)).squareRoot() }
}
