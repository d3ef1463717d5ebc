internal import Checkpoints
internal import Foundation

/// `adapter_config.json` of a folder that PEFT has saved, as far as it says what the tensors mean.
package struct PEFTSettings {
    /// Names of modules, or ends of names, that the folder holds whole.
    package let modulesToSave: [String]
    private let settings: JSONDocument
    private let isRankStabilized: Bool
    private var alphas: ModulePatterns
    private var ranks: ModulePatterns

    /// - Throws: ``TransformerError/adapterKind(_:)`` for what is more than low-rank changes and whole matrices;
    ///   ``TransformerError/adapterPattern(key:pattern:allowed:)``; `CheckpointError`.
    package init(folder: String) throws {
        let path = "\(folder)/\(LoRAAdapter.configurationFile)"
        settings = try JSONDocument(path: path)
        try Self.check(settings)
        let text = Array(FileManager.default.contents(atPath: path) ?? Data())
        alphas = try ModulePatterns(settings, text: text, key: "alpha_pattern")
        ranks = try ModulePatterns(settings, text: text, key: "rank_pattern")
        isRankStabilized = try settings.bool("use_rslora") ?? false
        modulesToSave = try settings.strings("modules_to_save") ?? []
    }

    /// The factor on a module's change: alpha by its rank, or by the root of it.
    ///
    /// - Parameter rank: that the module's tensors have
    /// - Throws: ``TransformerError/adapterRank(module:found:expected:)`` for another rank than the settings say.
    mutating func scale(ofModule name: String, rank: Int) throws -> Float {
        if let expected = try self.rank(ofModule: name), expected != rank {
            throw TransformerError.adapterRank(module: name, found: rank, expected: expected)
        }
        return try alpha(ofModule: name) / (isRankStabilized ? Float(rank).squareRoot() : Float(rank))
    }

    /// What `alpha_pattern` gives a module, or else `lora_alpha`.
    ///
    /// - Throws: ``TransformerError``; `CheckpointError`.
    package mutating func alpha(ofModule name: String) throws -> Float {
        if let alpha = try alphas.value(ofModule: name) { return Float(alpha) }
        guard let alpha = try settings.float("lora_alpha") else {
            throw TransformerError.missing(key: "lora_alpha")
        }
        guard alpha.isFinite else {
            throw TransformerError.configuration(key: "lora_alpha", value: "\(alpha)", allowed: "finite numbers")
        }
        return alpha
    }

    /// What `rank_pattern` gives a module, or else `r`; nil without either.
    ///
    /// - Throws: ``TransformerError``; `CheckpointError`.
    package mutating func rank(ofModule name: String) throws -> Int? {
        guard let rank = try ranks.value(ofModule: name) else { return try settings.integer("r") }
        guard let whole = Int(exactly: rank), whole >= 1 else {
            throw TransformerError.adapterPattern(
                key: "rank_pattern", pattern: name, allowed: "whole numbers from 1, not \(rank)")
        }
        return whole
    }

    /// Whether a module is trained whole.
    func isSaved(_ module: String) -> Bool { modulesToSave.contains { Self.module(module, isNamed: $0) } }

    /// Whether a name is a module's, or the end of it.
    static func module(_ module: String, isNamed name: String) -> Bool {
        module == name || module.hasSuffix(".\(name)")
    }

    /// Ways to begin a training that leave the base model's weights as they are; PEFT changes them when it loads others, such
    /// as PiSSA.
    package static let harmlessStarts: Set = ["gaussian", "eva", "orthogonal", "mica"]

    /// Keys that change what an adapter does wherever they are more than null, false or empty, with what that is.
    private static let otherKinds: [(key: String, kind: String)] = [
        ("use_dora", "DoRA"), ("lora_bias", "LoRA with biases"), ("use_qalora", "QALoRA"), ("use_bdlora", "BD-LoRA"),
        ("alora_invocation_tokens", "activated LoRA"), ("arrow_config", "Arrow"), ("kasa_config", "KaSA"),
        ("velora_config", "VeLoRA"), ("monteclora_config", "MonteCLoRA"),
        ("layer_replication", "LoRA of replicated layers (layer_replication)"),
        ("target_parameters", "LoRA of parameters that are no modules (target_parameters)"),
        ("trainable_token_indices", "LoRA with embeddings of single tokens (trainable_token_indices)"),
    ]

    private static func check(_ settings: JSONDocument) throws {
        let kind = try settings.string("peft_type") ?? "unknown"
        guard kind == "LORA" else { throw TransformerError.adapterKind(kind) }
        if let bias = try settings.string("bias"), bias != "none" {
            throw TransformerError.adapterKind("LoRA with the base model's biases (bias \(bias))")
        }
        if case .string(let start)? = settings["init_lora_weights"], !harmlessStarts.contains(start) {
            throw TransformerError.adapterKind("init_lora_weights \(start)")
        }
        if let other = otherKinds.first(where: { isOn(settings[$0.key]) }) {
            throw TransformerError.adapterKind(other.kind)
        }
    }

    private static func isOn(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null, .bool(false): false
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: true
        }
    }
}
