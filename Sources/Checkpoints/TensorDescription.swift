/// Name, shape, type and place of one tensor of a file.
public struct TensorDescription: Sendable, Hashable {
    public let name: String
    /// Dimensions, outermost first; the last one is contiguous. Empty for a scalar.
    public let shape: [Int]
    public let elementType: ElementType
    /// Bytes that the tensor takes in the file.
    public let byteCount: Int
    /// Position of its first byte in the file.
    public let offset: Int

    /// Elements of one row: the last dimension, 1 for a scalar.
    public var rowLength: Int { shape.last ?? 1 }

    /// Rows: the product of all dimensions but the last.
    public var rowCount: Int { shape.dropLast().reduce(1, *) }

    /// The product of all dimensions.
    public var elementCount: Int { shape.reduce(1, *) }

    /// Bytes of one row.
    var rowByteCount: Int { rowLength / elementType.blockElementCount * elementType.blockByteCount }

    /// - Precondition: `elementType.byteCount(ofShape: shape)` is `byteCount`, so that no product overflows.
    init(name: String, shape: [Int], elementType: ElementType, byteCount: Int, offset: Int) {
        self.name = name
        self.shape = shape
        self.elementType = elementType
        self.byteCount = byteCount
        self.offset = offset
    }
}

/// A tensor that is to be written: what a file's header must say before its elements are known.
public struct TensorDeclaration: Sendable, Hashable {
    public let name: String
    /// Dimensions, outermost first; the last one is contiguous. Empty for a scalar.
    public let shape: [Int]
    public let elementType: ElementType

    public init(name: String, shape: [Int], elementType: ElementType) {
        self.name = name
        self.shape = shape
        self.elementType = elementType
    }

    /// Elements of one row: the last dimension, 1 for a scalar.
    var rowLength: Int { shape.last ?? 1 }
}
