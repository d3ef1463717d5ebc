/// What transformers' class of a family fills in where `config.json` has no such key.
struct HuggingFaceDefaults {
    var contextLength: Int
    var normEpsilon: Float
    var activation = ActivationFunction.silu
    var vocabularySize: Int?
    var headCount: Int?
    /// As many as heads where nil.
    var keyValueHeadCount: Int?
    /// The head's share of the width where nil.
    var headDimension: Int?
    var rotary = HuggingFaceRotaryDefaults()
}

/// How a family's rotary settings are read, and what stands for those that are not there.
struct HuggingFaceRotaryDefaults {
    var base: Float = 10_000
    /// The base's key beside the objects of rotary settings. So for the share.
    var baseKey = "rope_theta"
    /// Rotated share of each head.
    var part: Float = 1
    var partKey = "partial_rotary_factor"
    /// Whether a share of each head is rotated without scaling too.
    var rotatesPartUnscaled = false
    var originalContext: Int?
    /// Older names of `longrope`.
    var namesOfLongRope: Set<String> = []
    /// Whose settings are read, where a family has an object for each type of layer.
    var layerType: String?
}
