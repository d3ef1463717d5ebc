public import Tensors

/// What a model is made from: metadata and named tensors, whatever the file format.
public protocol ModelSource: EmbeddingSource {
    /// Nil where there is no such key; a value of another type is an error. So for the other two.
    func string(_ key: String) throws -> String?
    func integer(_ key: String) throws -> Int?
    func float(_ key: String) throws -> Float?
    /// Names of all tensors.
    var tensorNames: [String] { get }
    /// Sizes, outermost first; nil where there is no such tensor.
    func shape(ofTensor name: String) -> [Int]?
    /// Calls `body` with the blocks of a quantised tensor as they lie in the file; nil, without a call, for others.
    func withQuantizedBlocks<Result>(
        ofTensor name: String, _ body: (QuantizedType, RawSpan) throws -> Result
    ) throws -> Result?
    /// Called when all weights are packed: what was read from the file need not stay in memory.
    func releasePages()
}

extension ModelSource {
    public func releasePages() {}

    public func withQuantizedBlocks<Result>(
        ofTensor name: String, _ body: (QuantizedType, RawSpan) throws -> Result
    ) throws -> Result? { nil }
}

/// Rows of tensors as float32.
public protocol EmbeddingSource: Sendable {
    /// Decodes rows of a tensor of one or two axes; one axis is a single row. Safe to call from several threads.
    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws
}

extension ModelSource {
    func requiredInteger(_ key: String) throws -> Int {
        guard let value = try integer(key) else { throw TransformerError.missing(key: key) }
        return value
    }

    func requiredFloat(_ key: String) throws -> Float {
        guard let value = try float(key) else { throw TransformerError.missing(key: key) }
        return value
    }

    /// A vector as a matrix of one row.
    func vector(_ name: String, count: Int) throws -> Matrix {
        try require(name, shape: [count])
        let matrix = Matrix(rows: 1, columns: count)
        try copyRows(0..<1, ofTensor: name, to: matrix.slice)
        return matrix
    }

    /// Several matrices of one width, stacked and packed.
    func packed(_ tensors: [(name: String, rows: Int)], columns: Int, backend: MatrixBackend) throws -> PackedWeights {
        for tensor in tensors { try require(tensor.name, shape: [tensor.rows, columns]) }
        if backend == .native { return try native(tensors, columns: columns) }
        let matrix = Matrix(rows: tensors.reduce(0) { $0 + $1.rows }, columns: columns)
        var row = 0
        for tensor in tensors {
            try copyRows(0..<tensor.rows, ofTensor: tensor.name, to: matrix.rows(row..<(row + tensor.rows)))
            row += tensor.rows
        }
        return try PackedWeights(matrix, backend: backend)
    }

    /// Blocks as they are where products can be computed on them; the others decoded to float32.
    private func native(_ tensors: [(name: String, rows: Int)], columns: Int) throws -> PackedWeights {
        let types = try tensors.map { try quantizedType(ofTensor: $0.name, columns: columns) }
        if let type = types[0], types.allSatisfy({ $0 == type }), PackedWeights.canStack(rows: tensors.map(\.rows)) {
            return try quantized(tensors, type, columns: columns)
        }
        return PackedWeights(
            stacking: try zip(tensors, types).map { tensor, type in
                guard let type else { return try packed([tensor], columns: columns, backend: .oneDNN) }
                return try quantized([tensor], type, columns: columns)
            })
    }

    private func quantizedType(ofTensor name: String, columns: Int) throws -> QuantizedType? {
        let type = try withQuantizedBlocks(ofTensor: name) { type, _ in type }
        return type.flatMap { PackedWeights.canMultiply($0, inputs: columns) ? $0 : nil }
    }

    private func quantized(
        _ tensors: [(name: String, rows: Int)], _ type: QuantizedType, columns: Int
    ) throws -> PackedWeights {
        try PackedWeights(type, outputs: tensors.reduce(0) { $0 + $1.rows }, inputs: columns) { pack in
            var row = 0
            for tensor in tensors {
                _ = try withQuantizedBlocks(ofTensor: tensor.name) { _, blocks in
                    pack(blocks, row..<(row + tensor.rows))
                }
                row += tensor.rows
            }
        }
    }

    private func require(_ name: String, shape expected: [Int]) throws {
        guard let found = shape(ofTensor: name) else { throw TransformerError.missingTensor(name) }
        guard found == expected else { throw TransformerError.shape(tensor: name, found: found, expected: expected) }
    }
}

/// Embeddings decoded from the file when they are asked for: a second copy of the vocabulary is not kept.
struct StoredEmbedding: EmbeddingTable {
    let source: any EmbeddingSource
    let tensor: String

    func copyEmbedding(of id: Int32, to row: MatrixSlice) throws {
        try source.copyRows(Int(id)..<(Int(id) + 1), ofTensor: tensor, to: row)
    }
}
