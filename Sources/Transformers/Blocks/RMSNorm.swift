internal import Tensors

extension ForwardPass {
    /// `normalized = x / sqrt(mean(x^2) + epsilon) * weight` (Zhang and Sennrich 2019), with a hook on both factors.
    ///
    /// - Parameters:
    ///   - x: [rows, modelDimension]
    ///   - weight: [1, modelDimension]
    mutating func normalize(
        _ x: MatrixSlice, weight: Matrix, layer: Int?, scaleSite: HookPoint.Site, normalizedSite: HookPoint.Site
    ) -> MatrixSlice {
        let scale = rows(space.scale)
        let normalized = rows(space.normalized)
        RowOperations.rmsScale(x, epsilon: configuration.normEpsilon, into: scale, threads: threads)
        visit(scaleSite, layer: layer, scale)
        RowOperations.divide(x, by: scale, into: normalized, threads: threads)
        visit(normalizedSite, layer: layer, normalized)
        RowOperations.multiply(normalized, by: weight.slice, into: normalized, threads: threads)
        return normalized
    }
}
