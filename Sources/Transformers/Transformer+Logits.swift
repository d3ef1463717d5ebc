public import Tensors

/// Rows of one sequence whose logits are computed.
public struct LogitRows: Hashable, Sendable {
    public var tag: SequenceTag
    /// Positions in the sequence, one for each row.
    public var positions: Range<Int>

    public init(tag: SequenceTag, positions: Range<Int>) {
        self.tag = tag
        self.positions = positions
    }
}

extension Transformer {
    /// Logits of rows of a forward pass.
    ///
    /// - Parameters:
    ///   - final: [rows, modelDimension], what ``forward(_:space:hooks:)`` returned, or some rows of it
    ///   - logits: [rows, vocabularySize]
    public func logits(_ final: MatrixSlice, into logits: MatrixSlice, space: Workspace) throws {
        var none = NoHook()
        try self.logits(final, of: [], into: logits, space: space, hooks: &none)
    }

    /// Logits of rows of a forward pass, with a hook that may look at them and change them before they are capped.
    ///
    /// - Parameters:
    ///   - final: [rows, modelDimension], what ``forward(_:space:hooks:)`` returned, or some rows of it
    ///   - sequences: whose rows these are, in order
    ///   - logits: [rows, vocabularySize]
    public func logits<Hook: ActivationHook>(
        _ final: MatrixSlice, of sequences: [LogitRows], into logits: MatrixSlice, space: Workspace, hooks: inout Hook
    ) throws {
        try space.multiplier.multiply(final, weights.unembedding.weights, into: logits)
        if let bias = weights.unembedding.bias {
            RowOperations.addScaled(logits, 1, bias.slice, threads: space.threads)
        }
        try addToLogits(final, logits, space: space)
        visit(logits, of: sequences, hooks: &hooks, threads: space.threads)
        if let cap = configuration.logitSoftCap { RowOperations.softCap(logits, cap, threads: space.threads) }
    }

    private func visit<Hook: ActivationHook>(
        _ logits: MatrixSlice, of sequences: [LogitRows], hooks: inout Hook, threads: Int
    ) {
        let point = HookPoint(.logits)
        guard hooks.wants(point) else { return }
        var next = 0
        for sequence in sequences {
            let rows = next..<(next + sequence.positions.count)
            hooks.visit(
                point,
                Activation(
                    tag: sequence.tag, positions: sequence.positions, shape: [rows.count, logits.columnCount],
                    rows: logits.rows(rows), threads: threads))
            next = rows.upperBound
        }
    }
}
