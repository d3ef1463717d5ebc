/// One family of models: what its keys and its tensors' names mean. Each has a file of its own.
///
/// Queries and keys of a loaded model lie as transformers has them, whatever the file: a rotated component's partner is
/// half a head away.
protocol Architecture: SendableMetatype {
    /// Value of `general.architecture` in GGUF files.
    static var name: String { get }
    /// Values of `model_type` in `config.json`.
    static var modelTypes: [String] { get }
    static func configuration(_ source: some ModelSource) throws -> TransformerConfiguration
    static func layout(_ source: some ModelSource, _ configuration: TransformerConfiguration) throws -> WeightLayout
    /// What a GGUF file says of a model of this family: what `configuration(_:)` reads there.
    static func description(of configuration: TransformerConfiguration) -> GGUFDescription
    /// What `config.json` says of a model of this family: what `configuration(_:)` reads there, and which biases there are.
    ///
    /// - Parameter parameters: names of everything that the model holds
    static func folderDescription(
        of configuration: TransformerConfiguration, holding parameters: Set<String>
    ) -> FolderDescription
    /// Whether llama.cpp reads the window of a GGUF file of this family, and uses it.
    static var llamaCppUsesWindow: Bool { get }
    /// Whether a tensor that the layout does not name may be left aside: buffers that old checkpoints carry.
    static func isUnused(tensor name: String) -> Bool
}

extension Architecture {
    static var llamaCppUsesWindow: Bool { true }

    static func isUnused(tensor name: String) -> Bool { name.hasSuffix(".rotary_emb.inv_freq") }

    static func description(of configuration: TransformerConfiguration) -> GGUFDescription {
        GGUFDescription(configuration)
    }
}

/// The architectures that this version runs.
enum ArchitectureRegistry {
    static let all: [any Architecture.Type] = [
        Llama.self, Qwen2.self, Qwen3.self, Gemma2.self, Gemma3.self, GPT2.self, GPTNeoX.self, Phi3.self, OLMo2.self,
    ]

    static var names: [String] { all.map { $0.name } }

    static var modelTypes: [String] { all.flatMap { $0.modelTypes } }

    /// - Throws: ``TransformerError/unknownArchitecture(_:known:)``, ``TransformerError/missing(key:)``.
    static func architecture(of source: some ModelSource) throws -> any Architecture.Type {
        switch source.convention {
        case .gguf:
            return try find(source, key: "general.architecture", known: names) { $0.name == $1 }
        case .huggingFace:
            return try find(source, key: "model_type", known: modelTypes) { $0.modelTypes.contains($1) }
        }
    }

    /// - Parameter name: what a configuration calls its family.
    /// - Throws: ``TransformerError/unknownArchitecture(_:known:)``.
    static func architecture(named name: String) throws -> any Architecture.Type {
        guard let found = all.first(where: { $0.name == name }) else {
            throw TransformerError.unknownArchitecture(name, known: names)
        }
        return found
    }

    private static func find(
        _ source: some ModelSource, key: String, known: [String], where isNamed: (any Architecture.Type, String) -> Bool
    ) throws -> any Architecture.Type {
        guard let name = try source.string(key) else { throw TransformerError.missing(key: key) }
        guard let found = all.first(where: { isNamed($0, name) }) else {
            throw TransformerError.unknownArchitecture(name, known: known)
        }
        return found
    }
}
