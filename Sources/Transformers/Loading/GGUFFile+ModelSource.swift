public import Checkpoints
public import Tensors

extension GGUFFile: ModelSource {
    public var convention: NamingConvention { .gguf }

    public func string(_ key: String) throws -> String? { try metadata.string(key) }

    public func integer(_ key: String) throws -> Int? { try metadata.integer(key) }

    public func float(_ key: String) throws -> Float? { try metadata.float(key) }

    public func bool(_ key: String) throws -> Bool? { try metadata.bool(key) }

    public func strings(_ key: String) throws -> [String]? { try metadata.strings(key) }

    public func floats(_ key: String) throws -> [Float]? { try metadata.floats(key) }

    public func bools(_ key: String) throws -> [Bool]? { try metadata.bools(key) }

    public var tensorNames: [String] { tensors.map(\.name) }

    public func shape(ofTensor name: String) -> [Int]? { tensor(named: name)?.shape }

    public func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        try copyTensorRows(rows, ofTensor: name, to: matrix)
    }

    public func withQuantizedBlocks<Result>(
        ofTensor name: String, _ body: (QuantizedType, RawSpan) throws -> Result
    ) throws -> Result? {
        let tensor = try requiredTensor(named: name)
        guard let type = QuantizedType(rawValue: tensor.elementType.rawValue) else { return nil }
        return try withBytes(of: tensor) { try body(type, $0) }
    }

    public func releasePages(ofTensor name: String) { tensor(named: name).map(releasePages) }
}

extension TensorFile {
    /// Decodes rows of a tensor to float32.
    func copyTensorRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        let tensor = try requiredTensor(named: name)
        precondition(
            matrix.rowCount == rows.count && matrix.columnCount == tensor.rowLength,
            "\(rows.count) rows of \(tensor.rowLength) into \(matrix.rowCount) x \(matrix.columnCount)")
        try unsafe matrix.withContiguousStorage { storage in
            try unsafe dequantize(tensor, rows: rows, into: storage)
        }
    }
}
