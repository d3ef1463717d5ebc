internal import Tensors
internal import Transformers

extension TrainingPass {
    /// `out = (x - mean) / scale * weight + bias`; the mean and the bias belong to layer norms (Ba et al. 2016), others
    /// divide by the root mean square (Zhang and Sennrich 2019).
    ///
    /// - Parameters:
    ///   - x: [rows, modelDimension]
    ///   - scale: [rows, 1], written and kept
    ///   - out: [rows, modelDimension]; x itself, or not overlapping it
    func normalize(_ x: MatrixSlice, _ norm: TrainableNorm, scale: MatrixSlice, into out: MatrixSlice) {
        let centered = center(x, into: out)
        RowOperations.rmsScale(centered, epsilon: configuration.normEpsilon, into: scale, threads: threads)
        finish(centered, norm, scale: scale, into: out)
    }

    /// The same with the scale of the forward pass, in `space.normalized`; `x` itself where a block has no such norm.
    func normalizeAgain(_ x: MatrixSlice, _ norm: TrainableNorm?, scale: MatrixSlice) -> MatrixSlice {
        guard let norm else { return x }
        let out = rows(space.normalized)
        finish(center(x, into: out), norm, scale: scale, into: out)
        return out
    }

    /// What a sublayer reads: the normalised residual stream, in `space.normalized`, or `x` as it is.
    func normalizeInput(_ x: MatrixSlice, _ norm: TrainableNorm?, scale: MatrixSlice) -> MatrixSlice {
        guard let norm else { return x }
        let out = rows(space.normalized)
        normalize(x, norm, scale: scale, into: out)
        return out
    }

    /// Adds the gradient of a norm's input to `dx`, and that of its weights to theirs.
    ///
    /// - Parameters:
    ///   - x, dy, dx: [rows, modelDimension]; dx is another matrix than dy
    ///   - scale: [rows, 1], of the forward pass
    func normBackward(
        _ x: MatrixSlice, _ norm: TrainableNorm, scale: MatrixSlice, _ dy: MatrixSlice, into dx: MatrixSlice
    ) {
        let centered = center(x, into: space.scratch("norm.centered", rows: x.rowCount, columns: x.columnCount))
        if let gradient = norm.weight.gradient {
            RowOperations.addNormWeightGradient(centered, scale: scale, dy, into: gradient.slice, threads: threads)
        }
        if let gradient = norm.bias?.gradient {
            RowOperations.addRowSum(dy, into: gradient.slice, threads: threads)
        }
        switch configuration.normKind {
        case .rootMeanSquare:
            RowOperations.addRMSNormGradient(
                x, scale: scale, weight: norm.weight.vector, dy, into: dx, threads: threads)
        case .layer:
            RowOperations.addLayerNormGradient(
                centered: centered, scale: scale, weight: norm.weight.vector, dy, into: dx, threads: threads)
        }
    }

    /// From the gradient of a sublayer's output to that before the output's norm; `dout` itself without one.
    func postNormBackward(_ tape: PostNormTape?, _ norm: TrainableNorm?, _ dout: MatrixSlice) -> MatrixSlice {
        guard let tape, let norm else { return dout }
        let draw = rows(space.dSublayer)
        RowOperations.scale(draw, by: 0, threads: threads)
        normBackward(rows(tape.raw), norm, scale: rows(tape.scale), dout, into: draw)
        return draw
    }

    /// The norm of a sublayer's output, in place; what it was is kept.
    func postNormalize(_ out: MatrixSlice, _ norm: TrainableNorm?, _ tape: PostNormTape?) {
        guard let tape, let norm else { return }
        rows(tape.raw).assign(out)
        normalize(out, norm, scale: rows(tape.scale), into: out)
    }

    private func center(_ x: MatrixSlice, into out: MatrixSlice) -> MatrixSlice {
        guard configuration.normKind == .layer else { return x }
        RowOperations.center(x, into: out, threads: threads)
        return out
    }

    private func finish(_ centered: MatrixSlice, _ norm: TrainableNorm, scale: MatrixSlice, into out: MatrixSlice) {
        RowOperations.divide(centered, by: scale, into: out, threads: threads)
        RowOperations.multiply(out, by: norm.weight.vector, into: out, threads: threads)
        if let bias = norm.bias { RowOperations.addScaled(out, 1, bias.vector, threads: threads) }
    }
}

extension Parameter {
    /// The weights of a norm or a bias, [1, width].
    var vector: MatrixSlice {
        guard case .plain(let matrix) = storage, matrix.rowCount == 1 else {
            preconditionFailure("\(name) is no vector")
        }
        return matrix.slice
    }

    /// Weights in the layout that products read.
    var packed: PackedWeights {
        guard case .packed(let weights) = storage else { preconditionFailure("\(name) is not packed") }
        return weights
    }
}
