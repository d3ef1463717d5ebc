internal import Foundation

/// Reads the keys that `config.json` files of most families have in common.
struct HuggingFaceKeys<Source: ModelSource> {
    let source: Source

    init(_ source: Source) { self.source = source }

    /// A pre-norm, gated, rotary model; what a family does otherwise, it sets afterwards.
    ///
    /// - Parameter epsilonKey: of the norms.
    func configuration(
        architecture: String, epsilonKey: String = "rms_norm_eps"
    ) throws -> TransformerConfiguration {
        let modelDimension = try source.requiredInteger("hidden_size")
        let headCount = try source.requiredInteger("num_attention_heads")
        let headDimension = try source.integer("head_dim") ?? modelDimension / max(headCount, 1)
        let contextLength = try source.requiredInteger("max_position_embeddings")
        let rotary = try HuggingFaceRotary(source, contextLength: contextLength)
        var configuration = TransformerConfiguration(
            architecture: architecture,
            modelDimension: modelDimension,
            layerCount: try source.requiredInteger("num_hidden_layers"),
            headCount: headCount,
            keyValueHeadCount: try source.integer("num_key_value_heads") ?? headCount,
            headDimension: headDimension,
            feedForwardDimension: try source.requiredInteger("intermediate_size"),
            vocabularySize: try source.requiredInteger("vocab_size"),
            contextLength: rotary.contextLength,
            rotaryBase: rotary.base,
            rotaryDimension: try rotary.dimension(ofHead: headDimension),
            normEpsilon: try source.requiredFloat(epsilonKey))
        configuration.rotaryScaling = rotary.scaling
        configuration.activation = try activation(["hidden_activation", "hidden_act"], or: .silu)
        return configuration
    }

    /// The activation that the first of the keys names.
    func activation(_ keys: [String], or standard: ActivationFunction) throws -> ActivationFunction {
        for key in keys {
            guard let name = try source.string(key) else { continue }
            switch name {
            case "silu", "swish": return .silu
            case "gelu": return .gelu
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
            default:
                throw TransformerError.configuration(
                    key: key, value: name, allowed: "silu, gelu, gelu_new, gelu_pytorch_tanh")
            }
        }
        return standard
    }

    /// Which layers slide: `layer_types` where it is there, otherwise those that `slides` names.
    func slidingWindow(layerCount: Int, slides: (Int) -> Bool = { _ in true }) throws -> SlidingWindow? {
        guard let width = try source.integer("sliding_window") else { return nil }
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

    /// Qwen's window: off unless it is switched on, and then in the layers from `max_window_layers` on.
    func lateSlidingWindow(layerCount: Int) throws -> SlidingWindow? {
        guard try source.bool("use_sliding_window") ?? false else { return nil }
        let first = try source.integer("max_window_layers") ?? 28
        return try slidingWindow(layerCount: layerCount) { $0 >= first }
    }

    /// Name of the head: the embedding's where they are tied.
    ///
    /// - Parameter isTied: where the file does not say.
    func headName(_ head: String, embedding: String, isTied: Bool) throws -> String {
        try source.bool("tie_word_embeddings") ?? isTied ? embedding : head
    }
}
