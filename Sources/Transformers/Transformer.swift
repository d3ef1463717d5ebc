public import Tensors

/// Rows of a batch whose residual stream a forward pass returns.
public enum FinalRows: Sendable {
    case all
    /// The last one of each sequence, in their order. No sequence may be empty.
    case last
}

/// A decoder-only transformer: token ids in, logits out.
///
/// Immutable, and safe to use from several threads, each with a ``Workspace`` of its own. A row of a result depends on
/// its own sequence alone: not on the batch, the number of threads, or how a prompt was cut in pieces.
public final class Transformer: Sendable {
    public let configuration: TransformerConfiguration
    public let weights: TransformerWeights
    /// Nil for models that do not rotate.
    package let rotary: RotaryTable?
    /// Of layers with a sliding window, where they have a table of their own.
    package let slidingRotary: RotaryTable?
    package let attention: CausalAttention

    package init(_ configuration: TransformerConfiguration, _ weights: TransformerWeights) {
        self.configuration = configuration
        self.weights = weights
        rotary = configuration.rotaryTable
        slidingRotary = configuration.slidingRotaryTable
        attention = CausalAttention(
            headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
            headDimension: configuration.headDimension, scale: configuration.attentionScale,
            softCap: configuration.attentionSoftCap)
    }

    /// The same model with other weights of the same shapes.
    private init(_ weights: TransformerWeights, like model: Transformer) {
        configuration = model.configuration
        self.weights = weights
        rotary = model.rotary
        slidingRotary = model.slidingRotary
        attention = model.attention
    }

    /// The same model with some of its weights replaced by others of the same shapes; the rest is shared.
    package func replacing(_ change: (inout TransformerWeights) -> Void) -> Transformer {
        var weights = weights
        change(&weights)
        return Transformer(weights, like: self)
    }

    /// The model up to a depth, as a model of its own that shares the weights: its hooks end where nobody looks further.
    ///
    /// Caches and workspaces are made for its configuration.
    ///
    /// - Precondition: `layers` is in `0 ... layerCount`.
    public func prefix(layers: Int) -> Transformer {
        precondition((0...configuration.layerCount).contains(layers), "\(layers) of \(configuration.layerCount) layers")
        var configuration = configuration
        configuration.layerCount = layers
        var weights = weights
        weights.blocks = Array(weights.blocks.prefix(layers))
        return Transformer(configuration, weights)
    }

    /// Reads a batch and remembers it in the sequences' caches.
    ///
    /// - Parameter rows: whose residual stream is wanted. With ``FinalRows/last`` the last block does no more for the other
    ///   rows than their keys and values, unless a hook looks at it.
    /// - Returns: the residual stream after the final norm, [rows, modelDimension], or [sequences, modelDimension] with
    ///   ``FinalRows/last``: a view into `space`, valid until its next use. ``logits(_:into:space:)`` turns rows of it into
    ///   logits.
    /// - Throws: ``TransformerError`` for ids outside the vocabulary, those that a hook leaves among them, or too many
    ///   positions; errors of a hook's visit do not exist.
    public func forward<Hook: ActivationHook>(
        _ batch: TokenBatch, returning rows: FinalRows = .all, space: Workspace, hooks: inout Hook
    ) throws -> MatrixSlice {
        try check(batch, space)
        var pass = ForwardPass(self, batch, space: space, hook: hooks)
        defer { hooks = pass.hook }
        let x = pass.rows(space.residual)
        try pass.embed(into: x, weights)
        for (layer, block) in weights.blocks.dropLast().enumerated() {
            try pass.block(x, block, layer: layer)
        }
        let lastLayer = weights.blocks.count - 1
        if rows == .last, let block = weights.blocks.last, pass.canNarrow(layer: lastLayer) {
            return try pass.lastRows(x, block, layer: lastLayer, of: self)
        }
        if let block = weights.blocks.last { try pass.block(x, block, layer: lastLayer) }
        let final = pass.rows(space.normalized)
        pass.normalize(x, weights.finalNorm, layer: nil, .final, into: final)
        for sequence in batch.sequences { sequence.cache.open.advance(by: sequence.rows.count) }
        return rows == .last ? pass.gatherLast(final) : final
    }

    /// Reads a batch with nobody looking on.
    public func forward(
        _ batch: TokenBatch, returning rows: FinalRows = .all, space: Workspace
    ) throws -> MatrixSlice {
        var none = NoHook()
        return try forward(batch, returning: rows, space: space, hooks: &none)
    }

    private func check(_ batch: TokenBatch, _ space: Workspace) throws {
        precondition(batch.ids.count <= space.rowCapacity, "\(batch.ids.count) rows in a space of \(space.rowCapacity)")
        for id in batch.ids where id < 0 || Int(id) >= configuration.vocabularySize {
            throw TransformerError.tokenOutOfRange(id: id, vocabularySize: configuration.vocabularySize)
        }
        for sequence in batch.sequences {
            let length = sequence.cache.length + sequence.rows.count
            guard length <= configuration.contextLength else {
                throw TransformerError.contextExceeded(length: length, limit: configuration.contextLength)
            }
            precondition(sequence.rows.count <= sequence.cache.room, "a cache with room for \(sequence.cache.room)")
            space.reserveAttention(attention, positions: length)
        }
    }
}
