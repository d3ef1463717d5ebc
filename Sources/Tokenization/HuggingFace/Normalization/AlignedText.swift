/// A text on its way through a tokenizer, each byte of which knows what it came from.
struct AlignedText {
    /// Valid UTF-8.
    private(set) var bytes: [UInt8] = []
    /// The bytes of the original text that each byte stands for; nil while byte `i` stands for `base + i`.
    private var origins: [Range<Int>]?
    /// Where the text begins in the original one.
    let base: Int

    /// A part of the original text, as it is.
    init(_ text: ArraySlice<UInt8>) {
        bytes = Array(text)
        base = text.startIndex
    }

    /// An empty text that is to be filled.
    init(replacing other: AlignedText, base: Int? = nil) {
        self.base = base ?? other.base
        origins = []
        origins?.reserveCapacity(other.bytes.count)
        bytes.reserveCapacity(other.bytes.count)
    }

    var isEmpty: Bool { bytes.isEmpty }
    var count: Int { bytes.count }

    @inline(__always)
    func origin(of offset: Int) -> Range<Int> {
        guard let origins else { return (base + offset)..<(base + offset + 1) }
        return origins[offset]
    }

    /// From the first byte to the last of what `range` stands for.
    func origin(of range: Range<Int>) -> Range<Int> {
        guard let origins else { return (base + range.lowerBound)..<(base + range.upperBound) }
        guard !range.isEmpty else { return base..<base }
        var lower = Int.max
        var upper = 0
        for origin in origins[range] {
            // What a normaliser put in counts only where there is nothing else.
            if origin.isEmpty { continue }
            lower = min(lower, origin.lowerBound)
            upper = max(upper, origin.upperBound)
        }
        return lower < upper ? lower..<upper : origins[range.lowerBound]
    }

    /// What is before the byte at `offset` in the original text.
    func start(of offset: Int) -> Int {
        if offset < bytes.count { return origin(of: offset).lowerBound }
        return bytes.isEmpty ? base : origin(of: bytes.count - 1).upperBound
    }

    mutating func append(_ byte: UInt8, origin: Range<Int>) {
        bytes.append(byte)
        origins?.append(origin)
    }

    mutating func append(_ scalar: Unicode.Scalar, origin: Range<Int>) {
        if scalar.isASCII {
            append(UInt8(truncatingIfNeeded: scalar.value), origin: origin)
        } else {
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte, origin: origin) }
        }
    }

    mutating func append(_ text: [UInt8], origin: Range<Int>) {
        for byte in text { append(byte, origin: origin) }
    }

    mutating func append(_ range: Range<Int>, of other: AlignedText) {
        for offset in range { append(other.bytes[offset], origin: other.origin(of: offset)) }
    }

    /// Whether every byte is ASCII.
    var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

    /// The text in which each scalar is what `transform` gives for it; nothing where it gives nil.
    func mappingScalars(_ transform: (Unicode.Scalar) -> Unicode.Scalar?) -> AlignedText {
        var result = AlignedText(replacing: self)
        forEachScalar { scalar, range in
            if let mapped = transform(scalar) { result.append(mapped, origin: origin(of: range)) }
        }
        return result
    }

    func forEachScalar(_ body: (Unicode.Scalar, Range<Int>) -> Void) {
        let span = bytes.span
        var offset = 0
        while offset < span.count {
            let length = span.scalarLength(at: offset)
            let scalar = Unicode.Scalar(span.scalarValue(at: offset)) ?? "\u{FFFD}"
            body(scalar, offset..<(offset + length))
            offset += length
        }
    }
}
