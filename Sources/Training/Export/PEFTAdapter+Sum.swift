public import Checkpoints
internal import Foundation
internal import Tensors
public import Transformers

extension PEFTAdapter {
    /// Writes an adapter of a uniform rank with the settings of a folder that it was made from: the base model and what
    /// kind of layers are changed stay, rank and scale are its own, and so is what it says of the model it was trained on.
    ///
    /// - Parameter template: a folder with an `adapter_config.json`
    /// - Throws: ``TrainingError/adapter(path:fault:)``; `CheckpointError`; errors of the file system.
    public static func write(
        _ adapter: LoRAAdapter, like template: String, as elementType: ElementType = .f32, toFolder folder: String
    ) throws {
        let changes = adapter.changes.sorted { $0.key < $1.key }
        guard adapter.convention == .huggingFace, let rank = changes.first?.value.a.rowCount,
            changes.allSatisfy({ $0.value.a.rowCount == rank })
        else {
            throw TrainingError.adapter(path: template, fault: "its matrices have no PEFT names, or several ranks")
        }
        let json = try Data(contentsOf: URL(fileURLWithPath: "\(template)/\(LoRAAdapter.configurationFile)"))
        guard var settings = try JSONSerialization.jsonObject(with: json) as? [String: Any] else {
            throw TrainingError.adapter(path: template, fault: "\(LoRAAdapter.configurationFile) is not a JSON object")
        }
        settings["r"] = rank
        settings["lora_alpha"] = Double(rank)
        settings["use_rslora"] = false
        for key in ["rank_pattern", "alpha_pattern"] where settings[key] != nil { settings[key] = [String: Any]() }
        // What the template left out, the sum may have.
        settings["init_lora_weights"] = true
        for key in ["layers_to_transform", "layers_pattern", "exclude_modules"] where settings[key] != nil {
            settings[key] = NSNull()
        }
        settings["target_modules"] = Set(changes.compactMap { $0.key.split(separator: ".").last.map(String.init) })
            .sorted()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var metadata = ["format": "pt"]
        metadata[BaseModelMark.key] = adapter.baseModel?.text
        try write(changes, elementType, metadata, "\(folder)/\(LoRAAdapter.weightsFile)")
        try JSONSerialization.data(
            withJSONObject: settings, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        ).write(to: URL(fileURLWithPath: "\(folder)/\(LoRAAdapter.configurationFile)"), options: .atomic)
    }

    private static func write(
        _ changes: [(key: String, value: LoRAAdapter.Change)], _ elementType: ElementType,
        _ metadata: [String: String], _ path: String
    ) throws {
        let tensors = changes.flatMap { name, change in
            [("A", change.a, Float(1)), ("B", change.b, change.scale)].map { half, matrix, scale in
                (name: "\(LoRAAdapter.wrapper)\(name).lora_\(half).weight", matrix: matrix, scale: scale)
            }
        }
        let writer = try SafetensorsWriter(
            path: path, metadata: metadata,
            tensors: tensors.map {
                TensorDeclaration(
                    name: $0.name, shape: [$0.matrix.rowCount, $0.matrix.columnCount], elementType: elementType)
            })
        for tensor in tensors {
            try writer.append(tensor.matrix.slice.copy().map { $0 * tensor.scale }, to: tensor.name)
        }
        try writer.finish()
    }
}
