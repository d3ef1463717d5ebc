/// Builds and checks what precedes the tensor data of a GGUF file.
struct GGUFHeaderEncoder {
    private(set) var bytes: [UInt8] = []
    private(set) var byteCounts: [Int] = []
    let alignment: Int

    init(metadata: GGUFMetadata, tensors: [TensorDeclaration]) throws(CheckpointError) {
        alignment = try Self.alignment(metadata)
        bytes += GGUFFormat.magic
        bytes.append(littleEndian: GGUFFormat.version)
        bytes.append(littleEndian: UInt64(tensors.count))
        bytes.append(littleEndian: UInt64(metadata.keys.count))
        for key in metadata.keys {
            guard GGUFFormat.isKey(key) else { throw .invalidKey(key) }
            guard let value = metadata[key] else { continue }
            append(key)
            bytes.append(littleEndian: value.type.rawValue)
            try append(value, key: key)
        }
        try append(tensors)
        let padding = (alignment - bytes.count % alignment) % alignment
        bytes += [UInt8](repeating: 0, count: padding)
    }

    private static func alignment(_ metadata: GGUFMetadata) throws(CheckpointError) -> Int {
        let key = GGUFFormat.alignmentKey
        guard let value = metadata[key] else { return GGUFFormat.defaultAlignment }
        guard case .uint32(let number) = value else {
            throw .wrongMetadataType(key: key, found: value.typeName, expected: "\(MetadataType.uint32)")
        }
        guard GGUFFormat.isAlignment(Int(number)) else { throw .invalidAlignment(Int(number)) }
        return Int(number)
    }

    private mutating func append(_ tensors: [TensorDeclaration]) throws(CheckpointError) {
        var names = Set<String>()
        var offset = 0
        for tensor in tensors {
            guard GGUFFormat.isTensorName(tensor.name) else { throw .invalidTensorName(tensor.name) }
            guard names.insert(tensor.name).inserted else { throw .duplicateTensor(tensor.name) }
            let byteCount = try Self.byteCount(of: tensor)
            try append(tensor, offset: offset)
            byteCounts.append(byteCount)
            guard let next = aligned(byteCount, to: alignment)?.addingReportingOverflow(offset), !next.overflow else {
                throw Self.invalidShape(tensor)
            }
            offset = next.partialValue
        }
    }

    private static func byteCount(of tensor: TensorDeclaration) throws(CheckpointError) -> Int {
        let shape = tensor.shape
        guard (1...GGUFFormat.mostDimensions).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
            throw invalidShape(tensor)
        }
        guard tensor.rowLength.isMultiple(of: tensor.elementType.blockElementCount) else {
            throw .rowsNotWholeBlocks(
                tensor: tensor.name, rowLength: tensor.rowLength, elementType: tensor.elementType)
        }
        guard let byteCount = tensor.elementType.byteCount(ofShape: shape) else { throw invalidShape(tensor) }
        return byteCount
    }

    private static func invalidShape(_ tensor: TensorDeclaration) -> CheckpointError {
        .invalidShape(tensor: tensor.name, shape: tensor.shape.map { UInt64(clamping: $0) })
    }

    private mutating func append(_ tensor: TensorDeclaration, offset: Int) throws(CheckpointError) {
        guard let identifier = tensor.elementType.ggufIdentifier else {
            throw .unwritableElementType(tensor: tensor.name, elementType: tensor.elementType, format: "GGUF")
        }
        append(tensor.name)
        bytes.append(littleEndian: UInt32(tensor.shape.count))
        for dimension in tensor.shape.reversed() { bytes.append(littleEndian: UInt64(dimension)) }
        bytes.append(littleEndian: identifier)
        bytes.append(littleEndian: UInt64(offset))
    }

    private mutating func append(_ text: String) {
        bytes.append(littleEndian: UInt64(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func append(_ value: MetadataValue, key: String) throws(CheckpointError) {
        switch value {
        case .uint8(let value): bytes.append(value)
        case .int8(let value): bytes.append(littleEndian: value)
        case .uint16(let value): bytes.append(littleEndian: value)
        case .int16(let value): bytes.append(littleEndian: value)
        case .uint32(let value): bytes.append(littleEndian: value)
        case .int32(let value): bytes.append(littleEndian: value)
        case .float32(let value): bytes.append(littleEndian: value.bitPattern)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .string(let value): append(value)
        case .array(let value): try append(value, key: key, depth: 1)
        case .uint64(let value): bytes.append(littleEndian: value)
        case .int64(let value): bytes.append(littleEndian: value)
        case .float64(let value): bytes.append(littleEndian: value.bitPattern)
        }
    }

    private mutating func append(_ array: MetadataArray, key: String, depth: Int) throws(CheckpointError) {
        guard depth <= GGUFFormat.deepestArray else {
            throw .arraysTooDeep(key: key, limit: GGUFFormat.deepestArray)
        }
        bytes.append(littleEndian: array.elementType.rawValue)
        switch array {
        case .uint8(let values): append(values)
        case .int8(let values): append(values)
        case .uint16(let values): append(values)
        case .int16(let values): append(values)
        case .uint32(let values): append(values)
        case .int32(let values): append(values)
        case .float32(let values): append(values.map(\.bitPattern))
        case .bool(let values): append(values.map { UInt8($0 ? 1 : 0) })
        case .string(let values):
            bytes.append(littleEndian: UInt64(values.count))
            for value in values { append(value) }
        case .array(let values):
            bytes.append(littleEndian: UInt64(values.count))
            for value in values { try append(value, key: key, depth: depth + 1) }
        case .uint64(let values): append(values)
        case .int64(let values): append(values)
        case .float64(let values): append(values.map(\.bitPattern))
        }
    }

    private mutating func append(_ values: [some FixedWidthInteger]) {
        bytes.append(littleEndian: UInt64(values.count))
        for value in values { bytes.append(littleEndian: value) }
    }
}
