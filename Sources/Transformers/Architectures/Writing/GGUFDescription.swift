internal import Checkpoints
internal import Foundation

/// What a GGUF file says of a model beside its weights: the way back of ``GGUFKeys``.
struct GGUFDescription {
    let configuration: TransformerConfiguration
    private(set) var metadata = GGUFMetadata()
    /// Tensors that belong to the configuration, by name: divisors of rotary frequencies.
    private(set) var vectors: [String: [Float]] = [:]

    /// The keys that every architecture of llama.cpp has in common; what a family has beside them, it adds afterwards.
    ///
    /// - Parameters:
    ///   - epsilonKey: of the norms
    ///   - impliedScale: the attention scale of a file that names none, where it is not that of the heads' width
    init(
        _ configuration: TransformerConfiguration, epsilonKey: String = "attention.layer_norm_rms_epsilon",
        impliedScale: Float? = nil
    ) {
        self.configuration = configuration
        metadata["general.architecture"] = .string(configuration.architecture)
        metadata["general.type"] = .string("model")
        addSizes()
        add(epsilonKey, configuration.normEpsilon)
        if configuration.attentionScale != impliedScale ?? 1 / Float(configuration.headDimension).squareRoot() {
            add("attention.scale", configuration.attentionScale)
        }
        if configuration.positionEncoding == .rotary { addRotary() }
    }

    mutating func add(_ key: String, _ value: Int) { set(key, .uint32(UInt32(clamping: value))) }

    /// Nothing where there is no value. So for the others.
    mutating func add(_ key: String, _ value: Float?) { if let value { set(key, .float32(value)) } }

    mutating func add(_ key: String, _ value: Bool) { set(key, .bool(value)) }

    /// The width of the sliding window; which layers slide, the family says.
    mutating func addSlidingWindow() {
        if let slidingWindow = configuration.slidingWindow { add("attention.sliding_window", slidingWindow.width) }
    }

    mutating func add(tensor name: String, _ values: [Float]) { vectors[name] = values }

    private mutating func set(_ key: String, _ value: MetadataValue) {
        metadata["\(configuration.architecture).\(key)"] = value
    }

    private mutating func addSizes() {
        add("vocab_size", configuration.vocabularySize)
        add("context_length", configuration.contextLength)
        add("embedding_length", configuration.modelDimension)
        add("block_count", configuration.layerCount)
        add("feed_forward_length", configuration.feedForwardDimension)
        add("attention.head_count", configuration.headCount)
        add("attention.head_count_kv", configuration.keyValueHeadCount)
        add("attention.key_length", configuration.headDimension)
        add("attention.value_length", configuration.headDimension)
    }

    /// Scalings that no key can say are left to the family.
    private mutating func addRotary() {
        add("rope.dimension_count", configuration.rotaryDimension)
        add("rope.freq_base", configuration.rotaryBase)
        switch configuration.rotaryScaling {
        case .none, .llama3, .divisors: break
        case .linear(let factor):
            set("rope.scaling.type", .string("linear"))
            add("rope.scaling.factor", factor)
        case .yarn(let yarn): add(yarn)
        }
    }

    private mutating func add(_ yarn: RotaryScaling.Yarn) {
        set("rope.scaling.type", .string("yarn"))
        add("rope.scaling.factor", yarn.factor)
        add("rope.scaling.original_context_length", yarn.originalContext)
        let magnitude = 1 + 0.1 * Float(log(Double(yarn.factor)))
        if yarn.magnitude != magnitude { add("rope.scaling.attn_factor", yarn.magnitude / magnitude) }
        if yarn.fastRotations != 32 { add("rope.scaling.yarn_beta_fast", yarn.fastRotations) }
        if yarn.slowRotations != 1 { add("rope.scaling.yarn_beta_slow", yarn.slowRotations) }
    }
}

extension TransformerConfiguration {
    /// What each rotary frequency is divided by, one divisor for each pair of components.
    var rotaryDivisors: [Float] {
        func frequencies(_ scaling: RotaryScaling) -> [Float] {
            RotaryFrequencies(base: rotaryBase, dimension: rotaryDimension, scaling: scaling).frequencies
        }
        return zip(frequencies(.none), frequencies(rotaryScaling)).map { $0 / $1 }
    }
}
