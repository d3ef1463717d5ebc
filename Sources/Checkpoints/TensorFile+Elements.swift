internal import CKernels

extension TensorFile {
    /// The tensor of that name.
    ///
    /// - Throws: `CheckpointError.noSuchTensor`.
    public func requiredTensor(named name: String) throws(CheckpointError) -> TensorDescription {
        guard let tensor = tensor(named: name) else { throw .noSuchTensor(name) }
        return tensor
    }

    /// All elements of a tensor as float32, in row-major order.
    ///
    /// - Throws: `CheckpointError.noSuchTensor`, `.unreadableElements` for a type that `ElementType.isReadable` denies.
    public func floats(of name: String) throws -> [Float] {
        let tensor = try requiredTensor(named: name)
        try requireReadable(tensor)
        return try unsafe [Float](unsafeUninitializedCapacity: tensor.elementCount) { buffer, count in
            try unsafe dequantize(
                tensor, rows: 0..<tensor.rowCount,
                into: UnsafeMutableBufferPointer(rebasing: buffer[..<tensor.elementCount]))
            count = tensor.elementCount
        }
    }

    /// Writes rows of a tensor as float32, exactly as the format's reference does, one after another.
    ///
    /// The rows are those of the tensor seen as `rowCount` x `rowLength`. Several threads may call this at once, for
    /// different storage. Costs about one pass over the output.
    ///
    /// - Parameter output: room for exactly `rows.count * tensor.rowLength` elements.
    /// - Throws: `CheckpointError.noSuchTensor`, `.unreadableElements`, `.rowsOutOfRange`, `.wrongOutputSize`.
    public func dequantize(
        _ tensor: TensorDescription,
        rows: Range<Int>,
        into output: UnsafeMutableBufferPointer<Float>
    ) throws {
        try requireReadable(tensor)
        guard rows.lowerBound >= 0, rows.upperBound <= tensor.rowCount else {
            throw CheckpointError.rowsOutOfRange(tensor: tensor.name, rows: rows, rowCount: tensor.rowCount)
        }
        let elements = rows.count * tensor.rowLength
        guard output.count == elements else {
            throw CheckpointError.wrongOutputSize(tensor: tensor.name, elements: output.count, needed: elements)
        }
        let bytes = (rows.lowerBound * tensor.rowByteCount)..<(rows.upperBound * tensor.rowByteCount)
        try withBytes(of: tensor) { all in
            unsafe all.extracting(bytes).withUnsafeBytes { source in
                unsafe decode(source, as: tensor.elementType, into: output)
            }
        }
    }

    /// The same into a span.
    public func dequantize(
        _ tensor: TensorDescription,
        rows: Range<Int>,
        into output: inout MutableSpan<Float>
    ) throws {
        try unsafe output.withUnsafeMutableBufferPointer { buffer in
            try unsafe dequantize(tensor, rows: rows, into: buffer)
        }
    }

    /// All elements of a tensor of I8, I16, I32, I64, U8, U16 or U32, in row-major order.
    ///
    /// - Throws: `CheckpointError.noSuchTensor`, `.unreadableElements`.
    public func integers(of name: String) throws -> [Int] {
        let tensor = try requiredTensor(named: name)
        return try withBytes(of: tensor) { bytes in
            switch tensor.elementType {
            case .i8: integers(Int8.self, bytes)
            case .i16: integers(Int16.self, bytes)
            case .i32: integers(Int32.self, bytes)
            case .i64: integers(Int64.self, bytes)
            case .u8: integers(UInt8.self, bytes)
            case .u16: integers(UInt16.self, bytes)
            case .u32: integers(UInt32.self, bytes)
            default:
                throw CheckpointError.unreadableElements(
                    tensor: name, elementType: tensor.elementType, wanted: "integers")
            }
        }
    }

    private func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type,
        _ bytes: RawSpan
    ) -> [Int] {
        stride(from: 0, to: bytes.byteCount, by: MemoryLayout<Integer>.size).map {
            Int(Integer(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: $0, as: type)))
        }
    }

    private func requireReadable(_ tensor: TensorDescription) throws(CheckpointError) {
        guard tensor.elementType.isReadable else {
            throw .unreadableElements(tensor: tensor.name, elementType: tensor.elementType, wanted: "float32")
        }
    }
}

/// Decodes whole blocks; `source` holds exactly the blocks of `output`.
private func decode(
    _ source: UnsafeRawBufferPointer,
    as type: ElementType,
    into output: UnsafeMutableBufferPointer<Float>
) {
    guard let blocks = source.baseAddress, let out = output.baseAddress else { return }
    let count = source.count / type.blockByteCount
    precondition(count * type.blockElementCount == output.count, "\(count) blocks for \(output.count) elements")
    switch type {
    case .f32: unsafe UnsafeMutableRawBufferPointer(output).copyMemory(from: source)
    case .f16: unsafe ck_dequantize_f16(blocks, out, count)
    case .bf16: unsafe ck_dequantize_bf16(blocks, out, count)
    case .q4_0: unsafe ck_dequantize_q4_0(blocks, out, count)
    case .q4_1: unsafe ck_dequantize_q4_1(blocks, out, count)
    case .q5_0: unsafe ck_dequantize_q5_0(blocks, out, count)
    case .q5_1: unsafe ck_dequantize_q5_1(blocks, out, count)
    case .q8_0: unsafe ck_dequantize_q8_0(blocks, out, count)
    case .q2_K: unsafe ck_dequantize_q2_k(blocks, out, count)
    case .q3_K: unsafe ck_dequantize_q3_k(blocks, out, count)
    case .q4_K: unsafe ck_dequantize_q4_k(blocks, out, count)
    case .q5_K: unsafe ck_dequantize_q5_k(blocks, out, count)
    case .q6_K: unsafe ck_dequantize_q6_k(blocks, out, count)
    case .q8_K: unsafe ck_dequantize_q8_k(blocks, out, count)
    case .f64, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .bool, .f8e4m3, .f8e5m2:
        preconditionFailure("\(type) is not readable")
    }
}
