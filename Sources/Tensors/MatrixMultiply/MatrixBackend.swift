internal import CKernels
internal import COneDNN
internal import COpenBLAS
internal import Foundation

/// Who computes matrix products, and on which numbers.
public enum MatrixBackend: String, Codable, Hashable, Sendable, CaseIterable {
    /// oneDNN in float32: the default. Same bits for any number of rows and threads.
    case oneDNN = "onednn"
    /// OpenBLAS: the portable one. Results may differ in the last bits with the number of rows.
    case openBLAS = "openblas"
    /// A plain loop, to test the others with. Slow.
    case reference
    /// Our kernels in bfloat16. Same bits for any number of rows and threads.
    case bf16
    /// Our kernels on quantised blocks, and oneDNN for tensors that are not quantised. Same bits likewise.
    case native

    /// Those that compute in float32.
    static let exact: [MatrixBackend] = [.oneDNN, .openBLAS, .reference]

    /// The float32 backend that `ASSAY_MATMUL` names; oneDNN where it is not set.
    ///
    /// - Throws: ``TensorError/unknownBackend(_:)``, ``TensorError/backendUnavailable(_:)``.
    public static func fromEnvironment() throws -> MatrixBackend {
        guard let name = ProcessInfo.processInfo.environment["ASSAY_MATMUL"], !name.isEmpty else { return .oneDNN }
        guard let backend = MatrixBackend(rawValue: name), exact.contains(backend) else {
            throw TensorError.unknownBackend(name)
        }
        if backend == .openBLAS && !cob_load() { throw TensorError.backendUnavailable(name) }
        return backend
    }

    /// Which numbers it computes on.
    public var mode: ComputeMode {
        switch self {
        case .oneDNN, .openBLAS, .reference: .f32
        case .bf16: .bf16
        case .native: .native
        }
    }

    /// What the record of a run says: the backend, its version, and the instruction set of our own kernels.
    public var description: String {
        let instructions = unsafe String(cString: ck_backend_name())
        switch self {
        case .oneDNN: return "\(Self.oneDNNVersion) \(instructions)"
        case .openBLAS, .reference: return "\(rawValue) \(instructions)"
        case .bf16: return unsafe "assay-bf16-\(String(cString: ck_product_bf16_name())) \(instructions)"
        case .native:
            let kernel = unsafe String(cString: ck_product_quantized_name())
            return "assay-int8-\(kernel) \(Self.oneDNNVersion) \(instructions)"
        }
    }

    private static var oneDNNVersion: String {
        guard let version = unsafe dnnl_version() else { return "onednn" }
        return unsafe "onednn-\(version.pointee.major).\(version.pointee.minor).\(version.pointee.patch)"
    }
}
