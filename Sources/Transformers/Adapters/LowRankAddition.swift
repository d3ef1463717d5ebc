public import Tensors

/// A low-rank addition to some outputs of a linear layer, which leaves its weights as they are:
/// `y += scale * x * transpose(a) * transpose(b)` (Hu et al. 2021, equation 3).
public struct LowRankAddition: Sendable {
    /// Outputs of the linear layer that it adds to.
    public var outputs: Range<Int>
    /// [rank, inputs].
    public var a: PackedWeights
    /// [outputs.count, rank].
    public var b: PackedWeights
    public var scale: Float

    public init(outputs: Range<Int>, a: PackedWeights, b: PackedWeights, scale: Float) {
        self.outputs = outputs
        self.a = a
        self.b = b
        self.scale = scale
    }

    /// Packs both matrices for products.
    ///
    /// - Throws: `TensorError`.
    init(_ change: LoRAAdapter.Change, outputs: Range<Int>, backend: MatrixBackend) throws {
        self.init(
            outputs: outputs, a: try PackedWeights(change.a, backend: backend.ofAdapters),
            b: try PackedWeights(change.b, backend: backend.ofAdapters), scale: change.scale)
    }
}

extension MatrixBackend {
    /// Adapters are multiplied in float32 whatever the model is multiplied in: they are small.
    package var ofAdapters: MatrixBackend { self == .bf16 ? .oneDNN : self }
}
