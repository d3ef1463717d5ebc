import Tensors
import TestSupport

@testable import Transformers

/// A random model in memory, small enough to be differentiated one weight at a time.
struct TinyModel: ModelSource {
    let layers = 2
    let width = 16
    let heads = 4
    let keyValueHeads = 2
    let headDimension = 6
    let hidden = 20
    let vocabulary = 23
    let context: Int
    var tensors: [String: (shape: [Int], values: [Float])] = [:]

    init(seed: UInt64 = 11, isTied: Bool = true, context: Int = 64) {
        self.context = context
        var random = SeededGenerator(seed: seed)
        func add(_ name: String, _ shape: [Int], around centre: Float = 0, size: Float) {
            tensors[name] = (shape, random.floats(shape.reduce(1, *)).map { centre + $0 * size })
        }
        add("token_embd.weight", [vocabulary, width], size: 1)
        if !isTied { add("output.weight", [vocabulary, width], size: 1) }
        add("output_norm.weight", [width], around: 1, size: 0.3)
        for layer in 0..<layers {
            add("blk.\(layer).attn_norm.weight", [width], around: 1, size: 0.3)
            add("blk.\(layer).attn_q.weight", [heads * headDimension, width], size: 0.6)
            add("blk.\(layer).attn_k.weight", [keyValueHeads * headDimension, width], size: 0.6)
            add("blk.\(layer).attn_v.weight", [keyValueHeads * headDimension, width], size: 0.6)
            add("blk.\(layer).attn_output.weight", [width, heads * headDimension], size: 0.5)
            add("blk.\(layer).ffn_norm.weight", [width], around: 1, size: 0.3)
            add("blk.\(layer).ffn_gate.weight", [hidden, width], size: 0.5)
            add("blk.\(layer).ffn_up.weight", [hidden, width], size: 0.5)
            add("blk.\(layer).ffn_down.weight", [width, hidden], size: 0.5)
        }
    }

    func string(_ key: String) -> String? { key == "general.architecture" ? "llama" : nil }

    func integer(_ key: String) -> Int? {
        [
            "llama.embedding_length": width, "llama.block_count": layers, "llama.attention.head_count": heads,
            "llama.attention.head_count_kv": keyValueHeads, "llama.attention.key_length": headDimension,
            "llama.rope.dimension_count": headDimension, "llama.feed_forward_length": hidden,
            "llama.context_length": context,
        ][key]
    }

    func float(_ key: String) -> Float? {
        ["llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.freq_base": 10_000][key]
    }

    var tensorNames: [String] { Array(tensors.keys) }

    func shape(ofTensor name: String) -> [Int]? { tensors[name]?.shape }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        guard let values = tensors[name]?.values else { throw TransformerError.missingTensor(name) }
        let width = matrix.columnCount
        matrix.assign(Array(values[(rows.lowerBound * width)..<(rows.upperBound * width)]))
    }

    func makeModel(
        threads: Int = 1, backend: MatrixBackend = .oneDNN, isEditable: Bool = false
    ) throws -> Transformer {
        try Transformer(self, backend: backend, threads: threads, isEditable: isEditable)
    }
}
