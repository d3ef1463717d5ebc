internal import Tensors
internal import Transformers

/// A low-rank addition to some outputs of a linear layer: `y += scale * dropout(x) * transpose(a) * transpose(b)`
/// (Hu et al. 2021, equation 3).
struct Adapter {
    /// Projection that it belongs to: `blocks.3.attn.q`, …
    var name: String
    /// Outputs of the linear layer that it adds to.
    var outputs: Range<Int>
    /// [rank, inputs].
    var a: Parameter
    /// [outputs.count, rank].
    var b: Parameter
    /// alpha / rank; alpha / sqrt(rank) for a rank-stabilised one (Kalajdzievski 2023).
    var scale: Float

    var rank: Int { a.rowCount }

    /// The same for a sampler, on the same matrices; it drops nothing.
    var addition: LowRankAddition {
        LowRankAddition(outputs: outputs, a: a.packed, b: b.packed, scale: scale)
    }
}
