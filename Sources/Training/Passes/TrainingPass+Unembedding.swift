internal import Tensors
internal import Transformers

extension TrainingPass {
    /// Compares the model's predictions with what the loss wants, a piece of the vocabulary's logits at a time.
    ///
    /// Only rows with a target get logits, and never more than ``TrainingSpace/logitRows`` of them exist at once. With
    /// `backward`, the gradient of the residual stream after the last block is left in `space.dResidual`.
    ///
    /// - Returns: for each target, in order, its part of the loss and its log-probability.
    func compare(_ loss: some TokenLoss, backward: Bool) throws -> [TokenOutcome] {
        let final = try finalRows()
        var loss = loss
        if loss.needsLogProbabilities {
            loss.prepare(try outcomes(final, NoLoss(targets: batch.targets), backward: false).map(\.logProbability))
        }
        let outcomes = try outcomes(final, loss, backward: backward)
        if backward { unembeddingBackward() }
        return outcomes
    }

    /// The normalised residual stream of rows with targets, [targets, modelDimension], in `space.chosenRows`.
    func finalRows() throws -> MatrixSlice {
        let x = residual(configuration.layerCount)
        let normalized = rows(space.normalized)
        normalize(x, model.finalNorm, scale: rows(space.tape.finalScale), into: normalized)
        let chosen = space.chosenRows.rows(0..<batch.targets.count)
        for (index, target) in batch.targets.enumerated() {
            chosen.rows(index..<(index + 1)).assign(normalized.rows(target.row..<(target.row + 1)))
        }
        return chosen
    }

    private func outcomes(
        _ final: MatrixSlice, _ loss: some TokenLoss, backward: Bool
    ) throws -> [TokenOutcome] {
        var loss = loss
        var outcomes: [TokenOutcome] = []
        outcomes.reserveCapacity(final.rowCount)
        let packed = backward ? packedUnembedding() : nil
        for begin in stride(from: 0, to: final.rowCount, by: space.logitRows) {
            let chunk = begin..<min(final.rowCount, begin + space.logitRows)
            let logits = space.logits.rows(0..<chunk.count)
            try loss.begin(chunk, vocabularySize: logits.columnCount)
            try self.logits(final.rows(chunk), into: logits)
            let capped = configuration.logitSoftCap.map { _ in copyOfCapped(logits) }
            outcomes += parallelMap(chunk.count, threads: threads) { [loss] row in
                loss.differentiate(logits.rows(row..<(row + 1)), token: begin + row)
            }
            guard backward else { continue }
            if let capped, let cap = configuration.logitSoftCap {
                RowOperations.softCapGradient(capped, cap, logits, threads: threads)
            }
            try linearBackward(
                final.rows(chunk), model.unembedding, logits, into: space.dChosenRows.rows(chunk), packed: packed)
        }
        return outcomes
    }

    /// The unembedding for products on the way back, where those are in bfloat16.
    private func packedUnembedding() -> RoundedPanels? {
        guard space.rounded != nil, let plain = model.unembedding.weights.rowMajor else { return nil }
        space.roundedUnembedding.pack(plain, threads: threads)
        return space.roundedUnembedding
    }

    /// Logits of normalised rows, each of which has the bits that it has alone, where the backend keeps that promise.
    func logits(_ final: MatrixSlice, into logits: MatrixSlice) throws {
        try linear(final, model.unembedding, into: logits)
        if let cap = configuration.logitSoftCap { RowOperations.softCap(logits, cap, threads: threads) }
    }

    /// The loss writes its gradient where logits were; the gradient of the cap needs them.
    private func copyOfCapped(_ logits: MatrixSlice) -> MatrixSlice {
        let copy = space.scratch("logits.capped", rows: logits.rowCount, columns: logits.columnCount)
        copy.assign(logits)
        return copy
    }

    private func unembeddingBackward() {
        let dNormalized = rows(space.dNormalized)
        let dx = rows(space.dResidual)
        RowOperations.scale(dNormalized, by: 0, threads: threads)
        RowOperations.scale(dx, by: 0, threads: threads)
        for (index, target) in batch.targets.enumerated() {
            let slot = dNormalized.rows(target.row..<(target.row + 1))
            RowOperations.add(slot, space.dChosenRows.row(index), into: slot, threads: 1)
        }
        normBackward(
            residual(configuration.layerCount), model.finalNorm, scale: rows(space.tape.finalScale), dNormalized,
            into: dx)
    }
}
