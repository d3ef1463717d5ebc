/// The data part of a file being written: declared tensors, one after another, each in as many pieces as wanted.
struct TensorStream {
    private let file: AtomicFile
    private let declarations: [TensorDeclaration]
    private let byteCounts: [Int]
    private let alignment: Int
    private var index = 0
    private var written = 0

    /// - Precondition: `byteCounts` are those of the declarations.
    init(_ file: AtomicFile, _ declarations: [TensorDeclaration], byteCounts: [Int], alignment: Int) {
        self.file = file
        self.declarations = declarations
        self.byteCounts = byteCounts
        self.alignment = alignment
    }

    /// Adds elements to a tensor, encoded as declared.
    mutating func append(_ elements: Span<Float>, to name: String) throws(CheckpointError) {
        let type = try select(name).elementType
        guard type.isWritable else {
            throw .unreadableElements(tensor: name, elementType: type, wanted: "float32")
        }
        guard elements.count.isMultiple(of: type.blockElementCount) else {
            throw .partialBlock(tensor: name, elements: elements.count, blockElements: type.blockElementCount)
        }
        let byteCount = elements.count / type.blockElementCount * type.blockByteCount
        try requireRoom(for: byteCount, in: name)
        if type.isQuantized {
            for position in elements.indices where !elements[position].isFinite {
                throw .nonFiniteElement(tensor: name)
            }
        }
        let file = file
        try encode(elements, as: type) { bytes throws(CheckpointError) in try file.append(bytes) }
        written += byteCount
    }

    /// Adds integers to a tensor of an integer type.
    mutating func append(integers: Span<Int>, to name: String) throws(CheckpointError) {
        let type = try select(name).elementType
        var bytes: [UInt8] = []
        bytes.reserveCapacity(integers.count * type.blockByteCount)
        for position in integers.indices {
            let value = integers[position]
            switch type {
            case .i8: try append(Int8(exactly: value), to: &bytes, name, type)
            case .i16: try append(Int16(exactly: value), to: &bytes, name, type)
            case .i32: try append(Int32(exactly: value), to: &bytes, name, type)
            case .i64: try append(Int64(exactly: value), to: &bytes, name, type)
            case .u8: try append(UInt8(exactly: value), to: &bytes, name, type)
            case .u16: try append(UInt16(exactly: value), to: &bytes, name, type)
            case .u32: try append(UInt32(exactly: value), to: &bytes, name, type)
            default: throw .unreadableElements(tensor: name, elementType: type, wanted: "integers")
            }
        }
        try append(bytes: bytes, to: name)
    }

    /// Adds bytes that are already encoded.
    mutating func append(bytes: RawSpan, to name: String) throws(CheckpointError) {
        _ = try select(name)
        try requireRoom(for: bytes.byteCount, in: name)
        try file.append(bytes)
        written += bytes.byteCount
    }

    /// Adds bytes that are already encoded.
    mutating func append(bytes: [UInt8], to name: String) throws(CheckpointError) {
        try append(bytes: unsafe bytes.span.bytes, to: name)
    }

    /// Checks that all is there and gives the file its name.
    mutating func finish() throws(CheckpointError) {
        while index < declarations.count, written == byteCounts[index] { try advance() }
        guard index == declarations.count else { throw .unfinishedTensors(next: declarations[index].name) }
        try file.finish()
    }

    /// Moves on from complete tensors until `name` is the current one.
    private mutating func select(_ name: String) throws(CheckpointError) -> TensorDeclaration {
        while index < declarations.count, declarations[index].name != name, written == byteCounts[index] {
            try advance()
        }
        guard index < declarations.count else { throw .tensorOutOfOrder(found: name, expected: nil) }
        guard declarations[index].name == name else {
            throw .tensorOutOfOrder(found: name, expected: declarations[index].name)
        }
        return declarations[index]
    }

    private mutating func advance() throws(CheckpointError) {
        try file.append([UInt8](repeating: 0, count: (alignment - written % alignment) % alignment))
        index += 1
        written = 0
    }

    private func requireRoom(for byteCount: Int, in name: String) throws(CheckpointError) {
        let excess = byteCount - (byteCounts[index] - written)
        guard excess <= 0 else { throw .tooManyBytes(tensor: name, excess: excess) }
    }

    private func append<Integer: FixedWidthInteger>(
        _ value: Integer?,
        to bytes: inout [UInt8],
        _ name: String,
        _ type: ElementType
    ) throws(CheckpointError) {
        guard let value else { throw .integerOutOfRange(tensor: name, elementType: type) }
        bytes.append(littleEndian: value)
    }
}

extension [UInt8] {
    /// Adds the bytes of an integer, lowest first.
    mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        var rest = value
        for _ in 0..<(Integer.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest = Integer.bitWidth > 8 ? rest >> 8 : 0
        }
    }
}
