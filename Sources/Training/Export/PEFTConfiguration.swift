internal import Foundation
internal import Transformers

/// `adapter_config.json`, the keys that we write or that would change what the adapter means.
struct PEFTConfiguration: Codable {
    var peft_type = "LORA"
    var task_type: String? = "CAUSAL_LM"
    var base_model_name_or_path: String?
    var r: Int
    var lora_alpha: Double
    var lora_dropout: Double?
    var target_modules: Modules?
    var bias: String? = "none"
    var use_rslora: Bool?
    var use_dora: Bool? = false
    /// PEFT looks at the layer itself, whatever this says.
    var fan_in_fan_out: Bool? = false
    var inference_mode: Bool? = true
    var rank_pattern: [String: Int]?
    var alpha_pattern: [String: Double]?
    var layers_to_transform: Layers?
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

    /// A list of names, or one regular expression.
    enum Modules: Codable {
        case named([String])
        case pattern(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let pattern = try? container.decode(String.self) {
                self = .pattern(pattern)
            } else {
                self = .named(try container.decode([String].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .named(let names): try container.encode(names)
            case .pattern(let pattern): try container.encode(pattern)
            }
        }
    }

    /// A list of blocks, or one.
    struct Layers: Codable {
        var numbers: [Int]

        init(_ numbers: [Int]) { self.numbers = numbers }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                numbers = [number]
            } else {
                numbers = try container.decode([Int].self)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(numbers)
        }
    }

    /// - Parameter isTransposed: whether the family's folders hold matrices as [inputs, outputs]
    init(_ settings: AdapterSettings, baseModel: String, isTransposed: Bool) {
        base_model_name_or_path = baseModel
        r = settings.rank
        lora_alpha = settings.alpha
        lora_dropout = settings.dropout
        target_modules = .named(
            Projection.allCases.filter { settings.projections?.contains($0) ?? false }.map(\.rawValue))
        use_rslora = settings.isRankStabilized
        fan_in_fan_out = isTransposed
        layers_to_transform = settings.layers.map { Layers($0.sorted()) }
    }

    /// - Parameter folder: for messages
    /// - Throws: ``TrainingError/adapter(path:fault:)``.
    init(json: Data, folder: String) throws {
        do {
            self = try JSONDecoder().decode(PEFTConfiguration.self, from: json)
        } catch {
            throw TrainingError.adapter(path: folder, fault: "\(LoRAAdapter.configurationFile) \(Self.fault(error))")
        }
    }

    private static func fault(_ error: any Error) -> String {
        func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error {
        case DecodingError.keyNotFound(let key, _): return "lacks \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty:
            return "has a value of another type at \(name(context.codingPath))"
        default: return "is no JSON object of PEFT"
        }
    }

    /// What training can go on with.
    ///
    /// - Throws: ``TrainingError/adapter(path:fault:)`` for what it cannot.
    func settings(_ folder: String) throws -> AdapterSettings {
        if let fault = fault { throw TrainingError.adapter(path: folder, fault: fault) }
        return AdapterSettings(
            rank: r, alpha: lora_alpha, dropout: lora_dropout ?? 0, projections: try projections(folder),
            isRankStabilized: use_rslora ?? false, layers: try layers(folder))
    }

    private var fault: String? {
        guard peft_type == "LORA", bias ?? "none" == "none", use_dora != true else {
            return "only plain LoRA without biases is read; this is \(peft_type)"
        }
        guard (1...4096).contains(r) else { return "rank \(r) is not in 1 to 4096" }
        guard Float(lora_alpha).isFinite else { return "its lora_alpha is \(lora_alpha); allowed are finite float32" }
        // PEFT changes the base model's weights when it loads one of the others.
        if case .named(let start)? = init_lora_weights, !PEFTSettings.harmlessStarts.contains(start) {
            return "it was begun by \(start), which changes the base model's weights"
        }
        return alora_invocation_tokens == nil ? nil : "it is an activated LoRA, which counts from some tokens on"
    }

    private func projections(_ folder: String) throws -> Set<Projection> {
        switch target_modules {
        case nil:
            throw TrainingError.adapter(path: folder, fault: "\(LoRAAdapter.configurationFile) lacks target_modules")
        case .pattern(let pattern)?:
            throw TrainingError.adapter(
                path: folder,
                fault: "its target_modules is the regular expression \"\(pattern)\"; training goes on with a list of "
                    + "names, such as [\"q_proj\", \"v_proj\"]: write the modules that it means there")
        case .named(let names)?:
            return Set(
                try names.flatMap { name in
                    let found = Projection.named(name)
                    guard !found.isEmpty, !name.split(separator: ".").contains(where: { Int($0) != nil }) else {
                        throw TrainingError.adapter(
                            path: folder,
                            fault: "target_modules names \"\(name)\", which is no projection of every block")
                    }
                    return found
                })
        }
    }

    private func layers(_ folder: String) throws -> Set<Int>? {
        guard let numbers = layers_to_transform?.numbers, !numbers.isEmpty else { return nil }
        if let wrong = numbers.first(where: { $0 < 0 }) {
            throw TrainingError.adapter(path: folder, fault: "its layers_to_transform names the block \(wrong)")
        }
        return Set(numbers)
    }
}
