internal import Tensors

extension TrainableModel {
    /// The gradient of a loss on one batch, added to the gradients of what is trained.
    ///
    /// - Parameter dropout: which inputs of adapters are dropped; nil for none
    /// - Returns: for each target of the batch its part of the loss and its log-probability
    /// - Throws: ``TrainingError`` for ids outside the vocabulary, sequences that are too long, and a hook that wants the
    ///   gradient of a point that is not met on the way back
    public func accumulateGradient<Hook: GradientHook>(
        of loss: some TokenLoss, on batch: TrainingBatch, space: TrainingSpace, dropout: DropoutKey? = nil,
        hooks: inout Hook
    ) throws -> [TokenOutcome] {
        var pass = try TrainingPass(self, batch, space: space, dropout: dropout, hook: hooks)
        defer { hooks = pass.hook }
        try pass.forward()
        let outcomes = try pass.compare(loss, backward: true)
        try pass.backward()
        return outcomes
    }

    /// The gradient with nobody looking on.
    public func accumulateGradient(
        of loss: some TokenLoss, on batch: TrainingBatch, space: TrainingSpace, dropout: DropoutKey? = nil
    ) throws -> [TokenOutcome] {
        var none = NoGradientHook()
        return try accumulateGradient(of: loss, on: batch, space: space, dropout: dropout, hooks: &none)
    }

    /// The loss on one batch, nothing being dropped and no gradient taken.
    public func evaluate(
        _ loss: some TokenLoss, on batch: TrainingBatch, space: TrainingSpace
    ) throws -> [TokenOutcome] {
        var pass = try TrainingPass(self, batch, space: space, dropout: nil, hook: NoGradientHook())
        try pass.forward()
        return try pass.compare(loss, backward: false)
    }

    /// Natural-log probability of every target of a batch: the bits that the sampler recorded for the same tokens.
    public func logProbabilities(of batch: TrainingBatch, space: TrainingSpace) throws -> [Float] {
        try evaluate(NoLoss(targets: batch.targets), on: batch, space: space).map(\.logProbability)
    }
}
