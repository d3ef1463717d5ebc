import Foundation

/// The Llama architecture written down as the papers give it, in double, with no cache and no batch.
struct Definition {
    let model: TinyModel

    /// Logits of the last position.
    func logits(_ ids: [Int32]) -> [Double] {
        var x = ids.map { id in row("token_embd.weight", Int(id), model.width) }
        for layer in 0..<model.layers {
            let attention = attend(x.map { normalize($0, "blk.\(layer).attn_norm.weight") }, layer)
            x = zip(x, attention).map { zip($0, $1).map(+) }
            let mlp = x.map { feedForward(normalize($0, "blk.\(layer).ffn_norm.weight"), layer) }
            x = zip(x, mlp).map { zip($0, $1).map(+) }
        }
        return multiply(normalize(x[x.count - 1], "output_norm.weight"), "token_embd.weight", model.vocabulary)
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
        return x.indices.map { row in
            let z = (0..<model.heads).flatMap { head in
                let shared = head / (model.heads / model.keyValueHeads)
                let scores = (0...row).map { position in
                    (0..<d).reduce(0) { $0 + q[row][head * d + $1] * k[position][shared * d + $1] }
                        / Double(d).squareRoot()
                }
                let weights = scores.map(exp)
                let total = weights.reduce(0, +)
                return (0..<d).map { component in
                    (0...row).reduce(0) { $0 + weights[$1] / total * v[$1][shared * d + component] }
                }
            }
            return multiply(z, "blk.\(layer).attn_output.weight", model.width)
        }
    }

    private func feedForward(_ x: [Double], _ layer: Int) -> [Double] {
        let gate = multiply(x, "blk.\(layer).ffn_gate.weight", model.hidden)
        let up = multiply(x, "blk.\(layer).ffn_up.weight", model.hidden)
        let post = zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
        return multiply(post, "blk.\(layer).ffn_down.weight", model.width)
    }

    private func normalize(_ x: [Double], _ weight: String) -> [Double] {
        let scale = (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + 1e-5).squareRoot()
        return zip(x, row(weight, 0, x.count)).map { $0 / scale * $1 }
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
        (0..<outputs).map { output in zip(x, row(name, output, x.count)).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private func row(_ name: String, _ index: Int, _ width: Int) -> [Double] {
        guard let values = model.tensors[name]?.values else { return [] }
        return values[(index * width)..<((index + 1) * width)].map(Double.init)
    }
}
