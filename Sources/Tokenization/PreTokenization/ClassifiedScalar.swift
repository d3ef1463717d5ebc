/// A Unicode scalar of a UTF-8 text, with the classes that pre-tokenizers ask for.
struct ClassifiedScalar {
    let value: UInt32
    /// In bytes.
    let length: Int
    let classes: ScalarClasses

    var isLineBreak: Bool { value == 0x0A || value == 0x0D }
    var isSpaceCharacter: Bool { value == 0x20 }

    @inline(__always)
    func isIn(_ wanted: ScalarClasses) -> Bool { !classes.isDisjoint(with: wanted) }
}

/// Unicode general categories in the groups that the expressions of pre-tokenizers use.
struct ScalarClasses: OptionSet {
    let rawValue: UInt8

    /// `\p{L}`
    static let letter = ScalarClasses(rawValue: 1)
    /// `\p{N}`
    static let number = ScalarClasses(rawValue: 2)
    /// `\s`: the property White_Space.
    static let whitespace = ScalarClasses(rawValue: 4)
    /// `\p{M}`
    static let mark = ScalarClasses(rawValue: 8)
    /// `\p{P}`
    static let punctuation = ScalarClasses(rawValue: 16)
    /// `\p{S}`
    static let symbol = ScalarClasses(rawValue: 32)
    /// `\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}`
    static let upperOrCaseless = ScalarClasses(rawValue: 64)
    /// `\p{Ll}\p{Lm}\p{Lo}\p{M}`
    static let lowerOrCaseless = ScalarClasses(rawValue: 128)

    static let lowercaseLetter: ScalarClasses = [.letter, .lowerOrCaseless]
    static let uppercaseLetter: ScalarClasses = [.letter, .upperOrCaseless]
    static let caselessLetter: ScalarClasses = [.letter, .upperOrCaseless, .lowerOrCaseless]
    static let anyMark: ScalarClasses = [.mark, .upperOrCaseless, .lowerOrCaseless]

    @inline(__always)
    init(rawValue: UInt8) { self.rawValue = rawValue }

    @inline(__always)
    init(ascii byte: UInt8) {
        switch byte {
        case 0x61...0x7A: self = .lowercaseLetter
        case 0x20, 0x09...0x0D: self = .whitespace
        case 0x41...0x5A: self = .uppercaseLetter
        case 0x30...0x39: self = .number
        case 0x24, 0x2B, 0x3C...0x3E, 0x5E, 0x60, 0x7C, 0x7E: self = .symbol
        case 0x21...0x7E: self = .punctuation
        default: self = []
        }
    }

    init(_ scalar: Unicode.Scalar) {
        if Self.isWhitespace(scalar.value) {
            self = .whitespace
            return
        }
        guard UnicodeAge.isKnownToPatterns(scalar) else {
            self = []
            return
        }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter: self = .lowercaseLetter
        case .uppercaseLetter, .titlecaseLetter: self = .uppercaseLetter
        case .modifierLetter, .otherLetter: self = .caselessLetter
        case .nonspacingMark, .spacingMark, .enclosingMark: self = .anyMark
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            self = .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: self = .symbol
        default: self = []
        }
    }

    /// The property White_Space.
    static func isWhitespace(_ value: UInt32) -> Bool {
        switch value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}

extension Span<UInt8> {
    /// The scalar that begins at `offset` of a text in valid UTF-8.
    @inline(__always)
    func scalar(at offset: Int) -> ClassifiedScalar {
        let byte = self[offset]
        guard byte >= 0x80 else {
            return ClassifiedScalar(value: UInt32(byte), length: 1, classes: ScalarClasses(ascii: byte))
        }
        return multibyteScalar(at: offset, first: byte)
    }

    private func multibyteScalar(at offset: Int, first: UInt8) -> ClassifiedScalar {
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for position in 1..<length { value = value << 6 | UInt32(self[offset + position] & 0x3F) }
        let classes = Unicode.Scalar(value).map(ScalarClasses.init) ?? []
        return ClassifiedScalar(value: value, length: length, classes: classes)
    }

    /// The end of the run of scalars from `offset` for which `isMember` holds.
    @inline(__always)
    func endOfRun(from offset: Int, limit: Int, where isMember: (ClassifiedScalar) -> Bool) -> Int {
        var end = offset
        while end < limit {
            let next = scalar(at: end)
            guard isMember(next) else { break }
            end += next.length
        }
        return end
    }
}
