internal import Tensors

extension WeightReader {
    /// Whether blocks of the file are kept where products can be computed on them.
    var isCompact: Bool { backend == .native || (backend == .oneDNN && !isEditable) }

    /// Bytes that the matrices of a model will take.
    func byteCount(_ layout: WeightLayout) throws -> Int {
        try layout.matrices.reduce(plan.byteCount) { sum, part in
            let isReplaced = plan.ends.head != nil && part == layout.unembedding
            let blocks =
                isCompact && !isReplaced && source.hasTensor(part.weightName) ? try blockByteCount(part) : nil
            return sum + (blocks ?? part.outputs * part.inputs * MemoryLayout<Float>.size)
        }
    }

    private func blockByteCount(_ part: MatrixLayout) throws -> Int? {
        guard try quantizedType(part) != nil else { return nil }
        return try source.withQuantizedBlocks(ofTensor: part.weightName) { $1.byteCount }
    }

    /// Blocks as they are where products can be computed on them; the others decoded to float32.
    func compactWeights(_ parts: [MatrixLayout]) throws -> PackedWeights {
        let types = try parts.map(quantizedType)
        if types.allSatisfy({ $0 == nil }) { return try PackedWeights(dense(parts), backend: .oneDNN) }
        if let type = types[0], types.allSatisfy({ $0 == type }), PackedWeights.canStack(rows: parts.map(\.outputs)) {
            return try quantized(parts, type)
        }
        return PackedWeights(
            stacking: try zip(parts, types).map { part, type in
                guard let type else { return try PackedWeights(dense([part]), backend: .oneDNN) }
                return try quantized([part], type)
            })
    }

    /// Nil where the file's blocks are not the weights as they are multiplied: columns where rows belong, an adapter on
    /// them, or a type without such products.
    private func quantizedType(_ part: MatrixLayout) throws -> QuantizedType? {
        guard !part.isTransposed, !plan.isMerged(into: part.name) else { return nil }
        let type = try source.withQuantizedBlocks(ofTensor: part.weightName) { type, _ in type }
        return type.flatMap { PackedWeights.canMultiply($0, inputs: part.inputs) ? $0 : nil }
    }

    private func quantized(_ parts: [MatrixLayout], _ type: QuantizedType) throws -> PackedWeights {
        let outputs = parts.reduce(0) { $0 + $1.outputs }
        return try PackedWeights(type, outputs: outputs, inputs: parts[0].inputs, backend: backend) { pack in
            var row = 0
            for part in parts {
                let rows = row..<(row + part.outputs)
                _ = try source.withQuantizedBlocks(ofTensor: part.weightName) { _, blocks in
                    guard let order = part.order else { return pack(blocks, rows) }
                    let ordered = Self.ordered(blocks, order)
                    pack(unsafe ordered.span.bytes, rows)
                }
                row = rows.upperBound
            }
        }
    }

    /// The rows of a matrix of blocks, which are whole stretches of bytes, in another order.
    private static func ordered(_ blocks: RawSpan, _ order: [Int]) -> [UInt8] {
        let length = blocks.byteCount / order.count
        return order.flatMap { row in
            (row * length..<(row + 1) * length).map { unsafe blocks.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
    }
}
