public import Checkpoints
internal import Foundation

extension LoRAAdapter {
    /// The files of a folder that PEFT has saved.
    package static let weightsFile = "adapter_model.safetensors"
    package static let configurationFile = "adapter_config.json"
    private static let pickleFile = "adapter_model.bin"
    /// What PEFT puts before the names of the model it wraps.
    package static let wrapper = "base_model.model."

    /// Reads a folder that PEFT has saved.
    ///
    /// - Parameter strength: factor on all changes.
    /// - Throws: `CheckpointError`; ``TransformerError`` for kinds of adapters that are more than low-rank additions and
    ///   whole matrices.
    public init(peftFolder path: String, strength: Float = 1) throws {
        var settings = try PEFTSettings(folder: path)
        try Self.checkWeights(inFolder: path)
        let file = try SafetensorsFile(path: "\(path)/\(Self.weightsFile)")
        let tensors = try AdapterTensors(file) { Self.peftEntry($0, settings) }
        for module in settings.modulesToSave
        where !tensors.wholes.contains(where: { PEFTSettings.module($0.module, isNamed: module) }) {
            throw TransformerError.adapterKind("modules_to_save \(module) without a matrix of it")
        }
        if strength != 1, let saved = tensors.wholes.first(where: { !$0.isBase }) {
            throw TransformerError.adapterStrength(strength, whole: saved.module)
        }
        self.init(
            .huggingFace,
            changes: try tensors.changes { try strength * settings.scale(ofModule: $0, rank: $1) },
            embeddings: try tensors.embeddings { try strength * settings.scale(ofModule: $0, rank: $1) },
            wholes: tensors.wholes, path: path, baseModel: BaseModelMark(text: file.metadata[BaseModelMark.key]))
    }

    /// Fails for a folder whose weights are a pickle, which is a program and is not run.
    ///
    /// - Throws: ``TransformerError/adapterPickle(_:)``.
    package static func checkWeights(inFolder folder: String) throws(TransformerError) {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: "\(folder)/\(weightsFile)"),
            manager.fileExists(atPath: "\(folder)/\(pickleFile)")
        else { return }
        throw .adapterPickle("\(folder)/\(pickleFile)")
    }

    private static func peftEntry(_ name: String, _ settings: PEFTSettings) -> AdapterEntry? {
        guard name.hasPrefix(wrapper) else { return nil }
        let inner = name.dropFirst(wrapper.count)
        func module(_ ending: String) -> String { String(inner.dropLast(ending.count)) }
        let endings: [(String, (String) -> AdapterEntry)] = [
            (".lora_A.weight", { .matrix($0, .a) }), (".lora_B.weight", { .matrix($0, .b) }),
            (".lora_embedding_A", { .embedding($0, .a, isTransposed: false) }),
            (".lora_embedding_B", { .embedding($0, .b, isTransposed: false) }),
            (".base_layer.weight", { .whole($0, isBase: true) }),
        ]
        if let (ending, entry) = endings.first(where: { inner.hasSuffix($0.0) }) { return entry(module(ending)) }
        guard inner.hasSuffix(".weight"), !inner.contains(".lora_") else { return nil }
        // PEFT also saves the model's own embeddings and head, where it has seen them grow.
        return .whole(module(".weight"), isBase: !settings.isSaved(module(".weight")))
    }

    /// Reads an adapter that llama.cpp's converter has made. As there, an alpha of 0 stands for the rank, and norms are
    /// left aside.
    ///
    /// - Throws: `CheckpointError`; ``TransformerError`` for kinds of adapters that are not low-rank additions alone.
    public init(gguf file: GGUFFile, strength: Float = 1) throws {
        guard try file.metadata.string("adapter.type") == "lora" else {
            throw TransformerError.adapterKind(try file.metadata.string("adapter.type") ?? "unknown")
        }
        guard file.metadata["adapter.alora.invocation_tokens"] == nil else {
            throw TransformerError.adapterKind("activated LoRA")
        }
        let key = "adapter.lora.alpha"
        let alpha = try file.metadata.requiredFloat(key)
        guard alpha.isFinite else {
            throw TransformerError.configuration(key: key, value: "\(alpha)", allowed: "finite numbers")
        }
        func scale(_: String, _ rank: Int) -> Float { alpha == 0 ? strength : strength * alpha / Float(rank) }
        let tensors = try AdapterTensors(file, Self.ggufEntry)
        self.init(
            .gguf, changes: try tensors.changes(scale), embeddings: try tensors.embeddings(scale),
            leftAside: tensors.leftAside, architecture: try file.metadata.string("general.architecture"),
            path: file.path, baseModel: BaseModelMark(stored: try? file.metadata.floats(BaseModelMark.key)))
    }

    private static func ggufEntry(_ name: String) -> AdapterEntry? {
        for (ending, half) in [(".weight.lora_a", AdapterEntry.Half.a), (".weight.lora_b", .b)]
        where name.hasSuffix(ending) {
            let module = String(name.dropLast(ending.count))
            // llama.cpp looks rows of this one up.
            return module == "token_embd" ? .embedding(module, half, isTransposed: true) : .matrix(module, half)
        }
        return name.hasSuffix("_norm.weight") ? .leftAside : nil
    }
}
