/// GPT-NeoX (Black et al. 2022) and Pythia (Biderman et al. 2023): attention and feed-forward side by side, layer norms,
/// biases, part of each head rotated.
enum GPTNeoX: Architecture {
    static let name = "gptneox"
    static let modelTypes = ["gpt_neox"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        var configuration: TransformerConfiguration
        switch source.convention {
        case .gguf:
            configuration = try GGUFKeys(source, name).configuration(epsilonKey: "attention.layer_norm_epsilon")
            configuration.isParallel = try source.bool("\(name).use_parallel_residual") ?? true
            configuration.activation = .gelu
        case .huggingFace:
            let keys = HuggingFaceKeys(source)
            configuration = try keys.configuration(
                architecture: name, defaults: defaults, epsilonKey: "layer_norm_eps")
            configuration.isParallel = try source.bool("use_parallel_residual") ?? true
        }
        configuration.keyValueHeadCount = configuration.headCount
        configuration.normKind = .layer
        configuration.isGated = false
        return configuration
    }

    private static var defaults: HuggingFaceDefaults {
        var defaults = HuggingFaceDefaults(contextLength: 2048, normEpsilon: 1e-5, activation: .gelu)
        defaults.rotary.baseKey = "rotary_emb_base"
        defaults.rotary.partKey = "rotary_pct"
        defaults.rotary.part = 0.25
        defaults.rotary.rotatesPartUnscaled = true
        return defaults
    }

    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        var description = GGUFDescription(configuration, epsilonKey: "attention.layer_norm_epsilon")
        description.add("use_parallel_residual", configuration.isParallel)
        return description
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "gpt_neox", class: "GPTNeoXForCausalLM")
        description.addCommon(epsilonKey: "layer_norm_eps", namesHeadWidth: false)
        description.add("attention_bias", parameters.contains("blocks.0.attn.qkv.bias"))
        description.add("rotary_pct", configuration.rotaryShare)
        description.add("rotary_emb_base", configuration.rotaryBase)
        description.add("use_parallel_residual", configuration.isParallel)
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
            let bias: MatrixLayout.Bias = try source.bool("attention_bias") ?? true ? .required : .none
            let head = try HuggingFaceKeys(source).headName(
                "embed_out", embedding: "gpt_neox.embed_in", isTied: false)
            return WeightLayout(
                embedding: "gpt_neox.embed_in.weight",
                blocks: configuration.blockNames("gpt_neox.layers.").map { huggingFaceBlock($0, bias) },
                finalNorm: configuration.finalNorm("gpt_neox.final_layer_norm"),
                unembedding: configuration.unembedding(head),
                unused: ["embed_out.weight"])
        }
    }

    /// Masks and frequencies that old checkpoints carry.
    static func isUnused(tensor name: String) -> Bool {
        [".attention.bias", ".attention.masked_bias", ".attention.rotary_emb.inv_freq"].contains(where: name.hasSuffix)
    }

    private static func ggufBlock(_ names: BlockNames) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("attn_norm"),
            queryKeyValue: [fused(names, "attn_qkv", bias: .required)],
            attentionOutput: names.attentionOutput("attn_output", bias: .required),
            mlpNorm: names.norm("ffn_norm"),
            gateUp: [names.hidden("ffn_up", bias: .required)],
            down: names.down("ffn_down", bias: .required))
    }

    private static func huggingFaceBlock(_ names: BlockNames, _ bias: MatrixLayout.Bias) -> BlockLayout {
        var queryKeyValue = fused(names, "attention.query_key_value", bias: bias)
        queryKeyValue.order = byKind(
            heads: names.configuration.headCount, headDimension: names.configuration.headDimension)
        return BlockLayout(
            attentionNorm: names.norm("input_layernorm"),
            queryKeyValue: [queryKeyValue],
            attentionOutput: names.attentionOutput("attention.dense", bias: bias),
            mlpNorm: names.norm("post_attention_layernorm"),
            gateUp: [names.hidden("mlp.dense_h_to_4h", bias: .required)],
            down: names.down("mlp.dense_4h_to_h", bias: .required))
    }

    private static func fused(_ names: BlockNames, _ name: String, bias: MatrixLayout.Bias) -> MatrixLayout {
        names.matrix(
            name, outputs: 3 * names.configuration.queryWidth, inputs: names.configuration.modelDimension, bias: bias)
    }

    /// transformers' files hold query, key and value of the first head, then of the second, and so on.
    private static func byKind(heads: Int, headDimension: Int) -> [Int] {
        (0..<3).flatMap { kind in
            (0..<heads).flatMap { head in (0..<headDimension).map { (head * 3 + kind) * headDimension + $0 } }
        }
    }
}
