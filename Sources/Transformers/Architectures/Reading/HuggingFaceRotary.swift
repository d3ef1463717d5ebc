/// Rotary settings of a `config.json`, in the old form (`rope_theta` beside `rope_scaling`) or the new one
/// (`rope_parameters`, of Gemma 3 one for each type of layer).
struct HuggingFaceRotary<Source: ModelSource> {
    let base: Float
    let scaling: RotaryScaling
    /// Positions for which `scaling` is the model's.
    let contextLength: Int
    /// For texts that are longer.
    let longContext: LongContext?
    /// Rotated share of each head.
    private let part: Float

    init(_ source: Source, contextLength: Int, defaults: HuggingFaceRotaryDefaults) throws {
        let settings = try HuggingFaceRotarySettings(source, contextLength: contextLength, defaults: defaults)
        base = try settings.float("rope_theta") ?? source.float(defaults.baseKey) ?? defaults.base
        scaling = try settings.scaling()
        part = try settings.rotatesWholeHeads ? 1 : Self.part(settings, source, defaults)
        self.contextLength = try settings.largestContext(scaling)
        longContext = try settings.longContext()
    }

    private static func part(
        _ settings: HuggingFaceRotarySettings<Source>, _ source: Source, _ defaults: HuggingFaceRotaryDefaults
    ) throws -> Float {
        let part =
            try settings.float("partial_rotary_factor") ?? source.float(defaults.partKey) ?? defaults.part
        guard part > 0, part <= 1 else {
            throw TransformerError.configuration(key: "partial_rotary_factor", value: "\(part)", allowed: "0 to 1")
        }
        return part
    }

    /// Rotated components of a head of `headDimension`.
    func dimension(ofHead headDimension: Int) -> Int {
        Int(Float(min(max(headDimension, 0), 65_536)) * part)
    }
}
