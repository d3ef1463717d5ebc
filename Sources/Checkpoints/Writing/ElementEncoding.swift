internal import CKernels

/// Calls `body` with elements encoded as `type`, some thousand at a time.
///
/// - Precondition: the type is writable and the elements are whole blocks.
func encode(
    _ elements: Span<Float>,
    as type: ElementType,
    _ body: (RawSpan) throws(CheckpointError) -> Void
) throws(CheckpointError) {
    guard type != .f32 else { return try body(unsafe elements.bytes) }
    let pieceLength = 1 << 15
    var bytes = [UInt8](repeating: 0, count: pieceLength / type.blockElementCount * type.blockByteCount)
    for start in stride(from: 0, to: elements.count, by: pieceLength) {
        let piece = elements.extracting(start..<min(start + pieceLength, elements.count))
        let blockCount = piece.count / type.blockElementCount
        unsafe piece.withUnsafeBufferPointer { source in
            unsafe bytes.withUnsafeMutableBytes { output in
                unsafe encode(source, as: type, into: output, blockCount: blockCount)
            }
        }
        try body(unsafe bytes.span.bytes.extracting(0..<(blockCount * type.blockByteCount)))
    }
}

private func encode(
    _ source: UnsafeBufferPointer<Float>,
    as type: ElementType,
    into output: UnsafeMutableRawBufferPointer,
    blockCount: Int
) {
    guard let elements = source.baseAddress, let blocks = output.baseAddress else { return }
    precondition(blockCount * type.blockElementCount == source.count, "\(source.count) elements are not whole blocks")
    precondition(blockCount * type.blockByteCount <= output.count, "no room for \(blockCount) blocks")
    switch type {
    case .f16: unsafe ck_quantize_f16(elements, blocks, blockCount)
    case .bf16: unsafe ck_quantize_bf16(elements, blocks, blockCount)
    case .q4_0: unsafe ck_quantize_q4_0(elements, blocks, blockCount)
    case .q4_1: unsafe ck_quantize_q4_1(elements, blocks, blockCount)
    case .q8_0: unsafe ck_quantize_q8_0(elements, blocks, blockCount)
    default: preconditionFailure("\(type) is not writable")
    }
}
