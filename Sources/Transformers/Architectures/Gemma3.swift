/// Gemma 3 (Gemma Team 2025), text: norms on both sides and on the heads of queries and keys; five layers of six have
/// a sliding window and a rotary base of their own.
enum Gemma3: Architecture {
    static let name = "gemma3"
    static let modelTypes = ["gemma3_text"]

    /// Every layer of this number, counted from 1, sees everything.
    private static let period = 6

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        var configuration: TransformerConfiguration
        switch source.convention {
        case .gguf:
            let keys = GGUFKeys(source, name)
            configuration = try keys.configuration()
            configuration.activation = .geluTanh
            if try keys.float("rope.freq_base") == nil { configuration.rotaryBase = 1_000_000 }
            configuration.slidingWindow = try keys.slidingWindow(layerCount: configuration.layerCount) {
                ($0 + 1) % period != 0
            }
            configuration.slidingWindow?.rotaryBase = try keys.float("rope.freq_base_swa") ?? 10_000
            configuration.logitSoftCap = try keys.float("final_logit_softcapping")
            if try keys.float("attention.scale") == nil, let scale = impliedScale(configuration) {
                configuration.attentionScale = scale
            }
        case .huggingFace: configuration = try huggingFaceConfiguration(source)
        }
        configuration.normPlacement = .around
        configuration.queryKeyNorm = .perHead
        configuration.embeddingScale = Float(configuration.modelDimension).squareRoot()
        return configuration
    }

    private static func huggingFaceConfiguration(_ source: some ModelSource) throws -> TransformerConfiguration {
        let keys = HuggingFaceKeys(source)
        var configuration = try keys.configuration(
            architecture: name, defaults: defaults, activationKey: "hidden_activation")
        try keys.refuseBidirectionalAttention()
        try refuseScaledWindows(source)
        let period = max(try source.integer("sliding_window_pattern") ?? period, 1)
        configuration.slidingWindow = try keys.slidingWindow(layerCount: configuration.layerCount, or: 4096) {
            ($0 + 1) % period != 0
        }
        configuration.slidingWindow?.rotaryBase =
            try source.float("rope_parameters.sliding_attention.rope_theta")
            ?? source.float("rope_local_base_freq") ?? 10_000
        configuration.logitSoftCap = try source.float("final_logit_softcapping")
        configuration.attentionScale = 1 / (try source.float("query_pre_attn_scalar") ?? 256).squareRoot()
        return configuration
    }

    /// The released files of 4B and more leave out what their class fills in.
    private static var defaults: HuggingFaceDefaults {
        var defaults = HuggingFaceDefaults(
            contextLength: 131_072, normEpsilon: 1e-6, activation: .geluTanh, vocabularySize: 262_208, headCount: 8,
            keyValueHeadCount: 4, headDimension: 256)
        defaults.rotary.base = 1_000_000
        defaults.rotary.layerType = "full_attention"
        return defaults
    }

    /// transformers scales the rotation of the layers with a window too, where the file says so.
    private static func refuseScaledWindows(_ source: some ModelSource) throws {
        let section = "rope_parameters.sliding_attention"
        for key in ["\(section).rope_type", "\(section).type"] {
            guard let type = try source.string(key) else { continue }
            guard type == "default" else {
                throw TransformerError.configuration(key: key, value: type, allowed: "default")
            }
            return
        }
    }

    /// The scale of the 27B model, whose files do not say it; nil for the others.
    private static func impliedScale(_ configuration: TransformerConfiguration) -> Float? {
        configuration.layerCount == 62 ? configuration.scaleByWidth : nil
    }

    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        var description = GGUFDescription(configuration, impliedScale: impliedScale(configuration))
        description.addSlidingWindow()
        description.add("rope.freq_base_swa", configuration.slidingWindow?.rotaryBase)
        description.add("final_logit_softcapping", configuration.logitSoftCap)
        return description
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "gemma3_text", class: "Gemma3ForCausalLM")
        description.addCommon(activationKey: "hidden_activation")
        description.addSlidingLayers()
        description.addAttentionScalar()
        description.add("attention_bias", parameters.contains("blocks.0.attn.qkv.bias"))
        description.add("rope_local_base_freq", configuration.slidingWindow?.rotaryBase ?? 10_000)
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
            queryNorm: names.vector("attn_q_norm", count: names.configuration.headDimension),
            keyNorm: names.vector("attn_k_norm", count: names.configuration.headDimension),
            attentionOutput: names.attentionOutput("attn_output"),
            attentionPostNorm: names.norm("post_attention_norm"),
            mlpNorm: names.norm("ffn_norm"),
            gateUp: names.gateUp("ffn_gate", "ffn_up"),
            down: names.down("ffn_down"),
            mlpPostNorm: names.norm("post_ffw_norm"))
    }

    private static func huggingFaceBlock(_ names: BlockNames, _ bias: MatrixLayout.Bias) -> BlockLayout {
        let headDimension = names.configuration.headDimension
        return BlockLayout(
            attentionNorm: names.norm("input_layernorm", offset: 1),
            queryKeyValue: names.queryKeyValue(
                "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias: bias),
            queryNorm: names.vector("self_attn.q_norm", count: headDimension, offset: 1),
            keyNorm: names.vector("self_attn.k_norm", count: headDimension, offset: 1),
            attentionOutput: names.attentionOutput("self_attn.o_proj", bias: bias),
            attentionPostNorm: names.norm("post_attention_layernorm", offset: 1),
            mlpNorm: names.norm("pre_feedforward_layernorm", offset: 1),
            gateUp: names.gateUp("mlp.gate_proj", "mlp.up_proj"),
            down: names.down("mlp.down_proj"),
            mlpPostNorm: names.norm("post_feedforward_layernorm", offset: 1))
    }
}
