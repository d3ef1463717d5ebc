internal import Foundation

/// Rotary settings of a `config.json`, in the old form (`rope_theta` beside `rope_scaling`) or the new one
/// (`rope_parameters`, in newer files one for each type of layer).
struct HuggingFaceRotary<Source: ModelSource> {
    let base: Float
    let scaling: RotaryScaling
    /// Positions for which `scaling` is the model's.
    let contextLength: Int
    private let source: Source
    private let section: String

    /// - Parameter layerType: whose settings, where the file tells types apart.
    init(_ source: Source, contextLength: Int, layerType: String = "full_attention") throws {
        self.source = source
        section = try Self.section(source, layerType)
        base = try source.float("\(section).rope_theta") ?? source.float("rope_theta") ?? 10_000
        scaling = try Self.scaling(source, section, contextLength)
        guard case .divisors = scaling else {
            self.contextLength = contextLength
            return
        }
        self.contextLength = min(contextLength, try Self.originalContext(source, section) ?? contextLength)
    }

    /// Rotated components of a head of `headDimension`.
    func dimension(ofHead headDimension: Int) throws -> Int {
        let part =
            try source.float("\(section).partial_rotary_factor") ?? source.float("partial_rotary_factor")
            ?? source.float("rotary_pct") ?? 1
        guard part > 0, part <= 1 else {
            throw TransformerError.configuration(key: "partial_rotary_factor", value: "\(part)", allowed: "0 to 1")
        }
        return Int(Float(min(max(headDimension, 0), 65_536)) * part)
    }

    /// `rope_scaling` counts before `rope_parameters`, as in transformers.
    private static func section(_ source: Source, _ layerType: String) throws -> String {
        if let text = try? source.string("rope_parameters") {
            throw TransformerError.configuration(key: "rope_parameters", value: text, allowed: "an object")
        }
        for key in ["rope_type", "type"] where try source.hasValue("rope_scaling.\(key)") { return "rope_scaling" }
        for section in ["rope_parameters.\(layerType)", "rope_parameters"] {
            for key in ["rope_type", "rope_theta"] where try source.hasValue("\(section).\(key)") { return section }
        }
        return "rope_scaling"
    }

    private static func scaling(_ source: Source, _ section: String, _ contextLength: Int) throws -> RotaryScaling {
        func float(_ key: String) throws -> Float? { try source.float("\(section).\(key)") }
        let type = try source.string("\(section).rope_type") ?? source.string("\(section).type") ?? "default"
        let original = try source.integer("\(section).original_max_position_embeddings")
        switch type {
        // Up to the context, where the base begins to grow, the dynamic kind scales nothing.
        case "default", "dynamic": return .none
        // Phi-3's older names.
        case "su": return try longRope(source, section, contextLength)
        case "yarn" where try source.floats("\(section).short_factor") != nil:
            return try longRope(source, section, contextLength)
        case "linear": return .linear(factor: try source.requiredFloat("\(section).factor"))
        case "llama3":
            return .llama3(
                factor: try source.requiredFloat("\(section).factor"),
                lowFactor: try source.requiredFloat("\(section).low_freq_factor"),
                highFactor: try source.requiredFloat("\(section).high_freq_factor"),
                originalContext: original ?? contextLength)
        case "yarn":
            let factor = try source.requiredFloat("\(section).factor")
            var yarn = RotaryScaling.Yarn(
                factor: factor, originalContext: original ?? contextLength,
                magnitude: try float("attention_factor") ?? yarnMagnitude(source, section, factor))
            yarn.fastRotations = try float("beta_fast") ?? 32
            yarn.slowRotations = try float("beta_slow") ?? 1
            yarn.truncates = try source.bool("\(section).truncate") ?? true
            return .yarn(yarn)
        case "longrope":
            return try longRope(source, section, contextLength)
        default:
            throw TransformerError.configuration(
                key: "\(section).rope_type", value: type, allowed: "default, linear, dynamic, llama3, yarn, longrope")
        }
    }

    /// Sharpening of scores (Peng et al. 2023, section 3.4), with DeepSeek's two weights where they are given.
    private static func yarnMagnitude(_ source: Source, _ section: String, _ factor: Float) throws -> Float {
        func magnitude(_ weight: Float) -> Float { factor <= 1 ? 1 : 0.1 * weight * Float(log(Double(factor))) + 1 }
        if let weight = try source.float("\(section).mscale"), let all = try source.float("\(section).mscale_all_dim") {
            return magnitude(weight) / magnitude(all)
        }
        return magnitude(1)
    }

    private static func originalContext(_ source: Source, _ section: String) throws -> Int? {
        try source.integer("original_max_position_embeddings")
            ?? source.integer("\(section).original_max_position_embeddings")
    }

    /// The divisors of short texts: with those of long ones, a text's first positions would change as it grows.
    private static func longRope(_ source: Source, _ section: String, _ contextLength: Int) throws -> RotaryScaling {
        guard let divisors = try source.floats("\(section).short_factor") else {
            throw TransformerError.missing(key: "\(section).short_factor")
        }
        let original = try originalContext(source, section) ?? contextLength
        let factor =
            try source.float("\(section).factor").map { Double($0) } ?? Double(contextLength) / Double(max(original, 1))
        let magnitude = factor <= 1 ? 1 : Float((1 + log(factor) / log(Double(original))).squareRoot())
        return .divisors(divisors, magnitude: try source.float("\(section).attention_factor") ?? magnitude)
    }
}

extension ModelSource {
    /// Whether a key has a text or a number.
    func hasValue(_ key: String) throws -> Bool {
        if let found = try? string(key) { return !found.isEmpty }
        return try float(key) != nil
    }
}
