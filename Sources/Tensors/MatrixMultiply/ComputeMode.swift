/// Which numbers matrix products are computed on. Part of every run's record.
public enum ComputeMode: String, Codable, Hashable, Sendable, CaseIterable {
    /// Weights dequantised, products in float32: exact, and the default.
    case f32
    /// Weights and activations of products rounded to bfloat16, sums in float32.
    case bf16
    /// The file's quantised blocks times activations in 8 bits; a tensor of another type is multiplied in float32.
    case native

    /// Who computes products in this mode. `ASSAY_MATMUL` is asked for `f32` alone.
    ///
    /// - Throws: ``TensorError/unknownBackend(_:)``, ``TensorError/backendUnavailable(_:)``.
    public func backend() throws -> MatrixBackend {
        switch self {
        case .f32: try .fromEnvironment()
        case .bf16: .bf16
        case .native: .native
        }
    }
}
