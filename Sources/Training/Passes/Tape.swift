internal import Tensors
internal import Transformers

/// What a forward pass keeps of one block for the backward pass.
final class BlockTape {
    /// [rows, 1].
    let attentionScale: Matrix
    /// Queries and keys before their norms, [rows, queryWidth + keyValueWidth]; nil without such norms.
    let rawQueryKey: Matrix?
    /// What attention adds before its norm, and the norm's scale; nil without one.
    let attentionPost: PostNormTape?
    let mlpPost: PostNormTape?
    /// Rotated queries, rotated keys, values: [rows, queryWidth + 2 * keyValueWidth].
    let queryKeyValue: Matrix
    /// [rows, queryWidth].
    let z: Matrix
    /// The residual stream between attention and feed-forward, [rows, modelDimension].
    let residMid: Matrix
    /// [rows, 1].
    let mlpScale: Matrix
    /// Gate and linear part before activation, [rows, gateUpWidth].
    let gateUp: Matrix

    init(_ configuration: TransformerConfiguration, rows: Int) {
        let hasPostNorms = configuration.normPlacement != .before
        attentionPost = hasPostNorms ? PostNormTape(configuration, rows: rows) : nil
        mlpPost = hasPostNorms ? PostNormTape(configuration, rows: rows) : nil
        rawQueryKey =
            configuration.queryKeyNorm == .none
            ? nil : Matrix(rows: rows, columns: configuration.queryWidth + configuration.keyValueWidth)
        attentionScale = Matrix(rows: rows, columns: 1)
        queryKeyValue = Matrix(rows: rows, columns: configuration.queryWidth + 2 * configuration.keyValueWidth)
        z = Matrix(rows: rows, columns: configuration.queryWidth)
        residMid = Matrix(rows: rows, columns: configuration.modelDimension)
        mlpScale = Matrix(rows: rows, columns: 1)
        gateUp = Matrix(rows: rows, columns: configuration.gateUpWidth)
    }
}

/// What is kept of the norm of a sublayer's output.
final class PostNormTape {
    /// Before the norm, [rows, modelDimension].
    let raw: Matrix
    /// [rows, 1].
    let scale: Matrix

    init(_ configuration: TransformerConfiguration, rows: Int) {
        raw = Matrix(rows: rows, columns: configuration.modelDimension)
        scale = Matrix(rows: rows, columns: 1)
    }
}

extension TransformerConfiguration {
    /// Outputs of the feed-forward layer's first product: gate and linear part, or the one half without a gate.
    var gateUpWidth: Int { (isGated ? 2 : 1) * feedForwardDimension }
}

/// What a forward pass keeps for the backward pass.
final class Tape {
    /// The residual stream before each block and after the last, [rows, modelDimension] each.
    let residuals: [Matrix]
    let finalScale: Matrix
    private let blocks: [BlockTape]

    /// - Parameter recomputes: keeps the residual stream alone, and computes each block again on the way back: a third
    ///   more work for a fraction of the memory (Chen et al. 2016)
    init(_ configuration: TransformerConfiguration, rows: Int, recomputes: Bool) {
        residuals = (0...configuration.layerCount).map { _ in Matrix(rows: rows, columns: configuration.modelDimension)
        }
        finalScale = Matrix(rows: rows, columns: 1)
        blocks = (0..<(recomputes ? 1 : configuration.layerCount)).map { _ in BlockTape(configuration, rows: rows) }
    }

    var recomputes: Bool { blocks.count < residuals.count - 1 }

    /// Where the block writes; one for all where blocks are computed again.
    func block(_ layer: Int) -> BlockTape { blocks[recomputes ? 0 : layer] }
}
