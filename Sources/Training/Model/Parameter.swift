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
    private var sums: Matrix?
    /// Threads that are to write zeros before anybody reads the sums; nil where those are valid.
    private var owedZeros: Int?
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

    public var isTrained: Bool { sums != nil }

    /// Summed over the tokens of a step, [rowCount, columnCount]; nil for a frozen parameter.
    public var gradient: Matrix? {
        if let threads = owedZeros {
            sums?.clear(threads: threads)
            owedZeros = nil
        }
        return sums
    }

    /// The gradient for somebody who adds to every element of it, and whether there is anything to add to: at the start of a step
    /// he writes it, and zeros need not be written before.
    func takeGradient() -> (sums: MatrixSlice, adding: Bool)? {
        defer { owedZeros = nil }
        return sums.map { ($0.slice, owedZeros == nil) }
    }

    /// Makes room for a gradient.
    func train() {
        transposed = nil
        if sums == nil { sums = Matrix(rows: rowCount, columns: columnCount) }
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
    func freeze() { sums = nil }

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

    /// Changes rows of the weights where they lie, or in a copy; `change` is given [rows.count, columnCount].
    func updateRows(_ rows: Range<Int>, _ change: (MatrixSlice) -> Void) throws {
        switch storage {
        case .packed(let weights): try weights.updateRows(rows, change)
        case .plain(let weights): change(weights.rows(rows))
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

    /// Sets the gradient to zeros, at the latest when it is read.
    func clearGradient(threads: Int) { owedZeros = threads }
}
