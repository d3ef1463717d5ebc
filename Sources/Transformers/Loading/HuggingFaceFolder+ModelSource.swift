public import Checkpoints
public import Tensors

extension HuggingFaceFolder: ModelSource {
    public var convention: NamingConvention { .huggingFace }

    public func string(_ key: String) throws -> String? { try configuration.string(key) }

    public func integer(_ key: String) throws -> Int? { try configuration.integer(key) }

    public func float(_ key: String) throws -> Float? { try configuration.float(key) }

    public func bool(_ key: String) throws -> Bool? { try configuration.bool(key) }

    public func strings(_ key: String) throws -> [String]? { try configuration.strings(key) }

    public func floats(_ key: String) throws -> [Float]? { try configuration.floats(key) }

    public func bools(_ key: String) throws -> [Bool]? { try configuration.bools(key) }

    public var tensorNames: [String] { tensors.map(\.name) }

    public func shape(ofTensor name: String) -> [Int]? { tensor(named: name)?.shape }

    public func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        try copyTensorRows(rows, ofTensor: name, to: matrix)
    }

    public func releasePages(ofTensor name: String) { tensor(named: name).map(releasePages) }
}
