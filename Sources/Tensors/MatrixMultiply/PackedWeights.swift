internal import COpenBLAS

/// The weights of a linear layer in the layout that the backend multiplies fastest.
///
/// Made once, read by many threads.
public final class PackedWeights: Sendable {
    /// Rows of the weight matrix: components of the result.
    public let outputs: Int
    /// Columns of the weight matrix: components of the input.
    public let inputs: Int
    let storage: Storage

    enum Storage: Sendable {
        case oneDNN(OneDNNWeights)
        /// Row-major, [outputs, inputs].
        case plain(Matrix, MatrixBackend)
    }

    /// Packs a weight matrix, [outputs, inputs].
    ///
    /// - Throws: ``TensorError``.
    public init(_ weights: Matrix, backend: MatrixBackend) throws {
        outputs = weights.rowCount
        inputs = weights.columnCount
        switch backend {
        case .oneDNN: storage = .oneDNN(try OneDNNWeights(weights))
        case .openBLAS:
            guard cob_load() else { throw TensorError.backendUnavailable(backend.rawValue) }
            storage = .plain(weights, backend)
        case .reference: storage = .plain(weights, backend)
        }
    }

    /// Resident size in bytes.
    public var byteCount: Int {
        switch storage {
        case .oneDNN(let packed): packed.byteCount
        case .plain(let matrix, _): matrix.rowCount * matrix.columnCount * 4
        }
    }
}
