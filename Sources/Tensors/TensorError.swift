/// What can go wrong in choosing or running a matrix product.
public enum TensorError: Error, Hashable, Sendable {
    case unknownBackend(String)
    case backendUnavailable(String)
    /// oneDNN's status code, and the call that gave it.
    case oneDNN(status: Int, call: String)
    /// Weights were packed for products in another form, and are not there as float32.
    case notFloat32
}

extension TensorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownBackend(let name):
            let known = MatrixBackend.allCases.map(\.rawValue).joined(separator: ", ")
            return "ASSAY_MATMUL is \"\(name)\", which is no backend; use one of \(known), or leave it unset"
        case .backendUnavailable(let name):
            return "the backend \"\(name)\" is not installed; install libopenblas-dev, or unset ASSAY_MATMUL"
        case .oneDNN(let status, let call):
            return "oneDNN's \(call) failed with status \(status); try ASSAY_MATMUL=openblas"
        case .notFloat32: return "weights packed for bf16 or native products cannot be changed; load the model in f32"
        }
    }
}
