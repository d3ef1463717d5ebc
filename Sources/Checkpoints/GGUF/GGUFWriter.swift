/// Writes a GGUF file, version 3, without holding its tensors in memory.
///
/// The header is written first, so every tensor is declared before any element is given. Then each tensor's elements
/// follow in the declared order, in pieces of any number of whole blocks. The file appears under its name when
/// `finish` returns; before that, whatever stood there is untouched. Not for use from two threads at once.
public final class GGUFWriter {
    private var stream: TensorStream

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - path: the final name; its folder must exist.
    ///   - metadata: written in its order; `general.alignment`, a uint32, sets the alignment.
    ///   - tensors: 1 to 4 dimensions each, none 0.
    /// - Throws: `CheckpointError` for names, shapes, types or keys that readers would refuse.
    public init(path: String, metadata: GGUFMetadata, tensors: [TensorDeclaration]) throws(CheckpointError) {
        let encoder = try GGUFHeaderEncoder(metadata: metadata, tensors: tensors)
        let file = try AtomicFile(path: path)
        try file.append(encoder.bytes)
        stream = TensorStream(file, tensors, byteCounts: encoder.byteCounts, alignment: encoder.alignment)
    }

    /// Adds elements to a tensor, rounded to its declared type.
    ///
    /// - Throws: `CheckpointError.tensorOutOfOrder`, `.tooManyBytes`, `.partialBlock`, `.nonFiniteElement` for a
    ///   quantised type, `.cannotWrite`.
    public func append(_ elements: Span<Float>, to name: String) throws(CheckpointError) {
        try stream.append(elements, to: name)
    }

    /// Adds elements to a tensor, rounded to its declared type.
    public func append(_ elements: [Float], to name: String) throws(CheckpointError) {
        try stream.append(elements.span, to: name)
    }

    /// Adds integers to a tensor of a type from I8 to I64.
    public func append(integers: [Int], to name: String) throws(CheckpointError) {
        try stream.append(integers: integers.span, to: name)
    }

    /// Adds bytes that are already encoded as declared, for instance those of another file's tensor.
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
