/// A part of a product that one thread computes.
struct ProductPiece: Hashable, Sendable {
    var rows: Range<Int>
    var columns: Range<Int>

    /// Most rows of one piece: enough to reuse a block of weights from the cache, few enough to share out.
    static let rowChunk = 64
}
