import Foundation

@testable import Transformers

/// The Llama architecture written down as the papers give it, in double, with no cache and no batch.
struct Definition {
    let model: TinyModel
    /// Weights of each tensor, row by row.
    var weights: [String: [Double]]
    /// What is added to the activations at a point, row by row.
    var offsets: [HookPoint: [Double]] = [:]

    init(_ model: TinyModel) {
        self.model = model
        weights = model.tensors.mapValues { $0.values.map(Double.init) }
    }

    /// Logits of every position, [positions][vocabulary].
    func logits(_ ids: [Int32]) -> [[Double]] {
        let width = model.width
        let embedding = ids.map { id in
            (0..<width).map { (weights["token_embd.weight"] ?? [])[Int(id) * width + $0] }
        }
        var x = shifted(embedding, .embed)
        for layer in 0..<model.layers {
            x = shifted(x, .residPre, layer)
            let attention = attend(x.map { normalize($0, "blk.\(layer).attn_norm.weight") }, layer)
            x = zip(x, shifted(attention, .attentionOut, layer)).map { zip($0, $1).map(+) }
            x = shifted(x, .residMid, layer)
            let mlp = feedForward(x.map { normalize($0, "blk.\(layer).ffn_norm.weight") }, layer)
            x = zip(x, shifted(mlp, .mlpOut, layer)).map { zip($0, $1).map(+) }
            x = shifted(x, .residPost, layer)
        }
        let unembedding = weights["output.weight"] == nil ? "token_embd.weight" : "output.weight"
        return x.map { multiply(normalize($0, "output_norm.weight"), unembedding, model.vocabulary) }
    }

    /// Log-probability of each token but the first.
    func logProbabilities(_ tokens: [Int32]) -> [Double] {
        zip(logits(Array(tokens.dropLast())), tokens.dropFirst()).map { row, id in
            row[Int(id)] - log(row.reduce(0) { $0 + exp($1) })
        }
    }

    /// The activations at a point with its offset.
    private func shifted(_ x: [[Double]], _ site: HookPoint.Site, _ layer: Int? = nil) -> [[Double]] {
        guard let offset = offsets[HookPoint(site, layer: layer)] else { return x }
        return x.enumerated().map { row, values in
            values.enumerated().map { $1 + offset[row * values.count + $0] }
        }
    }

    private func attend(_ x: [[Double]], _ layer: Int) -> [[Double]] {
        let d = model.headDimension
        let q = x.enumerated().map {
            rotate(multiply($1, "blk.\(layer).attn_q.weight", model.heads * d), position: $0)
        }
        let k = x.enumerated().map {
            rotate(multiply($1, "blk.\(layer).attn_k.weight", model.keyValueHeads * d), position: $0)
        }
        let v = x.map { multiply($0, "blk.\(layer).attn_v.weight", model.keyValueHeads * d) }
        let mixed = x.indices.map { row in
            var z = [Double](repeating: 0, count: model.heads * d)
            for head in 0..<model.heads {
                let shared = head / (model.heads / model.keyValueHeads)
                let scores = (0...row).map { position in
                    var sum = 0.0
                    for c in 0..<d { sum += q[row][head * d + c] * k[position][shared * d + c] }
                    return exp(sum / Double(d).squareRoot())
                }
                let total = scores.reduce(0, +)
                for position in 0...row {
                    for c in 0..<d { z[head * d + c] += scores[position] / total * v[position][shared * d + c] }
                }
            }
            return z
        }
        return shifted(mixed, .z, layer).map { multiply($0, "blk.\(layer).attn_output.weight", model.width) }
    }

    private func feedForward(_ x: [[Double]], _ layer: Int) -> [[Double]] {
        let post = x.map { row in
            let gate = multiply(row, "blk.\(layer).ffn_gate.weight", model.hidden)
            let up = multiply(row, "blk.\(layer).ffn_up.weight", model.hidden)
            return zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
        }
        return shifted(post, .mlpPost, layer).map { multiply($0, "blk.\(layer).ffn_down.weight", model.width) }
    }

    private func normalize(_ x: [Double], _ weight: String) -> [Double] {
        let scale = (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + 1e-5).squareRoot()
        return zip(x, weights[weight] ?? []).map { $0 / scale * $1 }
    }

    private func rotate(_ x: [Double], position: Int) -> [Double] {
        let d = model.headDimension
        var x = x
        for head in stride(from: 0, to: x.count, by: d) {
            for pair in 0..<(d / 2) {
                let angle = Double(position) / pow(10_000, Double(2 * pair) / Double(d))
                let (a, b) = (x[head + 2 * pair], x[head + 2 * pair + 1])
                x[head + 2 * pair] = a * cos(angle) - b * sin(angle)
                x[head + 2 * pair + 1] = b * cos(angle) + a * sin(angle)
            }
        }
        return x
    }

    private func multiply(_ x: [Double], _ name: String, _ outputs: Int) -> [Double] {
        guard let matrix = weights[name] else { return [] }
        return (0..<outputs).map { output in
            var sum = 0.0
            for index in x.indices { sum += x[index] * matrix[output * x.count + index] }
            return sum
        }
    }
}
