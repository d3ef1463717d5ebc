internal import Tensors

/// A few numbers by which an adapter knows the model that it was trained on: weights of the last norm, which no form of a
/// model's files quantises.
package struct BaseModelMark: Hashable, Sendable {
    /// Evenly spaced over the norm.
    package let weights: [Float]

    /// Where an adapter's files keep it: in the metadata of `adapter_model.safetensors`, as a text, since PEFT warns of
    /// keys in `adapter_config.json` that it does not know; in a GGUF file as an array.
    package static let key = "assay.base_model.final_norm"

    private static let count = 16

    package init(_ transformer: Transformer) {
        let norm = transformer.weights.finalNorm.weight.slice.copy()
        let step = max(1, norm.count / Self.count)
        weights = stride(from: 0, to: norm.count, by: step).prefix(Self.count).map { norm[$0] }
    }

    /// - Parameter text: numbers with spaces between them; nil where it is something else.
    package init?(text: String?) {
        guard let parts = text?.split(separator: " ") else { return nil }
        let numbers = parts.compactMap { Float($0) }
        guard numbers.count == parts.count else { return nil }
        self.init(stored: numbers)
    }

    /// Nil for what no model has.
    init?(stored: [Float]?) {
        guard let stored, (1...Self.count).contains(stored.count), stored.allSatisfy(\.isFinite) else { return nil }
        weights = stored
    }

    package var text: String { weights.map { "\($0)" }.joined(separator: " ") }

    /// Whether another model has these weights up to what float16 and bfloat16 round, so that a model is never taken for
    /// another one because its files have another form.
    package func matches(_ other: BaseModelMark) -> Bool {
        weights.count == other.weights.count
            && zip(weights, other.weights).allSatisfy { abs($0 - $1) <= 0.02 * max(abs($0), abs($1), 1e-3) }
    }
}
