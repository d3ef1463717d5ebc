internal import CKernels

/// One step of AdamW for rows of weights (Loshchilov and Hutter 2019, algorithm 2), rounded as torch rounds it.
public struct AdamWStep: Sendable {
    private let constants: ck_adamw_step

    /// - Parameters:
    ///   - time: steps so far, this one included, from 1
    ///   - gradientScale: what gradients are multiplied with first
    public init(
        rate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, time: Int,
        gradientScale: Double
    ) {
        var power1 = 1.0
        var power2 = 1.0
        for _ in 0..<time {
            power1 *= beta1
            power2 *= beta2
        }
        constants = ck_adamw_step(
            beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), decay: Float(1 - rate * weightDecay),
            step: Float(rate / (1 - power1)), root_correction: Float((1 - power2).squareRoot()),
            gradient_scale: Float(gradientScale))
    }

    /// Changes weights and both moments; all [rows, n].
    public func apply(
        to weights: MatrixSlice, gradient: MatrixSlice, first: MatrixSlice, second: MatrixSlice
    ) {
        for other in [gradient, first, second] { RowOperations.requireSameShape(weights, other) }
        var constants = constants
        for row in 0..<weights.rowCount {
            unsafe ck_adamw(
                &constants, weights.address(ofRow: row), gradient.address(ofRow: row), first.address(ofRow: row),
                second.address(ofRow: row), weights.columnCount)
        }
    }
}
