internal import Checkpoints
internal import Tensors

/// A matrix that an adapter's file holds whole, in place of the model's: PEFT's `modules_to_save`, and the base under a
/// change of an embedding or a head, which PEFT saves with it.
struct WholeMatrix: EmbeddingSource {
    private let file: any TensorFile
    private let tensor: TensorDescription
    let module: String
    /// Whether it is the matrix under a change.
    let isBase: Bool

    init(file: some TensorFile, tensor: TensorDescription, module: String, isBase: Bool) {
        self.file = file
        self.tensor = tensor
        self.module = module
        self.isBase = isBase
    }

    var name: String { tensor.name }

    var shape: [Int] { tensor.shape }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        try file.copyTensorRows(rows, ofTensor: name, to: matrix)
    }
}

/// A source one of whose tensors comes from an adapter.
struct ReplacedSource: ModelSource {
    let base: any ModelSource
    /// Of the tensor that is replaced.
    let name: String
    let matrix: WholeMatrix

    var convention: NamingConvention { base.convention }

    func string(_ key: String) throws -> String? { try base.string(key) }

    func integer(_ key: String) throws -> Int? { try base.integer(key) }

    func float(_ key: String) throws -> Float? { try base.float(key) }

    var tensorNames: [String] { base.tensorNames }

    func shape(ofTensor name: String) -> [Int]? {
        name == self.name ? matrix.shape : base.shape(ofTensor: name)
    }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to slice: MatrixSlice) throws {
        guard name == self.name else { return try base.copyRows(rows, ofTensor: name, to: slice) }
        try matrix.copyRows(rows, ofTensor: matrix.name, to: slice)
    }
}
