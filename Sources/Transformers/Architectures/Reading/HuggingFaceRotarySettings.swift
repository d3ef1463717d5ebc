internal import Foundation

/// The objects of a `config.json` that say how a model rotates, read as transformers reads them.
struct HuggingFaceRotarySettings<Source: ModelSource> {
    private let source: Source
    private let contextLength: Int
    private let defaults: HuggingFaceRotaryDefaults
    /// Names of the objects; what the first one has counts.
    private let sections: [String]
    private let type: String

    init(_ source: Source, contextLength: Int, defaults: HuggingFaceRotaryDefaults) throws {
        self.source = source
        self.contextLength = contextLength
        self.defaults = defaults
        sections = try Self.sections(source, defaults)
        type = try Self.type(source, sections, defaults)
    }

    /// `rope_scaling` counts before `rope_parameters`: in its place, or of Gemma 3 key by key.
    private static func sections(_ source: Source, _ defaults: HuggingFaceRotaryDefaults) throws -> [String] {
        for key in ["rope_parameters", "rope_scaling"] {
            if let text = try? source.string(key) {
                throw TransformerError.configuration(key: key, value: text, allowed: "an object")
            }
        }
        if let layerType = defaults.layerType { return ["rope_scaling", "rope_parameters.\(layerType)"] }
        let keys = ["rope_type", "type", "rope_theta", "factor", "partial_rotary_factor"]
        return [keys.contains { source.hasKey("rope_scaling.\($0)") } ? "rope_scaling" : "rope_parameters"]
    }

    private static func type(
        _ source: Source, _ sections: [String], _ defaults: HuggingFaceRotaryDefaults
    ) throws -> String {
        for section in sections {
            if let type = try source.string("\(section).rope_type") { return name(type, defaults) }
        }
        return name(try sections.last.flatMap { try source.string("\($0).type") } ?? "default", defaults)
    }

    private static func name(_ type: String, _ defaults: HuggingFaceRotaryDefaults) -> String {
        defaults.namesOfLongRope.contains(type) ? "longrope" : type
    }

    /// The number behind a key of the first object that has it. So for the others.
    func float(_ key: String) throws -> Float? { try first(key, source.float) }

    private func first<Value>(_ key: String, _ read: (String) throws -> Value?) rethrows -> Value? {
        for section in sections {
            if let value = try read("\(section).\(key)") { return value }
        }
        return nil
    }

    private func required<Value>(_ key: String, _ value: Value?) throws -> Value {
        guard let value else { throw TransformerError.missing(key: "\(sections[sections.count - 1]).\(key)") }
        return value
    }

    /// Without scaling most families rotate whole heads, whatever share the file names.
    var rotatesWholeHeads: Bool { type == "default" && !defaults.rotatesPartUnscaled }

    /// Positions for which `scaling` is the model's: those of the divisors of short texts, or that yarn stretches the
    /// original context to.
    func largestContext(_ scaling: RotaryScaling) throws -> Int {
        switch scaling {
        case .divisors: min(contextLength, try originalContext())
        case .yarn(let yarn): max(contextLength, yarn.contextLength)
        case .none, .linear, .llama3: contextLength
        }
    }

    /// Beside the objects it counts first; the objects of single types of layers stand for themselves.
    private func originalContext() throws -> Int {
        let outer =
            try defaults.layerType == nil
            ? source.integer("original_max_position_embeddings") ?? defaults.originalContext : nil
        return try outer ?? first("original_max_position_embeddings", source.integer) ?? contextLength
    }

    func scaling() throws -> RotaryScaling {
        switch type {
        // Up to the context, where the base begins to grow, the dynamic kind scales nothing.
        case "default", "dynamic": return .none
        case "linear": return .linear(factor: try required("factor", float("factor")))
        case "llama3":
            return .llama3(
                factor: try required("factor", float("factor")),
                lowFactor: try required("low_freq_factor", float("low_freq_factor")),
                highFactor: try required("high_freq_factor", float("high_freq_factor")),
                originalContext: try originalContext())
        case "yarn": return try yarn()
        case "longrope": return try longRope()
        default:
            throw TransformerError.configuration(
                key: "\(sections[sections.count - 1]).rope_type", value: type,
                allowed: "default, linear, dynamic, llama3, yarn, longrope")
        }
    }

    private func yarn() throws -> RotaryScaling {
        let original = try originalContext()
        let factor = try required("factor", float("factor"))
        var yarn = RotaryScaling.Yarn(
            factor: factor, originalContext: original,
            magnitude: try float("attention_factor") ?? yarnMagnitude(factor))
        yarn.fastRotations = try float("beta_fast") ?? 32
        yarn.slowRotations = try float("beta_slow") ?? 1
        yarn.truncates = try first("truncate", source.bool) ?? true
        return .yarn(yarn)
    }

    /// Sharpening of scores (Peng et al. 2023, section 3.4), with DeepSeek's two weights where they are given.
    private func yarnMagnitude(_ factor: Float) throws -> Float {
        func magnitude(_ weight: Float) -> Float { factor <= 1 ? 1 : 0.1 * weight * Float(log(Double(factor))) + 1 }
        if let weight = try float("mscale"), let all = try float("mscale_all_dim") {
            return magnitude(weight) / magnitude(all)
        }
        return magnitude(1)
    }

    /// What takes the place of `scaling` for texts that are longer than its context; nil where there is nothing.
    func longContext() throws -> LongContext? {
        guard type == "longrope", try originalContext() < contextLength,
            try first("long_factor", source.floats) != nil
        else { return nil }
        return LongContext(contextLength: contextLength, rotaryScaling: try longRope("long_factor"))
    }

    /// - Parameter key: of the divisors, those of short texts or those of long ones
    private func longRope(_ key: String = "short_factor") throws -> RotaryScaling {
        let divisors = try required(key, first(key, source.floats))
        let original = try originalContext()
        let factor = try float("factor").map { Double($0) } ?? Double(contextLength) / Double(max(original, 1))
        let magnitude = factor <= 1 ? 1 : Float((1 + log(factor) / log(Double(original))).squareRoot())
        return .divisors(divisors, magnitude: try float("attention_factor") ?? magnitude)
    }
}
