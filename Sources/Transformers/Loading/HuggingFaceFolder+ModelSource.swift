public import Checkpoints
public import Tensors

/// Keys and tensors have the names of a language model, also where the folder holds it as a part of another model, or
/// was saved without the module that holds the head.
extension HuggingFaceFolder: ModelSource {
    public var convention: NamingConvention { .huggingFace }

    public func string(_ key: String) throws -> String? {
        let value = try configuration.string(place(ofKey: key))
        return key == "model_type" && isTextPart ? value ?? Self.textPartType : value
    }

    public func integer(_ key: String) throws -> Int? { try configuration.integer(place(ofKey: key)) }

    public func float(_ key: String) throws -> Float? { try configuration.float(place(ofKey: key)) }

    public func bool(_ key: String) throws -> Bool? { try configuration.bool(place(ofKey: key)) }

    public func strings(_ key: String) throws -> [String]? { try configuration.strings(place(ofKey: key)) }

    public func floats(_ key: String) throws -> [Float]? { try configuration.floats(place(ofKey: key)) }

    public func bools(_ key: String) throws -> [Bool]? { try configuration.bools(place(ofKey: key)) }

    public func hasKey(_ key: String) -> Bool { configuration[place(ofKey: key)] != nil }

    public var tensorNames: [String] { tensors.compactMap { name(ofStored: $0.name) } }

    public func shape(ofTensor name: String) -> [Int]? { tensor(named: storedName(of: name))?.shape }

    public func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        try copyTensorRows(rows, ofTensor: storedName(of: name), to: matrix)
    }

    public func releasePages(ofTensor name: String) { tensor(named: storedName(of: name)).map(releasePages) }
}
