/// Builds and checks the length and the JSON that precede the data of a safetensors file.
struct SafetensorsHeaderEncoder {
    private(set) var bytes: [UInt8] = []
    private(set) var byteCounts: [Int] = []

    init(metadata: [String: String], tensors: [TensorDeclaration]) throws(CheckpointError) {
        var fields: [String] = []
        if !metadata.isEmpty {
            let entries = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            fields.append("\(Self.quoted(SafetensorsFormat.metadataKey)):{\(entries.joined(separator: ","))}")
        }
        var names = Set<String>()
        var offset = 0
        for tensor in tensors {
            guard SafetensorsFormat.isTensorName(tensor.name) else { throw .invalidTensorName(tensor.name) }
            guard names.insert(tensor.name).inserted else { throw .duplicateTensor(tensor.name) }
            let byteCount = try Self.byteCount(of: tensor, at: offset)
            let (end, overflow) = offset.addingReportingOverflow(byteCount)
            guard !overflow else { throw Self.invalidShape(tensor) }
            fields.append(try Self.field(for: tensor, range: offset..<end))
            byteCounts.append(byteCount)
            offset = end
        }
        try assemble("{\(fields.joined(separator: ","))}")
    }

    private mutating func assemble(_ json: String) throws(CheckpointError) {
        var header = Array(json.utf8)
        header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
        guard header.count <= SafetensorsFormat.longestHeader else {
            throw .headerTooLong(bytes: UInt64(header.count), limit: SafetensorsFormat.longestHeader)
        }
        bytes.append(littleEndian: UInt64(header.count))
        bytes += header
    }

    private static func byteCount(of tensor: TensorDeclaration, at offset: Int) throws(CheckpointError) -> Int {
        guard tensor.elementType.safetensorsName != nil else {
            throw .unwritableElementType(tensor: tensor.name, elementType: tensor.elementType, format: "safetensors")
        }
        guard tensor.shape.count <= SafetensorsFormat.mostDimensions,
            let byteCount = tensor.elementType.byteCount(ofShape: tensor.shape)
        else { throw invalidShape(tensor) }
        let width = tensor.elementType.blockByteCount
        guard offset.isMultiple(of: width) else {
            throw .misalignedTensor(tensor.name, offset: UInt64(offset), alignment: width)
        }
        return byteCount
    }

    private static func invalidShape(_ tensor: TensorDeclaration) -> CheckpointError {
        .invalidShape(tensor: tensor.name, shape: tensor.shape.map { UInt64(clamping: $0) })
    }

    private static func field(for tensor: TensorDeclaration, range: Range<Int>) throws(CheckpointError) -> String {
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        return """
            \(quoted(tensor.name)):{"dtype":"\(tensor.elementType.rawValue)","shape":[\(shape)],\
            "data_offsets":[\(range.lowerBound),\(range.upperBound)]}
            """
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                json += "\\"
                json.unicodeScalars.append(scalar)
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
