/// A file of named tensors, open for reading.
///
/// Reading is safe from several threads at once; nothing is cached.
public protocol TensorFile: Sendable {
    var path: String { get }

    /// The tensors, in the file's order.
    var tensors: [TensorDescription] { get }

    /// The tensor of that name, or nil.
    func tensor(named name: String) -> TensorDescription?

    /// Calls `body` with the tensor's bytes as they are in the file.
    ///
    /// - Throws: `CheckpointError.noSuchTensor` where the description is not this file's; what `body` throws.
    func withBytes<Result>(of tensor: TensorDescription, _ body: (RawSpan) throws -> Result) throws -> Result

    /// Gives back the memory of what was read of a tensor; it is read again when touched.
    func releasePages(of tensor: TensorDescription)

    /// Gives back the memory of all that was read.
    func releasePages()
}

/// Tensors by name, in the file's order, over mapped bytes.
struct TensorTable: Sendable {
    let file: MappedFile
    let tensors: [TensorDescription]
    private let indices: [String: Int]

    /// - Precondition: names differ and every tensor lies inside the file.
    init(_ file: MappedFile, _ tensors: [TensorDescription]) {
        self.file = file
        self.tensors = tensors
        indices = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
    }

    subscript(name: String) -> TensorDescription? { indices[name].map { tensors[$0] } }

    func withBytes<Result>(of tensor: TensorDescription, _ body: (RawSpan) throws -> Result) throws -> Result {
        guard self[tensor.name] == tensor else { throw CheckpointError.noSuchTensor(tensor.name) }
        return try file.withBytes(in: tensor.offset..<(tensor.offset + tensor.byteCount), body)
    }

    func releasePages(of tensor: TensorDescription) {
        guard self[tensor.name] == tensor else { return }
        file.releasePages(in: tensor.offset..<(tensor.offset + tensor.byteCount))
    }

    func releasePages() { file.releasePages(in: 0..<file.count) }
}
