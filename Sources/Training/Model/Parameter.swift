public import Tensors

/// A weight matrix of a model under training, and the gradient of the loss with respect to it.
///
/// The weights are the model's own: what training changes, sampling sees.
public final class Parameter {
    /// Where the weights lie.
    enum Storage {
        /// In the layout that products read.
        case packed(PackedWeights)
        case plain(Matrix)
    }

    /// Name in the model: `blocks.3.attn.qkv`, `embed`, …
    public let name: String
    public let rowCount: Int
    public let columnCount: Int
    /// Vectors (weights of norms, biases) are not decayed by convention; a matrix of one row is no vector.
    public let isVector: Bool
    let storage: Storage
    /// Summed over the tokens of a step, [rowCount, columnCount]; nil for a frozen parameter.
    public private(set) var gradient: Matrix?
    /// The transposed weights, packed: the gradient of a frozen layer's input is a product with them.
    private(set) var transposed: PackedWeights?

    init(_ name: String, _ weights: PackedWeights) {
        self.name = name
        isVector = false
        rowCount = weights.outputs
        columnCount = weights.inputs
        storage = .packed(weights)
    }

    init(_ name: String, _ weights: Matrix) {
        self.name = name
        isVector = false
        rowCount = weights.rowCount
        columnCount = weights.columnCount
        storage = .plain(weights)
    }

    /// - Parameter vector: [1, width]
    init(_ name: String, vector: Matrix) {
        precondition(vector.rowCount == 1, "\(name) has \(vector.rowCount) rows")
        self.name = name
        isVector = true
        rowCount = 1
        columnCount = vector.columnCount
        storage = .plain(vector)
    }

    public var elementCount: Int { rowCount * columnCount }

    public var isTrained: Bool { gradient != nil }

    /// Makes room for a gradient.
    func train() {
        transposed = nil
        if gradient == nil { gradient = Matrix(rows: rowCount, columns: columnCount) }
    }

    /// Packs the transposed weights where the weights themselves are compact, so that both together take little more
    /// room than weights in float32. Nothing may change the weights afterwards.
    ///
    /// - Throws: ``TensorError``.
    func packTransposed(backend: MatrixBackend) throws {
        guard !isTrained, transposed == nil, case .packed(let weights) = storage, weights.isCompact else { return }
        transposed = try weights.transposed(backend: backend)
    }

    /// Gives the room back.
    func freeze() { gradient = nil }

    /// Rows that are read and written together fastest.
    var rowBlock: Int {
        switch storage {
        case .packed(let weights): weights.rowBlock
        case .plain: 64
        }
    }

    /// The weights themselves where they lie row by row.
    var rowMajor: MatrixSlice? {
        switch storage {
        case .packed(let weights): weights.rowMajor?.slice
        case .plain(let weights): weights.slice
        }
    }

    /// Copies rows of the weights; `matrix` is [rows.count, columnCount].
    func copyRows(_ rows: Range<Int>, to matrix: MatrixSlice) throws {
        switch storage {
        case .packed(let weights): try weights.copyRows(rows, to: matrix)
        case .plain(let weights): matrix.assign(weights.rows(rows))
        }
    }

    /// Changes rows of the weights; `matrix` is [rows.count, columnCount].
    func replaceRows(_ rows: Range<Int>, with matrix: MatrixSlice) throws {
        switch storage {
        case .packed(let weights): try weights.replaceRows(rows, with: matrix)
        case .plain(let weights): weights.rows(rows).assign(matrix)
        }
    }

    /// A copy of all weights, row by row.
    public func values() throws -> [Float] {
        let matrix = Matrix(rows: rowCount, columns: columnCount)
        try copyRows(0..<rowCount, to: matrix.slice)
        return matrix.slice.copy()
    }

    /// Changes all weights, row by row.
    public func assign(_ values: [Float]) throws {
        let matrix = Matrix(rows: rowCount, columns: columnCount)
        matrix.slice.assign(values)
        try replaceRows(0..<rowCount, with: matrix.slice)
    }

    /// Sets the gradient to zeros.
    func clearGradient(threads: Int) {
        guard let gradient else { return }
        gradient.clear(threads: threads)
    }
}
