public import Checkpoints
internal import Foundation
public import Tensors
internal import Transformers

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
        try check(model)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let entries = try self.entries(model, settings)
        let writer = try SafetensorsWriter(
            path: "\(folder)/adapter_model.safetensors", metadata: ["format": "pt"],
            tensors: entries.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: elementType) })
        for entry in entries { try writer.append(entry.values, to: entry.name) }
        try writer.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(Configuration(settings, baseModel: baseModel))
        try json.write(to: URL(fileURLWithPath: "\(folder)/adapter_config.json"), options: .atomic)
    }

    /// Fails for models whose matrices PEFT knows by other names than ``Projection``'s.
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
        let file = try SafetensorsFile(path: "\(folder)/adapter_model.safetensors")
        try model.addAdapters(settings, backend: backend, seed: 0)
        var unused = Set(file.tensors.map(\.name))
        for entry in slots(model, settings) {
            guard let tensor = file.tensor(named: entry.name) else {
                throw TrainingError.adapter(path: folder, fault: "it lacks \(entry.name)")
            }
            guard tensor.shape == [entry.parameter.rowCount, entry.parameter.columnCount] else {
                throw TrainingError.adapter(
                    path: folder,
                    fault: "\(entry.name) is \(tensor.shape), the model asks for "
                        + "\([entry.parameter.rowCount, entry.parameter.columnCount])")
            }
            unused.remove(entry.name)
            try entry.parameter.assign(try file.floats(of: entry.name))
        }
        guard unused.isEmpty else {
            throw TrainingError.adapter(
                path: folder, fault: "it has tensors of another model, such as \(unused.min() ?? "")")
        }
        return settings
    }

    /// The settings that the adapters of a folder were trained with.
    ///
    /// - Throws: ``TrainingError/adapter(path:fault:)``; ``TrainingError/noFile(_:)``.
    public static func settings(ofFolder folder: String) throws -> AdapterSettings {
        guard let json = FileManager.default.contents(atPath: "\(folder)/adapter_config.json") else {
            throw TrainingError.noFile("\(folder)/adapter_config.json")
        }
        return try configuration(json, folder).settings(folder)
    }

    private struct Entry {
        var name: String
        var shape: [Int]
        var values: [Float]
    }

    /// A parameter and its name in the folder.
    private struct Slot {
        var name: String
        var parameter: Parameter
    }

    private static func entries(_ model: TrainableModel, _ settings: AdapterSettings) throws -> [Entry] {
        try slots(model, settings).map { slot in
            Entry(
                name: slot.name, shape: [slot.parameter.rowCount, slot.parameter.columnCount],
                values: try slot.parameter.values())
        }
    }

    private static func slots(_ model: TrainableModel, _ settings: AdapterSettings) -> [Slot] {
        model.placedAdapters.filter { settings.projections.contains($0.projection) }.flatMap { placed -> [Slot] in
            let module = "base_model.model.\(placed.matrix(.huggingFace))"
            return [
                Slot(name: "\(module).lora_A.weight", parameter: placed.adapter.a),
                Slot(name: "\(module).lora_B.weight", parameter: placed.adapter.b),
            ]
        }
    }

    private static func configuration(_ json: Data, _ folder: String) throws -> Configuration {
        do {
            return try JSONDecoder().decode(Configuration.self, from: json)
        } catch {
            throw TrainingError.adapter(path: folder, fault: "adapter_config.json cannot be read: \(error)")
        }
    }

    /// `adapter_config.json`, the keys that we write or that would change what the adapter means.
    private struct Configuration: Codable {
        var peft_type = "LORA"
        var task_type: String? = "CAUSAL_LM"
        var base_model_name_or_path: String?
        var r: Int
        var lora_alpha: Double
        var lora_dropout: Double?
        var target_modules: [String]
        var bias: String? = "none"
        var use_rslora: Bool?
        var use_dora: Bool? = false
        var fan_in_fan_out: Bool? = false
        var inference_mode: Bool? = true
        var rank_pattern: [String: Int]?
        var alpha_pattern: [String: Double]?
        /// True, false or a word.
        var init_lora_weights: Start?
        var alora_invocation_tokens: [Int]?

        enum Start: Codable {
            case flag(Bool)
            case named(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let flag = try? container.decode(Bool.self) {
                    self = .flag(flag)
                } else {
                    self = .named(try container.decode(String.self))
                }
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .flag(let flag): try container.encode(flag)
                case .named(let name): try container.encode(name)
                }
            }
        }

        init(_ settings: AdapterSettings, baseModel: String) {
            base_model_name_or_path = baseModel
            r = settings.rank
            lora_alpha = settings.alpha
            lora_dropout = settings.dropout
            target_modules = Projection.allCases.filter(settings.projections.contains).map(\.rawValue)
            use_rslora = settings.isRankStabilized
        }

        func settings(_ folder: String) throws -> AdapterSettings {
            guard peft_type == "LORA", bias ?? "none" == "none", use_dora != true, fan_in_fan_out != true else {
                throw TrainingError.adapter(
                    path: folder, fault: "only plain LoRA without biases is read; this is \(peft_type)")
            }
            guard (1...4096).contains(r) else {
                throw TrainingError.adapter(path: folder, fault: "rank \(r) is not in 1 to 4096")
            }
            guard rank_pattern ?? [:] == [:], alpha_pattern ?? [:] == [:] else {
                throw TrainingError.adapter(
                    path: folder, fault: "it has a rank_pattern or an alpha_pattern; only one rank and alpha are read")
            }
            // PEFT changes the base model's weights when it loads one of the others.
            if case .named(let start)? = init_lora_weights, !LoRAAdapter.harmlessStarts.contains(start) {
                throw TrainingError.adapter(
                    path: folder, fault: "it was begun by \(start), which changes the base model's weights")
            }
            guard alora_invocation_tokens == nil else {
                throw TrainingError.adapter(
                    path: folder, fault: "it is an activated LoRA, which counts from some tokens on")
            }
            let projections = try target_modules.map { name in
                guard let projection = Projection(rawValue: name) else {
                    throw TrainingError.adapter(path: folder, fault: "the model has no projection \"\(name)\"")
                }
                return projection
            }
            return AdapterSettings(
                rank: r, alpha: lora_alpha, dropout: lora_dropout ?? 0, projections: Set(projections),
                isRankStabilized: use_rslora ?? false)
        }
    }
}
