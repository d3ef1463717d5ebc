/// A GGUF file, version 2 or 3, open for reading.
///
/// Opening maps the file and checks the whole header: every count and length against what is left of the file, every
/// name, every tensor's place. Tensor elements are not looked at.
public struct GGUFFile: TensorFile {
    public let metadata: GGUFMetadata
    private let table: TensorTable

    /// Opens a file.
    ///
    /// - Throws: `CheckpointError`, also for big-endian files and for models split over several files.
    public init(path: String) throws(CheckpointError) {
        try self.init(MappedFile(path: path))
    }

    /// Reads the bytes of a file that is already in memory; they are copied.
    ///
    /// - Throws: `CheckpointError`.
    public init(bytes: [UInt8]) throws(CheckpointError) {
        try self.init(MappedFile(copying: bytes))
    }

    private init(_ file: MappedFile) throws(CheckpointError) {
        var reader = GGUFHeaderReader(file)
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

    /// Gives back the memory of what was read; it is read again when touched.
    public func releasePages() { table.file.releasePages() }
}
