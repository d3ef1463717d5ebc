/// Writes a safetensors file without holding its tensors in memory.
///
/// Every tensor is declared before any element is given; then each tensor's elements follow in the declared order, in
/// pieces of any length. The file appears under its name when `finish` returns; before that, whatever stood there is
/// untouched. Not for use from two threads at once.
public final class SafetensorsWriter {
    private var stream: TensorStream

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - path: the final name; its folder must exist.
    ///   - metadata: written sorted by key.
    ///   - tensors: unquantised; wider element types first, so that every tensor starts at a multiple of its element.
    /// - Throws: `CheckpointError` for names, shapes or types that readers would refuse.
    public init(
        path: String,
        metadata: [String: String] = [:],
        tensors: [TensorDeclaration]
    ) throws(CheckpointError) {
        let encoder = try SafetensorsHeaderEncoder(metadata: metadata, tensors: tensors)
        let file = try AtomicFile(path: path)
        try file.append(encoder.bytes)
        stream = TensorStream(file, tensors, byteCounts: encoder.byteCounts, alignment: 1)
    }

    /// Adds elements to a tensor of F32, F16 or BF16, rounded to its declared type.
    ///
    /// - Throws: `CheckpointError.tensorOutOfOrder`, `.tooManyBytes`, `.unreadableElements`, `.cannotWrite`.
    public func append(_ elements: Span<Float>, to name: String) throws(CheckpointError) {
        try stream.append(elements, to: name)
    }

    /// Adds elements to a tensor of F32, F16 or BF16, rounded to its declared type.
    public func append(_ elements: [Float], to name: String) throws(CheckpointError) {
        try stream.append(elements.span, to: name)
    }

    /// Adds integers to a tensor of I8 to I64 or U8 to U32.
    public func append(integers: [Int], to name: String) throws(CheckpointError) {
        try stream.append(integers: integers.span, to: name)
    }

    /// Adds bytes that are already encoded as declared.
    public func append(bytes: RawSpan, to name: String) throws(CheckpointError) {
        try stream.append(bytes: bytes, to: name)
    }

    /// Adds bytes that are already encoded as declared.
    public func append(bytes: [UInt8], to name: String) throws(CheckpointError) {
        try stream.append(bytes: bytes, to: name)
    }

    /// Completes the file: syncs it and gives it its name.
    ///
    /// - Throws: `CheckpointError.unfinishedTensors`, `.cannotWrite`.
    public func finish() throws(CheckpointError) { try stream.finish() }
}
