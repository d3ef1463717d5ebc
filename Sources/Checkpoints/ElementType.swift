/// How the elements of a tensor lie in a file.
///
/// Block types pack `blockElementCount` consecutive elements of one row into `blockByteCount` bytes. Sizes are those
/// of ggml and of the safetensors format; some types are known by size only, see `isReadable`.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case f64 = "F64"
    case i8 = "I8"
    case i16 = "I16"
    case i32 = "I32"
    case i64 = "I64"
    case u8 = "U8"
    case u16 = "U16"
    case u32 = "U32"
    case u64 = "U64"
    case bool = "BOOL"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_0 = "Q4_0"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_1 = "Q4_1"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_0 = "Q5_0"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_1 = "Q5_1"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0 = "Q8_0"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q2_K = "Q2_K"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q3_K = "Q3_K"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_K = "Q4_K"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_K = "Q5_K"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q6_K = "Q6_K"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_K = "Q8_K"

    /// Elements of one block; 1 for the plain types.
    public var blockElementCount: Int {
        switch self {
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
        case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .q8_K: 256
        default: 1
        }
    }

    /// Bytes of one block, which for the plain types is one element.
    public var blockByteCount: Int {
        switch self {
        case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
        case .f16, .bf16, .i16, .u16: 2
        case .f32, .i32, .u32: 4
        case .f64, .i64, .u64: 8
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q2_K: 84
        case .q3_K: 110
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        case .q8_K: 292
        }
    }

    /// True when several elements share a scale.
    public var isQuantized: Bool { blockElementCount > 1 }

    /// True when elements can be read as float32: all block types, F32, F16, BF16.
    public var isReadable: Bool {
        switch self {
        case .f32, .f16, .bf16: true
        default: isQuantized
        }
    }

    /// True when float32 elements can be written as this type.
    public var isWritable: Bool {
        switch self {
        case .f32, .f16, .bf16, .q4_0, .q4_1, .q8_0: true
        default: false
        }
    }

    /// Bytes of a tensor of this shape, or nil where the size overflows or the last dimension is not whole blocks.
    ///
    /// - Parameter shape: outermost first; an empty shape is one element.
    public func byteCount(ofShape shape: [Int]) -> Int? {
        guard (shape.last ?? 1).isMultiple(of: blockElementCount), let count = elementCount(ofShape: shape) else {
            return nil
        }
        let (bytes, overflow) = (count / blockElementCount).multipliedReportingOverflow(by: blockByteCount)
        return overflow ? nil : bytes
    }
}

/// The product of the dimensions, or nil where one is negative or the product overflows.
///
/// Every partial product is checked from the innermost dimension on, as if no dimension were 0.
func elementCount(ofShape shape: [Int]) -> Int? {
    var magnitude = 1
    for dimension in shape.reversed() {
        guard dimension >= 0 else { return nil }
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: max(dimension, 1))
        guard !overflow else { return nil }
        magnitude = product
    }
    return shape.contains(0) ? 0 : magnitude
}
