/// A folder as transformers saves it: `config.json`, and weights in one safetensors file or in several with an index.
///
/// Opening maps all files and checks their headers, and that every tensor of the index is where it says. Beside the one
/// file an index counts for nothing, as in transformers.
public struct HuggingFaceFolder: TensorFile {
    public let path: String
    /// What `config.json` holds.
    public let configuration: JSONDocument
    /// Names of the weight files, sorted.
    public let weightFiles: [String]
    public let tensors: [TensorDescription]
    private let files: [String: SafetensorsFile]
    /// The file of each tensor.
    private let places: [String: String]

    public static let configurationFile = "config.json"
    static let weightsFile = "model.safetensors"
    package static let indexFile = "model.safetensors.index.json"
    /// Most files that the weights of a model are split into.
    static let mostFiles = 1024

    /// Opens a folder.
    ///
    /// - Parameter configuration: in place of `config.json`.
    /// - Throws: `CheckpointError`.
    public init(path: String, configuration: JSONDocument? = nil) throws(CheckpointError) {
        self.path = path
        self.configuration =
            if let configuration { configuration } else {
                try JSONDocument(path: "\(path)/\(Self.configurationFile)")
            }
        let weights = try Self.weights(path)
        let names = weights.files.keys.sorted()
        (files, places, weightFiles) = (weights.files, weights.places, names)
        tensors = names.flatMap { name in
            (weights.files[name]?.tensors ?? []).filter { weights.places[$0.name] == name }
        }
    }

    public func tensor(named name: String) -> TensorDescription? {
        places[name].flatMap { files[$0]?.tensor(named: name) }
    }

    public func withBytes<Result>(of tensor: TensorDescription, _ body: (RawSpan) throws -> Result) throws -> Result {
        guard let file = places[tensor.name].flatMap({ files[$0] }) else {
            throw CheckpointError.noSuchTensor(tensor.name)
        }
        return try file.withBytes(of: tensor, body)
    }

    public func releasePages(of tensor: TensorDescription) {
        places[tensor.name].flatMap { files[$0] }?.releasePages(of: tensor)
    }

    public func releasePages() { for file in files.values { file.releasePages() } }

    private typealias Weights = (files: [String: SafetensorsFile], places: [String: String])

    private static func weights(_ path: String) throws(CheckpointError) -> Weights {
        if isRegularFile("\(path)/\(weightsFile)") { return try single(path) }
        let index = "\(path)/\(indexFile)"
        guard isRegularFile(index) else { throw .noWeights(folder: path) }
        return try sharded(path, try JSONDocument(path: index))
    }

    private static func single(_ path: String) throws(CheckpointError) -> Weights {
        let file = try SafetensorsFile(path: "\(path)/\(weightsFile)")
        return (
            [weightsFile: file],
            Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, weightsFile) })
        )
    }

    private static func sharded(_ path: String, _ index: JSONDocument) throws(CheckpointError) -> Weights {
        guard case .object(let map)? = index["weight_map"] else { throw .missingMetadata(key: "weight_map") }
        var places: [String: String] = [:]
        var files: [String: SafetensorsFile] = [:]
        for (tensor, value) in map.sorted(by: { $0.key < $1.key }) {
            guard case .string(let name) = value, isFileName(name) else {
                throw .invalidShardName(tensor: tensor, name: value.text)
            }
            if files[name] == nil {
                guard files.count < mostFiles else { throw .tooManyShards(limit: mostFiles) }
                files[name] = try SafetensorsFile(path: "\(path)/\(name)")
            }
            guard files[name]?.tensor(named: tensor) != nil else { throw .notInShard(tensor: tensor, shard: name) }
            places[tensor] = name
        }
        return (files, places)
    }

    /// A name in the folder itself, so that an index cannot lead elsewhere.
    private static func isFileName(_ name: String) -> Bool {
        name.hasSuffix(".safetensors") && !name.contains("/") && !name.hasPrefix(".") && !name.utf8.contains(0)
            && name.utf8.count <= 255
    }
}

extension JSONValue {
    fileprivate var text: String {
        if case .string(let text) = self { return text }
        return typeName
    }
}
