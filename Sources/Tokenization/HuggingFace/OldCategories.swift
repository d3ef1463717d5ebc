/// General categories as the reference's normalizers and its splitter at punctuation know them, from older tables.
///
/// They were compared with tokenizers 0.23.3 for every scalar that Unicode 17 assigns.
enum OldCategories {
    private typealias Mask = GeneralCategoryMask

    /// Punctuation in Unicode 8.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x166D || scalar.value == 0x111C9 || isIn(Mask.punctuation, scalar, asOf: 8)
    }

    /// Controls, format characters and those for private use in Unicode 8.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        isIn(Mask.control | Mask.format | Mask.privateUse, scalar, asOf: 8)
    }

    /// Nonspacing marks in Unicode 8.
    static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x300, 0x1885, 0x1886, 0xA9BD, 0x111C9: false
        case 0x1734, 0x1171E: true
        default: isIn(Mask.nonspacingMark, scalar, asOf: 8)
        }
    }

    /// Marks in Unicode 9.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x300, 0x111C9: false
        case 0x1CF2, 0x1CF3: true
        default: isIn(Mask.marks, scalar, asOf: 9)
        }
    }

    private static func isIn(_ mask: UInt32, _ scalar: Unicode.Scalar, asOf major: Int) -> Bool {
        Mask.of(scalar.value) & mask != 0 && UnicodeAge.isAssigned(scalar, by: major)
    }
}
