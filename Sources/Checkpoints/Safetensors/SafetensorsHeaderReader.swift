/// Parses and checks the header of a safetensors file.
///
/// Stricter than the reference implementation in one point: a tensor may have no field beyond the three defined ones.
struct SafetensorsHeaderReader {
    private struct Entry {
        let name: String
        let shape: [Int]
        let elementType: ElementType
        /// From the start of the data.
        let range: Range<Int>
    }

    private let file: MappedFile
    private var metadata: [String: String] = [:]
    private var entries: [Entry] = []

    init(_ file: MappedFile) { self.file = file }

    /// Metadata, and the tensors in the order of their data.
    mutating func read() throws(CheckpointError) -> (metadata: [String: String], tensors: [TensorDescription]) {
        var reader = ByteReader(file)
        let length = try reader.integer(UInt64.self, reading: "the header's length")
        let limit = min(reader.remaining, SafetensorsFormat.longestHeader)
        guard length <= UInt64(limit) else { throw .headerTooLong(bytes: length, limit: limit) }
        let header = try reader.integers(UInt8.self, count: Int(length), reading: "the header")
        guard header.first == UInt8(ascii: "{") else { throw .malformedHeader(at: 0, expected: "'{'") }
        try parse(header)
        return (metadata, try place(dataStart: reader.position))
    }

    private mutating func parse(_ header: [UInt8]) throws(CheckpointError) {
        var names = Set<String>()
        var scanner = HeaderScanner(header)
        try scanner.object { (scanner, name) throws(CheckpointError) in
            guard names.insert(name).inserted else { throw .duplicateTensor(name) }
            if name == SafetensorsFormat.metadataKey {
                try readMetadata(&scanner)
            } else {
                entries.append(try readEntry(&scanner, name: name))
            }
        }
        try scanner.end()
    }

    private mutating func readMetadata(_ scanner: inout HeaderScanner) throws(CheckpointError) {
        try scanner.object { (scanner, key) throws(CheckpointError) in
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else { throw .duplicateKey(key) }
        }
    }

    private func readEntry(_ scanner: inout HeaderScanner, name: String) throws(CheckpointError) -> Entry {
        guard SafetensorsFormat.isTensorName(name) else { throw .invalidTensorName(name) }
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { (scanner, field) throws(CheckpointError) in
            switch field {
            case "dtype" where type == nil: type = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers(limit: SafetensorsFormat.mostDimensions)
            case "data_offsets" where offsets == nil: offsets = try scanner.integers(limit: 2)
            case "dtype", "shape", "data_offsets": throw .duplicateField(tensor: name, field: field)
            default: throw .unknownField(tensor: name, field: field)
            }
        }
        guard let type else { throw .missingField(tensor: name, field: "dtype") }
        guard let shape else { throw .missingField(tensor: name, field: "shape") }
        guard let offsets else { throw .missingField(tensor: name, field: "data_offsets") }
        return try entry(name: name, type: type, shape: shape, offsets: offsets)
    }

    private func entry(
        name: String,
        type: String,
        shape: [Int],
        offsets: [Int]
    ) throws(CheckpointError) -> Entry {
        guard let elementType = ElementType(safetensorsName: type) else {
            throw .unsupportedElementType(tensor: name, elementType: type)
        }
        guard let byteCount = elementType.byteCount(ofShape: shape) else {
            throw .invalidShape(tensor: name, shape: shape.map { UInt64($0) })
        }
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] - offsets[0] == byteCount else {
            let found = offsets.count == 2 ? max(offsets[1] - offsets[0], 0) : 0
            throw .wrongByteCount(tensor: name, found: found, needed: byteCount)
        }
        return Entry(name: name, shape: shape, elementType: elementType, range: offsets[0]..<offsets[1])
    }

    /// Checks that the tensors fill the data exactly, one after another.
    private func place(dataStart: Int) throws(CheckpointError) -> [TensorDescription] {
        let dataCount = file.count - dataStart
        var expected = 0
        var tensors: [TensorDescription] = []
        tensors.reserveCapacity(entries.count)
        let ordered = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for entry in ordered {
            let start = entry.range.lowerBound
            guard start == expected else { throw .gapOrOverlap(tensor: entry.name, start: start, expected: expected) }
            expected = entry.range.upperBound
            guard expected <= dataCount else {
                let end = UInt64(expected) + UInt64(dataStart)
                throw .tensorOutsideFile(entry.name, end: end, fileSize: file.count)
            }
            tensors.append(
                TensorDescription(
                    name: entry.name, shape: entry.shape, elementType: entry.elementType,
                    byteCount: entry.range.count, offset: dataStart + start
                )
            )
        }
        guard expected == dataCount else { throw .trailingBytes(dataCount - expected) }
        return tensors
    }
}
