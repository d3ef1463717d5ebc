internal import Tensors

/// One family of models: its configuration keys and its tensors' names. Each has a file of its own.
protocol Architecture: SendableMetatype {
    /// Values of `general.architecture` that it reads.
    static var names: [String] { get }
    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration
    static func block(
        _ layer: Int, _ configuration: TransformerConfiguration, _ source: some ModelSource, _ backend: MatrixBackend
    ) throws -> BlockWeights
    /// Tensor of token embeddings, of the final norm, and of the unembedding.
    static func outerTensors(_ source: some ModelSource) -> (embedding: String, finalNorm: String, unembedding: String)
    /// What the frequencies of the rotary embedding are divided by; nil for nothing.
    static func frequencyDivisors(
        _ source: some ModelSource, _ configuration: TransformerConfiguration
    ) throws -> [Float]?
    /// Every tensor that the model uses: a file with others is not what it says.
    static func tensorNames(_ source: some ModelSource, _ configuration: TransformerConfiguration) -> Set<String>
}

/// The architectures that this version runs.
enum ArchitectureRegistry {
    static let all: [any Architecture.Type] = [Llama.self]

    static var names: [String] { all.flatMap { $0.names } }

    /// - Throws: ``TransformerError/unknownArchitecture(_:)``, ``TransformerError/missing(key:)``.
    static func architecture(of source: some ModelSource) throws -> any Architecture.Type {
        guard let name = try source.string("general.architecture") else {
            throw TransformerError.missing(key: "general.architecture")
        }
        guard let found = all.first(where: { $0.names.contains(name) }) else {
            throw TransformerError.unknownArchitecture(name)
        }
        return found
    }
}
