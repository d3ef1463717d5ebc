internal import Tensors

/// Llama and what is built like it: pre-norm blocks, rotary positions, grouped heads, gated feed-forward without biases.
///
/// GGUF files of this architecture hold query and key rows permuted, so that rotated components lie next to each other.
enum Llama: Architecture {
    static let names = ["llama"]

    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration {
        let scaling = try source.string("llama.rope.scaling.type") ?? "none"
        guard scaling == "none" else {
            throw TransformerError.configuration(key: "llama.rope.scaling.type", value: scaling, allowed: "none")
        }
        let modelDimension = try source.requiredInteger("llama.embedding_length")
        let headCount = try source.requiredInteger("llama.attention.head_count")
        let headDimension = try source.integer("llama.attention.key_length") ?? modelDimension / max(headCount, 1)
        return TransformerConfiguration(
            architecture: "llama",
            modelDimension: modelDimension,
            layerCount: try source.requiredInteger("llama.block_count"),
            headCount: headCount,
            keyValueHeadCount: try source.integer("llama.attention.head_count_kv") ?? headCount,
            headDimension: headDimension,
            feedForwardDimension: try source.requiredInteger("llama.feed_forward_length"),
            vocabularySize: try vocabularySize(source),
            contextLength: try source.requiredInteger("llama.context_length"),
            rotaryBase: try source.float("llama.rope.freq_base") ?? 10_000,
            rotaryDimension: try source.integer("llama.rope.dimension_count") ?? headDimension,
            rotaryPairing: .interleaved,
            normEpsilon: try source.requiredFloat("llama.attention.layer_norm_rms_epsilon"))
    }

    static func block(
        _ layer: Int, _ configuration: TransformerConfiguration, _ source: some ModelSource, _ backend: MatrixBackend
    ) throws -> BlockWeights {
        let width = configuration.modelDimension
        let hidden = configuration.feedForwardDimension
        func name(_ part: String) -> String { "blk.\(layer).\(part).weight" }
        return BlockWeights(
            attentionNorm: try source.vector(name("attn_norm"), count: width),
            queryKeyValue: try source.packed(
                [
                    (name("attn_q"), configuration.queryWidth), (name("attn_k"), configuration.keyValueWidth),
                    (name("attn_v"), configuration.keyValueWidth),
                ], columns: width, backend: backend),
            attentionOutput: try source.packed(
                [(name("attn_output"), width)], columns: configuration.queryWidth, backend: backend),
            mlpNorm: try source.vector(name("ffn_norm"), count: width),
            gateUp: try source.packed(
                [(name("ffn_gate"), hidden), (name("ffn_up"), hidden)], columns: width, backend: backend),
            down: try source.packed([(name("ffn_down"), width)], columns: hidden, backend: backend))
    }

    static func outerTensors(
        _ source: some ModelSource
    ) -> (embedding: String, finalNorm: String, unembedding: String) {
        let tied = source.shape(ofTensor: "output.weight") == nil
        return ("token_embd.weight", "output_norm.weight", tied ? "token_embd.weight" : "output.weight")
    }

    static func frequencyDivisors(
        _ source: some ModelSource, _ configuration: TransformerConfiguration
    ) throws -> [Float]? {
        guard source.shape(ofTensor: "rope_freqs.weight") != nil else { return nil }
        return try source.vector("rope_freqs.weight", count: configuration.rotaryDimension / 2).slice.copy()
    }

    static func tensorNames(_ source: some ModelSource, _ configuration: TransformerConfiguration) -> Set<String> {
        let parts = [
            "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down",
        ]
        let blocks = (0..<configuration.layerCount).flatMap { layer in parts.map { "blk.\(layer).\($0).weight" } }
        return Set(blocks + ["token_embd.weight", "output_norm.weight", "output.weight", "rope_freqs.weight"])
    }

    private static func vocabularySize(_ source: some ModelSource) throws -> Int {
        guard let shape = source.shape(ofTensor: "token_embd.weight"), let rows = shape.first else {
            throw TransformerError.missingTensor("token_embd.weight")
        }
        return rows
    }
}
