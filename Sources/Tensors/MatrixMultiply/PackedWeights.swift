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
        case bf16(BF16Weights)
        /// Float32, row-major, and the bfloat16 it is rounded to for products.
        case mastered(Matrix, BF16Weights)
        case quantized(QuantizedWeights)
        /// Blocks that are multiplied in float32.
        case expanding(ExpandingWeights)
        /// Matrices of one width, one above the other.
        case stacked([PackedWeights])
    }

    /// Packs a weight matrix, [outputs, inputs].
    ///
    /// - Parameter isEditable: whether weights that products round keep their float32 beside them, so that training can
    ///   change it
    /// - Throws: ``TensorError``.
    public convenience init(_ weights: Matrix, backend: MatrixBackend, isEditable: Bool = false) throws {
        let storage: Storage
        switch backend {
        case .oneDNN, .native: storage = .oneDNN(try OneDNNWeights(weights))
        case .openBLAS:
            guard cob_load() else { throw TensorError.backendUnavailable(backend.rawValue) }
            storage = .plain(weights, backend)
        case .reference: storage = .plain(weights, backend)
        case .bf16:
            let packed = BF16Weights(outputs: weights.rowCount, inputs: weights.columnCount)
            packed.pack(weights.slice, row: 0)
            storage = isEditable ? .mastered(weights, packed) : .bf16(packed)
        }
        self.init(outputs: weights.rowCount, inputs: weights.columnCount, storage)
    }

    /// Packs quantised blocks as they are, to be multiplied by activations in 8 bits, or in float32 where the backend
    /// is oneDNN.
    ///
    /// - Parameter body: hands blocks, as in the file, to its argument with the rows that they are; all rows between
    ///   them, each stretch but the last a multiple of 16 rows (see ``canStack(rows:)``)
    public convenience init(
        _ type: QuantizedType, outputs: Int, inputs: Int, backend: MatrixBackend = .native,
        _ body: ((RawSpan, Range<Int>) -> Void) throws -> Void
    ) throws {
        precondition(backend == .native || backend == .oneDNN, "blocks for \(backend)")
        let packed = QuantizedWeights(type, outputs: outputs, inputs: inputs)
        try body { packed.pack($0, rows: $1) }
        let storage: Storage
        if backend == .native {
            storage = .quantized(packed)
        } else if let expanding = try ExpandingWeights(packed) {
            storage = .expanding(expanding)
        } else {
            storage = .oneDNN(try OneDNNWeights(packed.floats()))
        }
        self.init(outputs: outputs, inputs: inputs, storage)
    }

    /// Stacks matrices of one width, the first on top.
    public convenience init(stacking parts: [PackedWeights]) {
        precondition(!parts.isEmpty && parts.allSatisfy { $0.inputs == parts[0].inputs }, "parts differ in width")
        self.init(outputs: parts.reduce(0) { $0 + $1.outputs }, inputs: parts[0].inputs, .stacked(parts))
    }

    private init(outputs: Int, inputs: Int, _ storage: Storage) {
        self.outputs = outputs
        self.inputs = inputs
        self.storage = storage
    }

    /// The weights where products round both sides to bfloat16.
    var rounded: BF16Weights? {
        switch storage {
        case .bf16(let packed), .mastered(_, let packed): packed
        case .oneDNN, .plain, .quantized, .expanding, .stacked: nil
        }
    }

    /// Whether blocks of this type and width can be multiplied as they are.
    public static func canMultiply(_ type: QuantizedType, inputs: Int) -> Bool {
        type.rowByteCount(inputs: inputs) != nil
    }

    /// Whether quantised matrices of so many rows can lie above each other in one.
    public static func canStack(rows: [Int]) -> Bool {
        rows.dropLast().allSatisfy { $0 % QuantizedWeights.panel == 0 }
    }

    /// Resident size in bytes.
    public var byteCount: Int {
        switch storage {
        case .oneDNN(let packed): packed.byteCount
        case .plain(let matrix, _): matrix.rowCount * matrix.columnCount * 4
        case .bf16(let packed): packed.byteCount
        case .mastered(let matrix, let packed): matrix.rowCount * matrix.columnCount * 4 + packed.byteCount
        case .quantized(let packed): packed.byteCount
        case .expanding(let packed): packed.blocks.byteCount
        case .stacked(let parts): parts.reduce(0) { $0 + $1.byteCount }
        }
    }
}
