internal import Tensors
internal import Transformers

extension TrainingPass {
    /// `y = x * transpose(weights) + bias`, and what adapters add.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs]
    ///   - y: [rows, outputs], written
    func linear(_ x: MatrixSlice, _ layer: TrainableLinear, into y: MatrixSlice) throws {
        try space.multiplier.multiply(x, layer.weights.packed, into: y)
        if let bias = layer.bias {
            RowOperations.addScaled(y, 1, bias.vector, threads: threads)
        }
        for adapter in layer.adapters { try add(adapter, x, into: y.columns(adapter.outputs)) }
    }

    /// Gradients of a linear layer: of its weights, bias and adapters added to theirs, of its input to `dx`.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs], of the forward pass
    ///   - dy: [rows, outputs]
    ///   - dx: [rows, inputs], written; nil where nothing below is trained
    ///   - packed: the weights for `dx`, where they are packed already
    func linearBackward(
        _ x: MatrixSlice, _ layer: TrainableLinear, _ dy: MatrixSlice, into dx: MatrixSlice?,
        packed: RoundedPanels? = nil
    ) throws {
        if let rounded = space.rounded, let (gradient, adding) = layer.weights.takeGradient() {
            rounded.multiplyTransposed(dy, x, into: gradient, adding: adding)
        } else if let gradient = layer.weights.gradient {
            try space.gradients.multiplyTransposed(dy, x, into: gradient.slice, adding: true)
        }
        if let gradient = layer.bias?.gradient {
            RowOperations.addRowSum(dy, into: gradient.slice, threads: threads)
        }
        if let dx, let rounded = space.rounded, let packed {
            rounded.multiply(dy, packed, into: dx)
        } else if let dx {
            try multiply(dy, layer.weights, into: dx)
        }
        for adapter in layer.adapters {
            try adapterBackward(adapter, x, dy.columns(adapter.outputs), into: dx)
        }
    }

    /// `dx = dy * weights`, where nothing else is packed with the weights brought into plain layout a piece at a time.
    private func multiply(_ dy: MatrixSlice, _ weights: Parameter, into dx: MatrixSlice) throws {
        if let transposed = weights.transposed { return try space.multiplier.multiply(dy, transposed, into: dx) }
        if let plain = weights.rowMajor {
            if let rounded = space.rounded { return rounded.multiply(dy, plain, into: dx) }
            return try space.gradients.multiply(dy, plain, into: dx)
        }
        let room = max(
            weights.rowBlock, TrainingSpace.plainElements / weights.columnCount / weights.rowBlock * weights.rowBlock)
        for begin in stride(from: 0, to: weights.rowCount, by: room) {
            let piece = begin..<min(weights.rowCount, begin + room)
            let plain = try plainRows(piece, of: weights)
            try space.gradients.multiply(dy.columns(piece), plain, into: dx, adding: begin > 0)
        }
    }

    /// Rows of a weight matrix in plain layout, in `space.plainWeights`.
    private func plainRows(_ rows: Range<Int>, of weights: Parameter) throws -> MatrixSlice {
        let plain = space.plainWeights.reshaped(rows: rows.count, columns: weights.columnCount)
        let block = weights.rowBlock
        let failures = FirstError()
        let box = Unshared(weights)
        parallelFor(tasks: (rows.count + block - 1) / block, threads: threads) { task, _ in
            let part = (task * block)..<min(rows.count, (task + 1) * block)
            failures.catching {
                try box.value.copyRows(
                    (rows.lowerBound + part.lowerBound)..<(rows.lowerBound + part.upperBound), to: plain.rows(part))
            }
        }
        try failures.throwFirst()
        return plain
    }
}
