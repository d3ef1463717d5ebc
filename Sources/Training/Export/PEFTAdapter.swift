public import Checkpoints
internal import Foundation
public import Tensors
public import Transformers

/// Adapters as PEFT keeps them: a folder with `adapter_config.json` and `adapter_model.safetensors`.
public enum PEFTAdapter {
    /// Writes the adapters of a model.
    ///
    /// - Parameters:
    ///   - baseModel: what `base_model_name_or_path` says
    ///   - elementType: of the tensors; in half precision an adapter takes half the room
    /// - Throws: ``TrainingError/writer(found:allowed:)``; `CheckpointError`; errors of the file system.
    public static func write(
        _ model: TrainableModel, settings: AdapterSettings, baseModel: String, as elementType: ElementType = .f32,
        toFolder folder: String
    ) throws {
        var settings = settings
        try settings.chooseProjections(for: model.configuration)
        let slots = try slots(model, settings)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let writer = try SafetensorsWriter(
            path: "\(folder)/\(LoRAAdapter.weightsFile)",
            metadata: ["format": "pt", BaseModelMark.key: BaseModelMark(model.base).text],
            tensors: slots.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: elementType) })
        for slot in slots { try writer.append(try slot.values(), to: slot.name) }
        try writer.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let isTransposed = try AdapterTargets(model.configuration).areTransposed
        let json = try encoder.encode(
            PEFTConfiguration(settings, baseModel: baseModel, isTransposed: isTransposed))
        try json.write(to: URL(fileURLWithPath: "\(folder)/\(LoRAAdapter.configurationFile)"), options: .atomic)
    }

    /// Fails for adapters of what is no matrix of its own in the model's family.
    ///
    /// - Throws: ``TrainingError/writer(found:allowed:)``.
    public static func check(_ model: TrainableModel) throws { try model.checkAdapters(namedBy: .huggingFace) }

    /// Adds the adapters of a folder to a model, as they were trained.
    ///
    /// - Returns: their settings.
    /// - Throws: ``TrainingError/adapter(path:fault:)``; `CheckpointError`.
    @discardableResult
    public static func read(
        _ folder: String, into model: TrainableModel, backend: MatrixBackend
    ) throws -> AdapterSettings {
        let settings = try settings(ofFolder: folder)
        let file = try weights(ofFolder: folder)
        try add(settings, from: folder, to: model, backend: backend)
        var unused = Set(file.tensors.map(\.name))
        for slot in try slots(model, settings) {
            guard let tensor = file.tensor(named: slot.name) else {
                throw TrainingError.adapter(path: folder, fault: "it lacks \(slot.name)")
            }
            guard tensor.shape == slot.shape else {
                throw TrainingError.adapter(
                    path: folder, fault: "\(slot.name) is \(tensor.shape), the model asks for \(slot.shape)")
            }
            unused.remove(slot.name)
            try slot.assign(try file.floats(of: slot.name))
        }
        guard unused.isEmpty else {
            throw TrainingError.adapter(
                path: folder, fault: "it has tensors of another model, such as \(unused.min() ?? "")")
        }
        return settings
    }

    /// The settings that the adapters of a folder were trained with.
    ///
    /// - Throws: ``TrainingError/adapter(path:fault:)``; ``TrainingError/noFile(_:)``; `CheckpointError`.
    public static func settings(ofFolder folder: String) throws -> AdapterSettings {
        let path = "\(folder)/\(LoRAAdapter.configurationFile)"
        guard let json = FileManager.default.contents(atPath: path) else { throw TrainingError.noFile(path) }
        let configuration = try PEFTConfiguration(json: json, folder: folder)
        return try withPatterns(of: configuration, try configuration.settings(folder), folder)
    }

    /// Whether the adapters of a folder say that they were trained on another model than this one.
    ///
    /// - Throws: `CheckpointError`.
    public static func isMadeForAnother(_ folder: String, than model: Transformer) throws -> Bool {
        let file = try weights(ofFolder: folder)
        guard let mark = BaseModelMark(text: file.metadata[BaseModelMark.key]) else { return false }
        return !mark.matches(BaseModelMark(model))
    }

    private static func slots(_ model: TrainableModel, _ settings: AdapterSettings) throws -> [AdapterSlot] {
        try model.adapterSlots(.huggingFace, of: settings.projections) {
            ("\(LoRAAdapter.wrapper)\($0).lora_A.weight", "\(LoRAAdapter.wrapper)\($0).lora_B.weight")
        }
    }

    private static func add(
        _ settings: AdapterSettings, from folder: String, to model: TrainableModel, backend: MatrixBackend
    ) throws {
        do {
            try model.addAdapters(settings, backend: backend, seed: 0)
        } catch TrainingError.configuration(_, let found, let allowed) {
            throw TrainingError.adapter(path: folder, fault: "it changes \(found); the model has \(allowed)")
        }
    }
}
