/// A safetensors file, open for reading.
///
/// Opening maps the file and checks the whole header: no key twice, every tensor's bytes equal to what its shape and
/// type need, and the tensors filling the data without gap or overlap.
public struct SafetensorsFile: TensorFile {
    /// The `__metadata__` of the header.
    public let metadata: [String: String]
    private let table: TensorTable

    /// Opens a file.
    ///
    /// - Throws: `CheckpointError`; what is wrong inside the file comes with its path, as `.inFile`.
    public init(path: String) throws(CheckpointError) {
        let file = try MappedFile(path: path)
        do throws(CheckpointError) {
            try self.init(file)
        } catch {
            throw .inFile(path: path, problem: error)
        }
    }

    /// Reads the bytes of a file that is already in memory; they are copied.
    ///
    /// - Throws: `CheckpointError`.
    public init(bytes: [UInt8]) throws(CheckpointError) {
        try self.init(MappedFile(copying: bytes))
    }

    private init(_ file: MappedFile) throws(CheckpointError) {
        var reader = SafetensorsHeaderReader(file)
        let (metadata, tensors) = try reader.read()
        self.metadata = metadata
        table = TensorTable(file, tensors)
    }

    public var path: String { table.file.path }

    public var tensors: [TensorDescription] { table.tensors }

    public func tensor(named name: String) -> TensorDescription? { table[name] }

    public func withBytes<Result>(
        of tensor: TensorDescription,
        _ body: (RawSpan) throws -> Result
    ) throws -> Result {
        try table.withBytes(of: tensor, body)
    }

    public func releasePages(of tensor: TensorDescription) { table.releasePages(of: tensor) }

    public func releasePages() { table.releasePages() }
}
