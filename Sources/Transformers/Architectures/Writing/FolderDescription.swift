/// What the `config.json` of a folder of transformers says of a model: the way back of ``HuggingFaceKeys``.
///
/// Values are JSON text: transformers tells 50.0 from 50.
struct FolderDescription {
    let configuration: TransformerConfiguration
    /// By key.
    private(set) var values: [String: String] = [:]

    /// - Parameters:
    ///   - type: `model_type`
    ///   - name: of transformers' class of the model with its head
    init(_ configuration: TransformerConfiguration, type: String, class name: String) {
        self.configuration = configuration
        add("model_type", text: type)
        add("architectures", texts: [name])
        add("torch_dtype", text: "float32")
    }

    /// Null where there is no value. So for the others.
    mutating func add(_ key: String, _ value: Int?) { values[key] = value.map { "\($0)" } ?? "null" }

    /// The shortest decimal of the value, so that 1e-5 is not written as 9.999999747378752e-06.
    mutating func add(_ key: String, _ value: Float?) { values[key] = value.map { "\($0)" } ?? "null" }

    mutating func add(_ key: String, _ value: Double) { values[key] = "\(value)" }

    mutating func add(_ key: String, _ value: Bool) { values[key] = "\(value)" }

    /// - Parameter text: of letters, digits and `_`, which JSON writes as they are
    mutating func add(_ key: String, text: String) { values[key] = "\"\(text)\"" }

    mutating func add(_ key: String, texts: [String]) {
        values[key] = "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }

    /// The keys that most families have in common; what a family has beside them, it adds afterwards.
    ///
    /// - Parameters:
    ///   - epsilonKey: of the norms
    ///   - activationKey: of the function in the feed-forward layer
    ///   - namesHeadWidth: whether the family's heads may have another width than their share of the model's
    ///   - namesScaling: whether the rotation may be scaled linearly or by YaRN
    mutating func addCommon(
        epsilonKey: String = "rms_norm_eps", activationKey: String = "hidden_act", namesHeadWidth: Bool = true,
        namesScaling: Bool = true
    ) {
        add("vocab_size", configuration.vocabularySize)
        add("max_position_embeddings", configuration.contextLength)
        add("hidden_size", configuration.modelDimension)
        add("num_hidden_layers", configuration.layerCount)
        add("intermediate_size", configuration.feedForwardDimension)
        add("num_attention_heads", configuration.headCount)
        add("num_key_value_heads", configuration.keyValueHeadCount)
        if namesHeadWidth { add("head_dim", configuration.headDimension) }
        add(epsilonKey, configuration.normEpsilon)
        add(activationKey, text: activationName)
        add("rope_theta", configuration.rotaryBase)
        if namesScaling { addScaling() }
    }

    /// What the feed-forward layer's function is called.
    var activationName: String {
        switch configuration.activation {
        case .silu: "silu"
        case .gelu: "gelu"
        case .geluTanh: "gelu_pytorch_tanh"
        case .quickGelu: "quick_gelu"
        case .relu: "relu"
        case .reluSquared: "relu2"
        }
    }

    /// Nothing for a scaling by divisors, which no key of every family says.
    private mutating func addScaling() {
        switch configuration.rotaryScaling {
        case .none, .divisors, .llama3: break
        case .linear(let factor): values["rope_scaling"] = "{\"rope_type\": \"linear\", \"factor\": \(factor)}"
        case .yarn(let yarn):
            values["rope_scaling"] =
                "{\"rope_type\": \"yarn\", \"factor\": \(yarn.factor), "
                + "\"original_max_position_embeddings\": \(yarn.originalContext), "
                + "\"attention_factor\": \(yarn.magnitude), \"beta_fast\": \(yarn.fastRotations), "
                + "\"beta_slow\": \(yarn.slowRotations), \"truncate\": \(yarn.truncates)}"
        }
    }

    /// The window, and which layers have it.
    mutating func addSlidingLayers() {
        let window = configuration.slidingWindow
        let layers = window?.layers ?? Array(repeating: false, count: configuration.layerCount)
        add("sliding_window", window?.width)
        add("layer_types", texts: layers.map { $0 ? "sliding_attention" : "full_attention" })
    }

    /// What attention scores are divided by, squared: a whole number, as transformers asks for.
    mutating func addAttentionScalar() {
        let scalar = 1 / (configuration.attentionScale * configuration.attentionScale)
        add("query_pre_attn_scalar", Int(exactly: scalar.rounded()) ?? 0)
    }
}

extension TransformerConfiguration {
    /// Rotated share of each head.
    var rotaryShare: Double { Double(rotaryDimension) / Double(max(headDimension, 1)) }
}
