internal import Foundation

/// Reads the keys that `config.json` files of most families have in common.
struct HuggingFaceKeys<Source: ModelSource> {
    let source: Source

    init(_ source: Source) { self.source = source }

    /// A pre-norm, gated, rotary model; what a family does otherwise, it sets afterwards.
    ///
    /// - Parameters:
    ///   - epsilonKey: of the norms
    ///   - activationKey: of the function in the feed-forward layer
    func configuration(
        architecture: String, defaults: HuggingFaceDefaults, epsilonKey: String = "rms_norm_eps",
        activationKey: String = "hidden_act"
    ) throws -> TransformerConfiguration {
        let modelDimension = try source.requiredInteger("hidden_size")
        let headCount = try required("num_attention_heads", or: defaults.headCount)
        let headDimension =
            try source.integer("head_dim") ?? defaults.headDimension ?? modelDimension / max(headCount, 1)
        let rotary = try HuggingFaceRotary(
            source, contextLength: source.integer("max_position_embeddings") ?? defaults.contextLength,
            defaults: defaults.rotary)
        var configuration = TransformerConfiguration(
            architecture: architecture,
            modelDimension: modelDimension,
            layerCount: try source.requiredInteger("num_hidden_layers"),
            headCount: headCount,
            keyValueHeadCount: try absent("num_key_value_heads", source.integer, defaults.keyValueHeadCount)
                ?? headCount,
            headDimension: headDimension,
            feedForwardDimension: try source.requiredInteger("intermediate_size"),
            vocabularySize: try required("vocab_size", or: defaults.vocabularySize),
            contextLength: rotary.contextLength,
            rotaryBase: rotary.base,
            rotaryDimension: rotary.dimension(ofHead: headDimension),
            normEpsilon: try source.float(epsilonKey) ?? defaults.normEpsilon)
        configuration.rotaryScaling = rotary.scaling
        configuration.longContext = rotary.longContext
        configuration.activation = try activation(activationKey, or: defaults.activation)
        return configuration
    }

    private func required(_ key: String, or standard: Int?) throws -> Int {
        guard let value = try source.integer(key) ?? standard else { throw TransformerError.missing(key: key) }
        return value
    }

    /// What is behind a key, or `standard` where there is none: null says that there is nothing.
    func absent<Value>(_ key: String, _ read: (String) throws -> Value?, _ standard: Value?) rethrows -> Value? {
        try source.hasKey(key) ? read(key) : standard
    }

    /// The activation that a key names.
    func activation(_ key: String, or standard: ActivationFunction) throws -> ActivationFunction {
        guard let name = try source.string(key) else { return standard }
        switch name {
        case "silu", "swish": return .silu
        case "gelu", "gelu_python": return .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate": return .geluTanh
        case "quick_gelu": return .quickGelu
        case "relu": return .relu
        case "relu2": return .reluSquared
        default:
            throw TransformerError.configuration(
                key: key, value: name,
                allowed: "silu, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu, relu, relu2")
        }
    }

    /// Which layers slide: `layer_types` where it is there, otherwise those that `slides` names.
    ///
    /// - Parameter standard: the width where the file says nothing
    func slidingWindow(
        layerCount: Int, or standard: Int?, slides: (Int) -> Bool = { _ in true }
    ) throws -> SlidingWindow? {
        guard let width = try absent("sliding_window", source.integer, standard) else { return nil }
        guard let types = try source.strings("layer_types") else {
            return SlidingWindow(width: width, layers: (0..<min(max(layerCount, 0), 1024)).map(slides))
        }
        for type in types where type != "sliding_attention" && type != "full_attention" {
            throw TransformerError.configuration(
                key: "layer_types", value: type, allowed: "sliding_attention, full_attention")
        }
        let layers = types.map { $0 == "sliding_attention" }
        return layers.contains(true) ? SlidingWindow(width: width, layers: layers) : nil
    }

    /// A window in every layer, whatever `layer_types` says.
    ///
    /// - Parameter standard: the width where the file says nothing
    func wholeSlidingWindow(layerCount: Int, or standard: Int?) throws -> SlidingWindow? {
        try absent("sliding_window", source.integer, standard).map {
            SlidingWindow(width: $0, layers: Array(repeating: true, count: min(max(layerCount, 0), 1024)))
        }
    }

    /// Qwen's window: off unless it is switched on, and then in the layers from `max_window_layers` on.
    func lateSlidingWindow(layerCount: Int) throws -> SlidingWindow? {
        guard try source.bool("use_sliding_window") ?? false else { return nil }
        let first = try source.integer("max_window_layers") ?? 28
        return try slidingWindow(layerCount: layerCount, or: 4096) { $0 >= first }
    }

    /// - Throws: ``TransformerError/configuration(key:value:allowed:)`` where a token sees those behind it.
    func refuseBidirectionalAttention() throws {
        let key = "use_bidirectional_attention"
        guard try source.bool(key) ?? false else { return }
        throw TransformerError.configuration(key: key, value: "true", allowed: "false: a token sees those before it")
    }

    /// Name of the head: the embedding's where they are tied.
    ///
    /// - Parameter isTied: where the file does not say.
    func headName(_ head: String, embedding: String, isTied: Bool) throws -> String {
        try source.bool("tie_word_embeddings") ?? isTied ? embedding : head
    }
}
