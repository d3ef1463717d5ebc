internal import Checkpoints
internal import Tensors

/// What a tensor of an adapter's file is.
enum AdapterEntry {
    enum Half {
        case a
        case b
    }

    /// A half of the change of a matrix: `a` [rank, inputs], `b` [outputs, rank].
    case matrix(String, Half)
    /// A half of the change of an embedding: `a` [rank, vocabulary], or as `isTransposed` the other way round; `b`
    /// [modelDimension, rank].
    case embedding(String, Half, isTransposed: Bool)
    /// A module's whole matrix; `isBase` for the one under a change of it.
    case whole(String, isBase: Bool)
    /// What other programs leave aside too.
    case leftAside
}

/// The tensors of an adapter's file, sorted.
struct AdapterTensors {
    private typealias Halves = (a: Matrix?, b: Matrix?)

    private var matrices: [String: Halves] = [:]
    private var embeddings: [String: Halves] = [:]
    private(set) var wholes: [WholeMatrix] = []
    private(set) var leftAside: [String] = []

    /// Largest rank of a change.
    private static let largestRank = 4096

    /// - Parameter parse: what a tensor's name says; nil for one that no adapter has
    /// - Throws: ``TransformerError``; `CheckpointError`.
    init(_ file: some TensorFile, _ parse: (String) -> AdapterEntry?) throws {
        for tensor in file.tensors {
            switch parse(tensor.name) {
            case nil: throw TransformerError.adapterTarget(tensor.name)
            case .leftAside?: leftAside.append(tensor.name)
            case .whole(let module, let isBase)?:
                wholes.append(WholeMatrix(file: file, tensor: tensor, module: module, isBase: isBase))
            case .matrix(let module, let half)?:
                let matrix = try Self.matrix(tensor, rankAxis: half == .a ? 0 : 1, file)
                Self.insert(matrix, half, into: &matrices[module, default: (nil, nil)])
            case .embedding(let module, .a, let isTransposed)?:
                let matrix = try Self.matrix(tensor, rankAxis: isTransposed ? 1 : 0, file)
                embeddings[module, default: (nil, nil)].a = isTransposed ? matrix : matrix.transposed()
            case .embedding(let module, .b, _)?:
                embeddings[module, default: (nil, nil)].b = try Self.matrix(tensor, rankAxis: 1, file)
            }
        }
    }

    private static func insert(_ matrix: Matrix, _ half: AdapterEntry.Half, into halves: inout Halves) {
        switch half {
        case .a: halves.a = matrix
        case .b: halves.b = matrix
        }
    }

    private static func matrix(_ tensor: TensorDescription, rankAxis: Int, _ file: some TensorFile) throws -> Matrix {
        guard tensor.shape.count == 2, (1...largestRank).contains(tensor.shape[rankAxis]) else {
            throw TransformerError.shape(tensor: tensor.name, found: tensor.shape, expected: [])
        }
        let matrix = Matrix(rows: tensor.shape[0], columns: tensor.shape[1])
        try file.copyTensorRows(0..<tensor.shape[0], ofTensor: tensor.name, to: matrix.slice)
        return matrix
    }

    /// The changes of matrices.
    ///
    /// - Parameter scale: the factor on a module's change, by its rank
    func changes(_ scale: (_ name: String, _ rank: Int) throws -> Float) throws -> [String: LoRAAdapter.Change] {
        var changes: [String: LoRAAdapter.Change] = [:]
        for (name, halves) in matrices.sorted(by: { $0.key < $1.key }) {
            guard let a = halves.a, let b = halves.b else { throw TransformerError.missingTensor("\(name) lora") }
            guard a.rowCount == b.columnCount else {
                throw TransformerError.shape(
                    tensor: "\(name) lora B", found: [b.rowCount, b.columnCount], expected: [b.rowCount, a.rowCount])
            }
            changes[name] = LoRAAdapter.Change(a: a, b: b, scale: try scale(name, a.rowCount))
        }
        return changes
    }

    /// The changes of embeddings.
    func embeddings(_ scale: (_ name: String, _ rank: Int) throws -> Float) throws -> [String: EmbeddingChange] {
        var changes: [String: EmbeddingChange] = [:]
        for (name, halves) in embeddings.sorted(by: { $0.key < $1.key }) {
            guard let a = halves.a, let b = halves.b else { throw TransformerError.missingTensor("\(name) lora") }
            guard a.columnCount == b.columnCount else {
                throw TransformerError.shape(
                    tensor: "\(name) lora B", found: [b.rowCount, b.columnCount], expected: [b.rowCount, a.columnCount])
            }
            changes[name] = EmbeddingChange(a: a, b: b.transposed(), scale: try scale(name, a.columnCount))
        }
        return changes
    }
}

extension Matrix {
    fileprivate func transposed() -> Matrix {
        let result = Matrix(rows: columnCount, columns: rowCount)
        for row in 0..<rowCount {
            let values = self.row(row).copy()
            result.slice.columns(row..<(row + 1)).assign(values)
        }
        return result
    }
}
