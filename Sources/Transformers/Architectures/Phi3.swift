internal import Tensors

/// Phi-3 (Abdin et al. 2024) and Phi-4: a Llama whose queries, keys and values are one matrix, and whose gate and
/// linear part are another.
///
/// Models for long contexts have rotary divisors for short and for long texts. Those for short ones are used, and the
/// context ends where they do, unless a longer one is asked for (``LongContext``).
enum Phi3: Architecture {
    static let name = "phi3"
    static let modelTypes = ["phi3"]
    static let llamaCppUsesWindow = false

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        switch source.convention {
        case .gguf: return try ggufConfiguration(source)
        case .huggingFace:
            let keys = HuggingFaceKeys(source)
            var configuration = try keys.configuration(architecture: name, defaults: defaults)
            configuration.slidingWindow = try keys.wholeSlidingWindow(layerCount: configuration.layerCount, or: nil)
            return configuration
        }
    }

    private static var defaults: HuggingFaceDefaults {
        var defaults = HuggingFaceDefaults(contextLength: 4096, normEpsilon: 1e-5)
        defaults.rotary.rotatesPartUnscaled = true
        defaults.rotary.originalContext = 4096
        defaults.rotary.namesOfLongRope = ["su", "yarn"]
        return defaults
    }

    private static func ggufConfiguration(_ source: some ModelSource) throws -> TransformerConfiguration {
        let keys = GGUFKeys(source, name)
        var configuration = try keys.configuration()
        configuration.slidingWindow = try keys.slidingWindow(layerCount: configuration.layerCount)
        guard source.hasTensor(shortDivisors) else { return configuration }
        let count = max(0, min(configuration.rotaryDimension, 4096)) / 2
        let magnitude = try keys.float("rope.scaling.attn_factor") ?? 1
        func scaling(_ name: String) throws -> RotaryScaling {
            .divisors(try source.vector(name, count: count).slice.copy(), magnitude: magnitude)
        }
        configuration.rotaryScaling = try scaling(shortDivisors)
        let whole = configuration.contextLength
        if let original = try keys.integer("rope.scaling.original_context_length"), original < whole {
            configuration.contextLength = original
            if source.hasTensor(longDivisors) {
                configuration.longContext = LongContext(
                    contextLength: whole, rotaryScaling: try scaling(longDivisors))
            }
        }
        return configuration
    }

    private static let shortDivisors = "rope_factors_short.weight"
    private static let longDivisors = "rope_factors_long.weight"

    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        var description = GGUFDescription(configuration)
        description.addSlidingWindow()
        guard case .divisors(let divisors, let magnitude) = configuration.rotaryScaling else { return description }
        description.add(tensor: shortDivisors, divisors)
        description.add("rope.scaling.attn_factor", magnitude)
        description.add("rope.scaling.original_context_length", configuration.contextLength)
        if let long = configuration.longContext, case .divisors(let divisors, magnitude) = long.rotaryScaling {
            description.add(tensor: longDivisors, divisors)
            description.add("context_length", long.contextLength)
        }
        return description
    }

    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription {
        var description = FolderDescription(configuration, type: "phi3", class: "Phi3ForCausalLM")
        description.addCommon(namesScaling: false)
        description.add("sliding_window", configuration.slidingWindow?.width)
        description.add("partial_rotary_factor", configuration.rotaryShare)
        description.add("original_max_position_embeddings", configuration.contextLength)
        return description
    }

    static func layout(_ source: some ModelSource, _ configuration: TransformerConfiguration) throws -> WeightLayout {
        switch source.convention {
        case .gguf:
            return WeightLayout(
                embedding: "token_embd.weight",
                blocks: configuration.blockNames("blk.").map {
                    block(
                        $0, norms: ("attn_norm", "ffn_norm"), attention: ("attn_qkv", "attn_output"),
                        mlp: ("ffn_up", "ffn_down"))
                },
                finalNorm: configuration.finalNorm("output_norm"),
                unembedding: configuration.unembedding(GGUFKeys(source, name).headName),
                unused: [longDivisors, shortDivisors])
        case .huggingFace:
            let head = try HuggingFaceKeys(source).headName(
                "lm_head", embedding: "model.embed_tokens", isTied: false)
            return WeightLayout(
                embedding: "model.embed_tokens.weight",
                blocks: configuration.blockNames("model.layers.").map {
                    block(
                        $0, norms: ("input_layernorm", "post_attention_layernorm"),
                        attention: ("self_attn.qkv_proj", "self_attn.o_proj"),
                        mlp: ("mlp.gate_up_proj", "mlp.down_proj"))
                },
                finalNorm: configuration.finalNorm("model.norm"),
                unembedding: configuration.unembedding(head),
                unused: ["lm_head.weight"])
        }
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
                    inputs: configuration.modelDimension)
            ],
            attentionOutput: names.attentionOutput(attention.1),
            mlpNorm: names.norm(norms.1),
            gateUp: [
                names.matrix(
                    mlp.0, outputs: 2 * configuration.feedForwardDimension, inputs: configuration.modelDimension)
            ],
            down: names.down(mlp.1))
    }
}
