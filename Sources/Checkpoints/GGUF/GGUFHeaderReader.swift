/// Parses what precedes the tensor data of a GGUF file.
struct GGUFHeaderReader {
    private var reader: ByteReader

    init(_ file: MappedFile) { reader = ByteReader(file) }

    /// Metadata and tensors, each checked to lie inside the file.
    mutating func read() throws(CheckpointError) -> (metadata: GGUFMetadata, tensors: [TensorDescription]) {
        try readMagicAndVersion()
        // A tensor takes at least a name's length, one byte of name, a rank, a type and an offset; an entry of
        // metadata a key's length, one byte of key, a type and one byte of value.
        let tensorCount = try reader.count(of: "tensors", smallest: 25)
        let entryCount = try reader.count(of: "metadata entries", smallest: 14)
        let metadata = try readMetadata(count: entryCount)
        let alignment = try metadata.integer(GGUFFormat.alignmentKey) ?? GGUFFormat.defaultAlignment
        guard GGUFFormat.isAlignment(alignment) else { throw .invalidAlignment(alignment) }
        let entries = try readTensorEntries(count: tensorCount)
        return (metadata, try place(entries, alignment: alignment))
    }

    private mutating func readMagicAndVersion() throws(CheckpointError) {
        let magic = try reader.integers(UInt8.self, count: 4, reading: "the magic number")
        guard magic == GGUFFormat.magic else { throw .notGGUF(firstBytes: magic) }
        let version = try reader.integer(UInt32.self, reading: "the version")
        // Small numbers of the other byte order fill the upper half only.
        guard version == 0 || version & 0xFFFF != 0 else { throw .bigEndianGGUF }
        guard version == 2 || version == 3 else { throw .unsupportedGGUFVersion(version) }
    }
}

// Tensors
extension GGUFHeaderReader {
    private struct TensorEntry {
        let name: String
        let shape: [Int]
        let elementType: ElementType
        let byteCount: Int
        /// From the start of the tensor data.
        let offset: UInt64
    }

    private mutating func readTensorEntries(count: Int) throws(CheckpointError) -> [TensorEntry] {
        var names = Set<String>(minimumCapacity: min(count, GGUFFormat.largestReservation))
        var entries: [TensorEntry] = []
        entries.reserveCapacity(min(count, GGUFFormat.largestReservation))
        for _ in 0..<count {
            let entry = try readTensorEntry()
            guard names.insert(entry.name).inserted else { throw .duplicateTensor(entry.name) }
            entries.append(entry)
        }
        return entries
    }

    private mutating func readTensorEntry() throws(CheckpointError) -> TensorEntry {
        let name = try reader.string(reading: "a tensor's name")
        guard GGUFFormat.isTensorName(name) else { throw .invalidTensorName(name) }
        let shape = try readShape(of: name)
        let identifier = try reader.integer(UInt32.self, reading: "a tensor's type")
        guard let type = ElementType(ggufIdentifier: identifier) else {
            let known = ElementType.ggufName(of: identifier)
            throw .unsupportedElementType(tensor: name, elementType: known ?? "number \(identifier)")
        }
        guard (shape.last ?? 1).isMultiple(of: type.blockElementCount) else {
            throw .rowsNotWholeBlocks(tensor: name, rowLength: shape.last ?? 1, elementType: type)
        }
        guard let byteCount = type.byteCount(ofShape: shape) else {
            throw .invalidShape(tensor: name, shape: shape.map { UInt64($0) })
        }
        let offset = try reader.integer(UInt64.self, reading: "a tensor's offset")
        return TensorEntry(name: name, shape: shape, elementType: type, byteCount: byteCount, offset: offset)
    }

    /// The dimensions, outermost first: the file lists the contiguous one first.
    private mutating func readShape(of tensor: String) throws(CheckpointError) -> [Int] {
        let rank = try reader.integer(UInt32.self, reading: "a tensor's rank")
        guard rank <= GGUFFormat.mostDimensions else {
            throw .invalidShape(tensor: tensor, shape: [UInt64](repeating: 0, count: min(Int(rank), 8)))
        }
        let dimensions = try reader.integers(UInt64.self, count: Int(rank), reading: "a tensor's shape")
        let shape = dimensions.reversed().compactMap { Int(exactly: $0) }
        guard shape.count == dimensions.count, !shape.contains(0) else {
            throw .invalidShape(tensor: tensor, shape: dimensions.reversed())
        }
        return shape
    }

    private func place(
        _ entries: [TensorEntry],
        alignment: Int
    ) throws(CheckpointError) -> [TensorDescription] {
        guard let dataStart = aligned(reader.position, to: alignment) else { return [] }
        var tensors: [TensorDescription] = []
        tensors.reserveCapacity(entries.count)
        for entry in entries {
            guard entry.offset.isMultiple(of: UInt64(alignment)) else {
                throw .misalignedTensor(entry.name, offset: entry.offset, alignment: alignment)
            }
            let (start, startOverflow) = entry.offset.addingReportingOverflow(UInt64(dataStart))
            let (end, endOverflow) = start.addingReportingOverflow(UInt64(entry.byteCount))
            guard !startOverflow, !endOverflow, end <= UInt64(reader.file.count) else {
                let shown = startOverflow || endOverflow ? UInt64.max : end
                throw .tensorOutsideFile(entry.name, end: shown, fileSize: reader.file.count)
            }
            tensors.append(
                TensorDescription(
                    name: entry.name, shape: entry.shape, elementType: entry.elementType,
                    byteCount: entry.byteCount, offset: Int(start)
                )
            )
        }
        return tensors
    }
}

// Metadata
extension GGUFHeaderReader {
    private mutating func readMetadata(count: Int) throws(CheckpointError) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata.reserveCapacity(min(count, GGUFFormat.largestReservation))
        for _ in 0..<count {
            let key = try reader.string(reading: "a metadata key")
            guard GGUFFormat.isKey(key) else { throw .invalidKey(key) }
            let type = try readType(for: key)
            try metadata.append(try readValue(of: type, for: key), forKey: key)
        }
        return metadata
    }

    private mutating func readType(for key: String) throws(CheckpointError) -> MetadataType {
        let identifier = try reader.integer(UInt32.self, reading: "the type of \(key)")
        guard let type = MetadataType(rawValue: identifier) else {
            throw .unknownMetadataType(key: key, type: identifier)
        }
        return type
    }

    private mutating func readValue(
        of type: MetadataType,
        for key: String
    ) throws(CheckpointError) -> MetadataValue {
        switch type {
        case .uint8: .uint8(try reader.integer(UInt8.self, reading: key))
        case .int8: .int8(try reader.integer(Int8.self, reading: key))
        case .uint16: .uint16(try reader.integer(UInt16.self, reading: key))
        case .int16: .int16(try reader.integer(Int16.self, reading: key))
        case .uint32: .uint32(try reader.integer(UInt32.self, reading: key))
        case .int32: .int32(try reader.integer(Int32.self, reading: key))
        case .float32: .float32(Float(bitPattern: try reader.integer(UInt32.self, reading: key)))
        case .bool: .bool(try readBoolean(for: key))
        case .string: .string(try readString(for: key))
        case .array: .array(try readArray(for: key, depth: 1))
        case .uint64: .uint64(try reader.integer(UInt64.self, reading: key))
        case .int64: .int64(try reader.integer(Int64.self, reading: key))
        case .float64: .float64(Double(bitPattern: try reader.integer(UInt64.self, reading: key)))
        }
    }

    private mutating func readArray(for key: String, depth: Int) throws(CheckpointError) -> MetadataArray {
        let limit = GGUFFormat.deepestArray
        guard depth <= limit else { throw .arraysTooDeep(key: key, limit: limit) }
        let type = try readType(for: key)
        let count = try reader.count(of: "elements of \(key)", smallest: type.smallestByteCount)
        return switch type {
        case .uint8: .uint8(try reader.integers(UInt8.self, count: count, reading: key))
        case .int8: .int8(try reader.integers(Int8.self, count: count, reading: key))
        case .uint16: .uint16(try reader.integers(UInt16.self, count: count, reading: key))
        case .int16: .int16(try reader.integers(Int16.self, count: count, reading: key))
        case .uint32: .uint32(try reader.integers(UInt32.self, count: count, reading: key))
        case .int32: .int32(try reader.integers(Int32.self, count: count, reading: key))
        case .float32:
            .float32(try reader.integers(UInt32.self, count: count, reading: key).map(Float.init(bitPattern:)))
        case .bool:
            .bool(try readElements(count) { header throws(CheckpointError) in try header.readBoolean(for: key) })
        case .string:
            .string(try readElements(count) { header throws(CheckpointError) in try header.readString(for: key) })
        case .array:
            .array(
                try readElements(count) { header throws(CheckpointError) in
                    try header.readArray(for: key, depth: depth + 1)
                }
            )
        case .uint64: .uint64(try reader.integers(UInt64.self, count: count, reading: key))
        case .int64: .int64(try reader.integers(Int64.self, count: count, reading: key))
        case .float64:
            .float64(try reader.integers(UInt64.self, count: count, reading: key).map(Double.init(bitPattern:)))
        }
    }

    private mutating func readElements<Element>(
        _ count: Int,
        _ read: (inout Self) throws(CheckpointError) -> Element
    ) throws(CheckpointError) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(min(count, GGUFFormat.largestReservation))
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    private mutating func readString(for key: String) throws(CheckpointError) -> String {
        try reader.string(reading: key)
    }

    private mutating func readBoolean(for key: String) throws(CheckpointError) -> Bool {
        let byte = try reader.integer(UInt8.self, reading: key)
        guard byte <= 1 else { throw .invalidBoolean(key: key, byte: byte) }
        return byte == 1
    }
}
