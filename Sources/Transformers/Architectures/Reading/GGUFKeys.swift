internal import Foundation
internal import Tensors

/// Reads the keys that every architecture of llama.cpp has in common.
struct GGUFKeys<Source: ModelSource> {
    let source: Source
    let architecture: String

    init(_ source: Source, _ architecture: String) {
        self.source = source
        self.architecture = architecture
    }

    func integer(_ key: String) throws -> Int? { try source.integer("\(architecture).\(key)") }

    func float(_ key: String) throws -> Float? { try source.float("\(architecture).\(key)") }

    func string(_ key: String) throws -> String? { try source.string("\(architecture).\(key)") }

    func requiredInteger(_ key: String) throws -> Int { try source.requiredInteger("\(architecture).\(key)") }

    /// A pre-norm, gated, rotary model; what a family does otherwise, it sets afterwards.
    ///
    /// - Parameter epsilonKey: of the norms.
    func configuration(
        epsilonKey: String = "attention.layer_norm_rms_epsilon"
    ) throws -> TransformerConfiguration {
        let modelDimension = try requiredInteger("embedding_length")
        let headCount = try requiredInteger("attention.head_count")
        let headDimension = try integer("attention.key_length") ?? modelDimension / max(headCount, 1)
        let rotaryDimension = try integer("rope.dimension_count") ?? headDimension
        var configuration = TransformerConfiguration(
            architecture: architecture,
            modelDimension: modelDimension,
            layerCount: try requiredInteger("block_count"),
            headCount: headCount,
            keyValueHeadCount: try integer("attention.head_count_kv") ?? headCount,
            headDimension: headDimension,
            feedForwardDimension: try requiredInteger("feed_forward_length"),
            vocabularySize: try vocabularySize(),
            contextLength: try requiredInteger("context_length"),
            rotaryBase: try float("rope.freq_base") ?? 10_000,
            rotaryDimension: rotaryDimension,
            normEpsilon: try source.requiredFloat("\(architecture).\(epsilonKey)"))
        configuration.rotaryScaling = try rotaryScaling(dimension: rotaryDimension)
        if case .yarn(let yarn) = configuration.rotaryScaling {
            configuration.contextLength = max(configuration.contextLength, yarn.contextLength)
        }
        if let scale = try float("attention.scale") { configuration.attentionScale = scale }
        return configuration
    }

    /// A sliding window in the layers that `slides` names; nil where the file has none.
    func slidingWindow(layerCount: Int, slides: (Int) -> Bool = { _ in true }) throws -> SlidingWindow? {
        guard let width = try integer("attention.sliding_window"), width > 0 else { return nil }
        return SlidingWindow(width: width, layers: (0..<min(max(layerCount, 0), 1024)).map(slides))
    }

    /// Name of the head: the embedding's where the file has no other.
    var headName: String { source.hasTensor("output.weight") ? "output" : "token_embd" }

    private func vocabularySize() throws -> Int {
        guard let rows = source.shape(ofTensor: "token_embd.weight")?.first else {
            throw TransformerError.missingTensor("token_embd.weight")
        }
        return rows
    }

    private func rotaryScaling(dimension: Int) throws -> RotaryScaling {
        if source.hasTensor("rope_freqs.weight") {
            let count = max(0, min(dimension, 4096)) / 2
            return .divisors(try source.vector("rope_freqs.weight", count: count).slice.copy(), magnitude: 1)
        }
        let type = try string("rope.scaling.type") ?? "none"
        let factor = try float("rope.scaling.factor") ?? float("rope.scale_linear") ?? 1
        switch type {
        case "none", "longrope": return .none
        case "linear": return .linear(factor: factor)
        case "yarn": return .yarn(try yarn(factor: factor))
        default:
            throw TransformerError.configuration(
                key: "\(architecture).rope.scaling.type", value: type, allowed: "none, linear, yarn, longrope")
        }
    }

    private func yarn(factor: Float) throws -> RotaryScaling.Yarn {
        let magnitude = (1 + 0.1 * Float(log(Double(factor)))) * (try float("rope.scaling.attn_factor") ?? 1)
        var yarn = RotaryScaling.Yarn(
            factor: factor,
            originalContext: try integer("rope.scaling.original_context_length") ?? requiredInteger("context_length"),
            magnitude: magnitude)
        yarn.fastRotations = try float("rope.scaling.yarn_beta_fast") ?? 32
        yarn.slowRotations = try float("rope.scaling.yarn_beta_slow") ?? 1
        return yarn
    }
}
