internal import COneDNN
internal import COpenBLAS
internal import CKernels
internal import Foundation

/// Who computes matrix products.
public enum MatrixBackend: String, Codable, Hashable, Sendable, CaseIterable {
    /// oneDNN: the default. Same bits for any number of rows and threads.
    case oneDNN = "onednn"
    /// OpenBLAS: the portable one. Results may differ in the last bits with the number of rows.
    case openBLAS = "openblas"
    /// A plain loop, to test the others with. Slow.
    case reference

    /// The backend that `ASSAY_MATMUL` names; oneDNN where it is not set.
    ///
    /// - Throws: ``TensorError/unknownBackend(_:)``, ``TensorError/backendUnavailable(_:)``.
    public static func fromEnvironment() throws -> MatrixBackend {
        guard let name = ProcessInfo.processInfo.environment["ASSAY_MATMUL"], !name.isEmpty else { return .oneDNN }
        guard let backend = MatrixBackend(rawValue: name) else { throw TensorError.unknownBackend(name) }
        if backend == .openBLAS && !cob_load() { throw TensorError.backendUnavailable(name) }
        return backend
    }

    /// What the record of a run says: the backend, its version, and the instruction set of our own kernels.
    public var description: String {
        let instructions = unsafe String(cString: ck_backend_name())
        switch self {
        case .oneDNN:
            guard let version = unsafe dnnl_version() else { return "onednn \(instructions)" }
            return unsafe "onednn-\(version.pointee.major).\(version.pointee.minor).\(version.pointee.patch) \(instructions)"
        case .openBLAS, .reference: return "\(rawValue) \(instructions)"
        }
    }
}
