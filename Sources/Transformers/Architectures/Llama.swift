/// Llama (Touvron et al. 2023) and what is built like it: pre-norm blocks, rotary positions, grouped heads, a gated
/// feed-forward layer. Mistral adds a sliding window.
enum Llama: Architecture {
    static let name = "llama"
    static let modelTypes = ["llama", "mistral"]
    static let llamaCppUsesWindow = false

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        switch source.convention {
        case .gguf:
            let keys = GGUFKeys(source, name)
            var configuration = try keys.configuration()
            configuration.slidingWindow = try keys.slidingWindow(layerCount: configuration.layerCount)
            return configuration
        case .huggingFace:
            return try source.string("model_type") == "mistral"
                ? mistralConfiguration(source)
                : HuggingFaceKeys(source).configuration(
                    architecture: name, defaults: HuggingFaceDefaults(contextLength: 2048, normEpsilon: 1e-6))
        }
    }

    /// Every layer slides, whatever `layer_types` says. A window of Llama is not read, as in transformers.
    private static func mistralConfiguration(_ source: some ModelSource) throws -> TransformerConfiguration {
        let keys = HuggingFaceKeys(source)
        var configuration = try keys.configuration(
            architecture: name,
            defaults: HuggingFaceDefaults(contextLength: 131_072, normEpsilon: 1e-6, keyValueHeadCount: 8))
        configuration.slidingWindow = try keys.wholeSlidingWindow(layerCount: configuration.layerCount, or: 4096)
        return configuration
    }

    /// Frequencies scaled as in Llama 3.1 are divisors in a tensor of their own.
    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        var description = GGUFDescription(configuration)
        description.addSlidingWindow()
        switch configuration.rotaryScaling {
        case .llama3, .divisors: description.add(tensor: "rope_freqs.weight", configuration.rotaryDivisors)
        case .none, .linear, .yarn: break
        }
        return description
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        if let window = configuration.slidingWindow {
            var description = FolderDescription(configuration, type: "mistral", class: "MistralForCausalLM")
            description.addCommon()
            description.add("sliding_window", window.width)
            return description
        }
        var description = FolderDescription(configuration, type: "llama", class: "LlamaForCausalLM")
        description.addCommon()
        description.add("attention_bias", parameters.contains("blocks.0.attn.qkv.bias"))
        description.add("mlp_bias", parameters.contains("blocks.0.mlp.gate_up.bias"))
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
            let keys = HuggingFaceKeys(source)
            // Mistral has no biases, whatever the file says.
            let mayHaveBias = try source.string("model_type") != "mistral"
            let attentionBias = try mayHaveBias && source.bool("attention_bias") ?? false
            let mlpBias = try mayHaveBias && source.bool("mlp_bias") ?? false
            let head = try keys.headName("lm_head", embedding: "model.embed_tokens", isTied: false)
            return WeightLayout(
                embedding: "model.embed_tokens.weight",
                blocks: configuration.blockNames("model.layers.").map {
                    huggingFaceBlock($0, attentionBias ? .required : .none, mlpBias ? .required : .none)
                },
                finalNorm: configuration.finalNorm("model.norm"),
                unembedding: configuration.unembedding(head),
                unused: ["lm_head.weight"])
        }
    }

    private static func ggufBlock(_ names: BlockNames) -> BlockLayout {
        let headDimension = names.configuration.headDimension
        return BlockLayout(
            attentionNorm: names.norm("attn_norm"),
            queryKeyValue: names.queryKeyValue("attn_q", "attn_k", "attn_v", bias: .optional) { heads in
                unpermuted(heads: heads, headDimension: headDimension)
            },
            attentionOutput: names.attentionOutput("attn_output", bias: .optional),
            mlpNorm: names.norm("ffn_norm"),
            gateUp: names.gateUp("ffn_gate", "ffn_up", bias: .optional),
            down: names.down("ffn_down", bias: .optional))
    }

    private static func huggingFaceBlock(
        _ names: BlockNames, _ attentionBias: MatrixLayout.Bias, _ mlpBias: MatrixLayout.Bias
    ) -> BlockLayout {
        BlockLayout(
            attentionNorm: names.norm("input_layernorm"),
            queryKeyValue: names.queryKeyValue(
                "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias: attentionBias),
            attentionOutput: names.attentionOutput("self_attn.o_proj", bias: attentionBias),
            mlpNorm: names.norm("post_attention_layernorm"),
            gateUp: names.gateUp("mlp.gate_proj", "mlp.up_proj", bias: mlpBias),
            down: names.down("mlp.down_proj", bias: mlpBias))
    }

    /// GGUF files of this family hold the rows of a head's two halves in turn, so that components that are rotated
    /// together lie next to each other.
    private static func unpermuted(heads: Int, headDimension: Int) -> [Int] {
        let half = headDimension / 2
        return (0..<(heads * headDimension)).map { row in
            let (head, component) = (row / headDimension, row % headDimension)
            return head * headDimension + component % half * 2 + component / half
        }
    }
}
