public import Tensors

/// What a model is made from: metadata and named tensors, whatever the file format.
public protocol ModelSource: EmbeddingSource {
    /// Whose names keys and tensors have.
    var convention: NamingConvention { get }
    /// Nil where there is no such key; a value of another type is an error. So for the others.
    func string(_ key: String) throws -> String?
    func integer(_ key: String) throws -> Int?
    func float(_ key: String) throws -> Float?
    func bool(_ key: String) throws -> Bool?
    func strings(_ key: String) throws -> [String]?
    func floats(_ key: String) throws -> [Float]?
    func bools(_ key: String) throws -> [Bool]?
    /// Whether a source that tells absent keys from empty ones has a key, be its value null; false for others.
    func hasKey(_ key: String) -> Bool
    /// Names of all tensors.
    var tensorNames: [String] { get }
    /// Sizes, outermost first; nil where there is no such tensor.
    func shape(ofTensor name: String) -> [Int]?
    /// Calls `body` with the blocks of a quantised tensor as they lie in the file; nil, without a call, for others.
    func withQuantizedBlocks<Result>(
        ofTensor name: String, _ body: (QuantizedType, RawSpan) throws -> Result
    ) throws -> Result?
    /// Called when a tensor's weights are packed: what was read of the file need not stay in memory.
    func releasePages(ofTensor name: String)
    /// Called when all weights are packed.
    func releasePages()
}

extension ModelSource {
    public func releasePages(ofTensor name: String) {}

    public func releasePages() {}

    public func withQuantizedBlocks<Result>(
        ofTensor name: String, _ body: (QuantizedType, RawSpan) throws -> Result
    ) throws -> Result? { nil }
}

/// Whose names a checkpoint's keys and tensors have.
public enum NamingConvention: Hashable, Sendable {
    /// llama.cpp's: `llama.block_count`, `blk.0.attn_q.weight`.
    case gguf
    /// transformers': `num_hidden_layers`, `model.layers.0.self_attn.q_proj.weight`; a dot leads into an object of
    /// `config.json`.
    case huggingFace
}

/// Rows of tensors as float32.
public protocol EmbeddingSource: Sendable {
    /// Decodes rows of a tensor of one or two axes; one axis is a single row. Safe to call from several threads.
    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws
}

extension ModelSource {
    public var convention: NamingConvention { .gguf }

    public func bool(_ key: String) throws -> Bool? { nil }

    public func strings(_ key: String) throws -> [String]? { nil }

    public func floats(_ key: String) throws -> [Float]? { nil }

    public func bools(_ key: String) throws -> [Bool]? { nil }

    public func hasKey(_ key: String) -> Bool { false }
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

    func hasTensor(_ name: String) -> Bool { shape(ofTensor: name) != nil }

    /// - Throws: ``TransformerError/missingTensor(_:)``, ``TransformerError/shape(tensor:found:expected:)``.
    func require(_ name: String, shape expected: [Int]) throws {
        guard let found = shape(ofTensor: name) else { throw TransformerError.missingTensor(name) }
        guard found == expected else { throw TransformerError.shape(tensor: name, found: found, expected: expected) }
    }

    /// A vector as a matrix of one row.
    func vector(_ name: String, count: Int) throws -> Matrix {
        try require(name, shape: [count])
        let matrix = Matrix(rows: 1, columns: count)
        try copyRows(0..<1, ofTensor: name, to: matrix.slice)
        return matrix
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
