import Tensors
import TestSupport
import Transformers

@testable import Steering

/// A random model of two blocks in memory, and what it gives with and without interventions.
struct SteeredModel: ModelSource {
    static let width = 24
    static let vocabulary = 50
    var tensors: [String: (shape: [Int], values: [Float])] = [:]

    init(seed: UInt64 = 21) {
        var random = SeededGenerator(seed: seed)
        func add(_ name: String, _ shape: [Int], around centre: Float = 0, size: Float) {
            tensors[name] = (shape, random.floats(shape.reduce(1, *)).map { centre + $0 * size })
        }
        add("token_embd.weight", [Self.vocabulary, Self.width], size: 1)
        add("output.weight", [Self.vocabulary, Self.width], size: 1)
        add("output_norm.weight", [Self.width], around: 1, size: 0.3)
        for layer in 0..<2 {
            for name in ["attn_norm", "ffn_norm"] {
                add("blk.\(layer).\(name).weight", [Self.width], around: 1, size: 0.3)
            }
            for name in ["attn_q", "attn_output"] { add("blk.\(layer).\(name).weight", [24, 24], size: 0.6) }
            for name in ["attn_k", "attn_v"] { add("blk.\(layer).\(name).weight", [12, 24], size: 0.6) }
            for name in ["ffn_gate", "ffn_up"] { add("blk.\(layer).\(name).weight", [40, 24], size: 0.5) }
            add("blk.\(layer).ffn_down.weight", [24, 40], size: 0.5)
        }
    }

    func string(_ key: String) -> String? { key == "general.architecture" ? "llama" : nil }

    func integer(_ key: String) -> Int? {
        [
            "llama.embedding_length": Self.width, "llama.block_count": 2, "llama.attention.head_count": 4,
            "llama.attention.head_count_kv": 2, "llama.feed_forward_length": 40, "llama.context_length": 96,
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

    func transformer() throws -> Transformer { try Transformer(self, backend: .reference, threads: 1) }

    /// The final residual stream of every position of some prompts that are read together.
    static func final<Hook: ActivationHook>(
        _ model: Transformer, _ prompts: [[Int32]], hooks: inout Hook
    ) throws -> [[Float]] {
        let space = Workspace(model.configuration, rows: 64, threads: 1)
        var batch = TokenBatch()
        for (index, ids) in prompts.enumerated() {
            batch.append(
                ids, cache: KVCache(model.configuration, capacity: ids.count),
                tag: SequenceTag(prompt: index, promptLength: ids.count))
        }
        let final = try model.forward(batch, space: space, hooks: &hooks)
        return batch.sequences.map { final.rows($0.rows).copy() }
    }
}

/// Copies what a site holds, row by row.
struct Recorder: ActivationHook {
    let point: HookPoint
    var rows: [[Float]] = []

    init(_ point: HookPoint) { self.point = point }

    func wants(_ point: HookPoint) -> Bool { point == self.point }

    mutating func visit(_ point: HookPoint, _ activation: Activation) {
        for row in 0..<activation.rows.rowCount { rows.append(activation.rows.rows(row..<(row + 1)).copy()) }
    }
}
