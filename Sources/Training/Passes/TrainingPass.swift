internal import Tensors
internal import Transformers

/// A forward pass that remembers, and the backward pass after it, for one batch.
///
/// Forward and backward of each part stand side by side in an extension. A name with d in front is the gradient of the
/// loss with respect to that activation.
struct TrainingPass<Hook: GradientHook> {
    let model: TrainableModel
    let batch: TrainingBatch
    let space: TrainingSpace
    /// Keys and values of each span, for one layer at a time.
    let segments: [KeyValueSegment]
    /// Decides which inputs of adapters are dropped; nil drops none.
    let dropout: DropoutKey?
    var hook: Hook
    /// Points whose gradient the hook wants.
    private let watched: [HookPoint]

    init(_ model: TrainableModel, _ batch: TrainingBatch, space: TrainingSpace, dropout: DropoutKey?, hook: Hook) throws
    {
        self.model = model
        self.batch = batch
        self.space = space
        self.dropout = dropout
        self.hook = hook
        watched = try Self.watched(by: hook, in: model.configuration)
        try Self.check(model, batch, space)
        space.reserveAttention(model.base.attention, positions: batch.spans.map(\.length).max() ?? 0)
        segments = space.keyValueSegments(batch.spans.map(\.rows.count), model.configuration)
    }

    var configuration: TransformerConfiguration { model.configuration }

    var threads: Int { space.threads }

    /// The rows of a matrix that this batch uses.
    func rows(_ matrix: Matrix) -> MatrixSlice { matrix.rows(0..<batch.rowCount) }

    /// The residual stream before a block, [rows, modelDimension].
    func residual(_ layer: Int) -> MatrixSlice { rows(space.tape.residuals[layer]) }

    /// Token ids to the residual stream after the last block.
    mutating func forward() throws {
        try embed(into: residual(0))
        for layer in 0..<configuration.layerCount { try forward(block: layer) }
    }

    /// From the gradient of the residual stream after the last block, in `space.dResidual`, down to the lowest part that
    /// is trained or looked at. Gradients of parameters are added to what they hold.
    mutating func backward() throws {
        let lowest = lowestLayer
        for layer in (lowest..<configuration.layerCount).reversed() {
            if space.tape.recomputes { try forward(block: layer, again: true) }
            try backward(block: layer)
        }
        if lowest == 0 { embedBackward() }
    }

    private var lowestLayer: Int {
        let lowestWatched = watched.map { $0.layer ?? 0 }.min()
        return min(model.lowestTrainedLayer(embeddingWanted: false), lowestWatched ?? configuration.layerCount)
    }

    private static func check(_ model: TrainableModel, _ batch: TrainingBatch, _ space: TrainingSpace) throws {
        let configuration = model.configuration
        precondition(batch.rowCount <= space.rowCapacity, "\(batch.rowCount) rows in a space of \(space.rowCapacity)")
        let named = batch.targets.flatMap { [$0.id, $0.unlikely?.id].compactMap(\.self) }
        for id in batch.ids + named where id < 0 || Int(id) >= configuration.vocabularySize {
            throw TrainingError.tokenOutOfRange(id: id, vocabularySize: configuration.vocabularySize)
        }
        for span in batch.spans where span.length > configuration.contextLength {
            throw TrainingError.contextExceeded(length: span.length, limit: configuration.contextLength)
        }
    }
}
