internal import Tensors
internal import Transformers

extension TrainingPass {
    /// `normalized = x / scale * weight` with `scale = sqrt(mean(x^2) + epsilon)`, which is kept.
    ///
    /// - Parameters:
    ///   - x: [rows, modelDimension]
    ///   - scale: [rows, 1], written
    /// - Returns: [rows, modelDimension], in `space.normalized`.
    func normalize(_ x: MatrixSlice, _ norm: TrainableNorm, scale: MatrixSlice) -> MatrixSlice {
        RowOperations.rmsScale(x, epsilon: configuration.normEpsilon, into: scale, threads: threads)
        return normalizeAgain(x, norm, scale: scale)
    }

    /// The same with the scale of the forward pass.
    func normalizeAgain(_ x: MatrixSlice, _ norm: TrainableNorm, scale: MatrixSlice) -> MatrixSlice {
        let normalized = space.normalized.rows(0..<x.rowCount)
        RowOperations.divide(x, by: scale, into: normalized, threads: threads)
        RowOperations.multiply(normalized, by: norm.weight.vector, into: normalized, threads: threads)
        return normalized
    }

    /// Adds the gradient of a norm's input to `dx`, and that of its weights to theirs.
    ///
    /// - Parameters:
    ///   - x, dy, dx: [rows, modelDimension]
    ///   - scale: [rows, 1], of the forward pass
    func normBackward(
        _ x: MatrixSlice, _ norm: TrainableNorm, scale: MatrixSlice, _ dy: MatrixSlice, into dx: MatrixSlice
    ) {
        if let gradient = norm.weight.gradient {
            RowOperations.addNormWeightGradient(x, scale: scale, dy, into: gradient.slice, threads: threads)
        }
        RowOperations.addRMSNormGradient(
            x, scale: scale, weight: norm.weight.vector, dy, into: dx, threads: threads)
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
