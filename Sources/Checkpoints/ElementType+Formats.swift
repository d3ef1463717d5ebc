extension ElementType {
    /// The number that GGUF files hold for this type, or nil where they have none.
    public var ggufIdentifier: UInt32? { Self.ggufIdentifiers[self] }

    /// The type behind a GGUF number, or nil where it is unknown or cannot be read here.
    init?(ggufIdentifier: UInt32) {
        guard let type = Self.typesByIdentifier[ggufIdentifier] else { return nil }
        self = type
    }

    /// The name that GGUF tools give to a number, for messages.
    static func ggufName(of identifier: UInt32) -> String? {
        typesByIdentifier[identifier]?.rawValue ?? unreadableNames[identifier]
    }

    /// The name in safetensors headers, or nil where that format lacks the type.
    public var safetensorsName: String? { isQuantized ? nil : rawValue }

    /// The type behind a safetensors `dtype`.
    init?(safetensorsName: String) {
        guard let type = ElementType(rawValue: safetensorsName), type.safetensorsName != nil else { return nil }
        self = type
    }

    private static let ggufIdentifiers: [ElementType: UInt32] = [
        .f32: 0, .f16: 1, .q4_0: 2, .q4_1: 3, .q5_0: 6, .q5_1: 7, .q8_0: 8, .q2_K: 10, .q3_K: 11, .q4_K: 12,
        .q5_K: 13, .q6_K: 14, .q8_K: 15, .i8: 24, .i16: 25, .i32: 26, .i64: 27, .f64: 28, .bf16: 30,
    ]

    private static let typesByIdentifier = Dictionary(
        uniqueKeysWithValues: ggufIdentifiers.map { ($0.value, $0.key) }
    )

    private static let unreadableNames: [UInt32: String] = [
        9: "Q8_1", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
        23: "IQ4_XS", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
    ]
}
