/// A set of Unicode scalars, as a pattern's class describes it.
indirect enum ScalarSet: Sendable {
    /// In no particular order.
    case ranges([ClosedRange<UInt32>])
    /// General categories that patterns know, one bit each: ``GeneralCategoryMask``.
    case categories(UInt32)
    case property(ScalarProperty)
    case union([ScalarSet])
    case intersection([ScalarSet])
    case complement(ScalarSet)
    /// What is equal to a member but for its case.
    case ignoringCase(ScalarSet)

    func contains(_ value: UInt32) -> Bool {
        switch self {
        case .ranges(let ranges): return ranges.contains { $0.contains(value) }
        case .categories(let mask): return GeneralCategoryMask.inPatterns(value) & mask != 0
        case .property(let property): return property.holds(for: value)
        case .union(let sets): return sets.contains { $0.contains(value) }
        case .intersection(let sets): return sets.allSatisfy { $0.contains(value) }
        case .complement(let set): return !set.contains(value)
        case .ignoringCase(let set): return CaseFolding.variants(of: value).contains { set.contains($0) }
        }
    }
}

/// Properties of scalars that are more than a general category.
enum ScalarProperty: Sendable {
    case whitespace
    /// Letters, marks, decimal digits and connecting punctuation: `\w`.
    case word
    case alphabetic
    case lowercase
    case uppercase
    case emoji
    /// A number in Unicode as it is now, whatever patterns know.
    case number
    /// Punctuation as it was in Unicode 8.
    case oldPunctuation
    case script(UnicodeScript)

    func holds(for value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch self {
        case .whitespace: return ScalarClasses.isWhitespace(value)
        case .word:
            return UnicodeAge.isKnownToPatterns(scalar) && scalar.properties.isAlphabetic
                || GeneralCategoryMask.inPatterns(value)
                    & (GeneralCategoryMask.marks | GeneralCategoryMask.decimalNumber
                        | GeneralCategoryMask.connectorPunctuation) != 0
        case .alphabetic: return UnicodeAge.isKnownToPatterns(scalar) && scalar.properties.isAlphabetic
        case .lowercase: return UnicodeAge.isKnownToPatterns(scalar) && scalar.properties.isLowercase
        case .uppercase: return UnicodeAge.isKnownToPatterns(scalar) && scalar.properties.isUppercase
        case .emoji: return scalar.properties.isEmoji
        case .number: return GeneralCategoryMask.of(value) & GeneralCategoryMask.numbers != 0
        case .oldPunctuation: return OldCategories.isPunctuation(scalar)
        case .script(let script): return UnicodeScript(of: value) == script
        }
    }
}

/// General categories as bits of a number.
enum GeneralCategoryMask {
    static let uppercaseLetter: UInt32 = 1 << 0
    static let lowercaseLetter: UInt32 = 1 << 1
    static let titlecaseLetter: UInt32 = 1 << 2
    static let modifierLetter: UInt32 = 1 << 3
    static let otherLetter: UInt32 = 1 << 4
    static let letters: UInt32 = 0x1F
    static let nonspacingMark: UInt32 = 1 << 5
    static let spacingMark: UInt32 = 1 << 6
    static let enclosingMark: UInt32 = 1 << 7
    static let marks: UInt32 = 0xE0
    static let decimalNumber: UInt32 = 1 << 8
    static let letterNumber: UInt32 = 1 << 9
    static let otherNumber: UInt32 = 1 << 10
    static let numbers: UInt32 = 0x700
    static let connectorPunctuation: UInt32 = 1 << 11
    static let dashPunctuation: UInt32 = 1 << 12
    static let openPunctuation: UInt32 = 1 << 13
    static let closePunctuation: UInt32 = 1 << 14
    static let initialPunctuation: UInt32 = 1 << 15
    static let finalPunctuation: UInt32 = 1 << 16
    static let otherPunctuation: UInt32 = 1 << 17
    static let punctuation: UInt32 = 0x3F800
    static let mathSymbol: UInt32 = 1 << 18
    static let currencySymbol: UInt32 = 1 << 19
    static let modifierSymbol: UInt32 = 1 << 20
    static let otherSymbol: UInt32 = 1 << 21
    static let symbols: UInt32 = 0x3C0000
    static let spaceSeparator: UInt32 = 1 << 22
    static let lineSeparator: UInt32 = 1 << 23
    static let paragraphSeparator: UInt32 = 1 << 24
    static let separators: UInt32 = 0x1C00000
    static let control: UInt32 = 1 << 25
    static let format: UInt32 = 1 << 26
    static let surrogate: UInt32 = 1 << 27
    static let privateUse: UInt32 = 1 << 28
    static let unassigned: UInt32 = 1 << 29
    static let others: UInt32 = 0x3E00_0000

    /// What patterns take a scalar for.
    static func inPatterns(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return surrogate }
        return UnicodeAge.isKnownToPatterns(scalar) ? of(value) : unassigned
    }

    static func of(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return surrogate }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter: return uppercaseLetter
        case .lowercaseLetter: return lowercaseLetter
        case .titlecaseLetter: return titlecaseLetter
        case .modifierLetter: return modifierLetter
        case .otherLetter: return otherLetter
        case .nonspacingMark: return nonspacingMark
        case .spacingMark: return spacingMark
        case .enclosingMark: return enclosingMark
        case .decimalNumber: return decimalNumber
        case .letterNumber: return letterNumber
        case .otherNumber: return otherNumber
        case .connectorPunctuation: return connectorPunctuation
        case .dashPunctuation: return dashPunctuation
        case .openPunctuation: return openPunctuation
        case .closePunctuation: return closePunctuation
        case .initialPunctuation: return initialPunctuation
        case .finalPunctuation: return finalPunctuation
        case .otherPunctuation: return otherPunctuation
        case .mathSymbol: return mathSymbol
        case .currencySymbol: return currencySymbol
        case .modifierSymbol: return modifierSymbol
        case .otherSymbol: return otherSymbol
        case .spaceSeparator: return spaceSeparator
        case .lineSeparator: return lineSeparator
        case .paragraphSeparator: return paragraphSeparator
        case .control: return control
        case .format: return format
        case .surrogate: return surrogate
        case .privateUse: return privateUse
        case .unassigned: return unassigned
        @unknown default: return unassigned
        }
    }

    /// By its short or long name in Unicode, without spaces and underscores, in lower case.
    static func named(_ name: String) -> UInt32? { byName[name] }

    private static let byName: [String: UInt32] = [
        "l": letters, "letter": letters, "lu": uppercaseLetter, "uppercaseletter": uppercaseLetter,
        "ll": lowercaseLetter, "lowercaseletter": lowercaseLetter, "lt": titlecaseLetter,
        "titlecaseletter": titlecaseLetter, "lm": modifierLetter, "modifierletter": modifierLetter,
        "lo": otherLetter, "otherletter": otherLetter, "lc": 0x7, "casedletter": 0x7,
        "m": marks, "mark": marks, "mn": nonspacingMark, "nonspacingmark": nonspacingMark,
        "mc": spacingMark, "spacingmark": spacingMark, "me": enclosingMark, "enclosingmark": enclosingMark,
        "n": numbers, "number": numbers, "nd": decimalNumber, "decimalnumber": decimalNumber,
        "nl": letterNumber, "letternumber": letterNumber, "no": otherNumber, "othernumber": otherNumber,
        "p": punctuation, "punctuation": punctuation, "pc": connectorPunctuation, "pd": dashPunctuation,
        "ps": openPunctuation, "pe": closePunctuation, "pi": initialPunctuation, "pf": finalPunctuation,
        "po": otherPunctuation,
        "s": symbols, "symbol": symbols, "sm": mathSymbol, "sc": currencySymbol, "sk": modifierSymbol,
        "so": otherSymbol,
        "z": separators, "separator": separators, "zs": spaceSeparator, "zl": lineSeparator,
        "zp": paragraphSeparator,
        "c": others, "other": others, "cc": control, "control": control, "cf": format, "format": format,
        "cs": surrogate, "co": privateUse, "cn": unassigned, "unassigned": unassigned,
    ]
}

/// Scalars that differ in case only, by the simple mappings.
enum CaseFolding {
    /// `value` and every scalar that folds to the same one.
    static func variants(of value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [value] }
        var found = [value]
        func add(_ text: String) {
            let scalars = text.unicodeScalars
            guard let first = scalars.first, scalars.count == 1, !found.contains(first.value) else { return }
            found.append(first.value)
        }
        add(scalar.properties.lowercaseMapping)
        add(scalar.properties.uppercaseMapping)
        for value in found {
            if let scalar = Unicode.Scalar(value) {
                add(scalar.properties.lowercaseMapping)
                add(scalar.properties.uppercaseMapping)
            }
        }
        return found + (oddVariants[found.contains(0x73) ? 0x73 : found.contains(0x6B) ? 0x6B : 0] ?? [])
    }

    /// The long s and the Kelvin sign, which no letter of ASCII maps to.
    private static let oddVariants: [UInt32: [UInt32]] = [0x73: [0x17F], 0x6B: [0x212A]]
}

/// A set that answers for ASCII from a table.
struct CompiledSet: Sendable {
    private let low: UInt64
    private let high: UInt64
    /// What the set says of scalars beyond ASCII: these categories and ranges first, then the rest.
    private let categories: UInt32
    private let ranges: [ClosedRange<UInt32>]
    private let rest: [ScalarSet]
    private let isComplement: Bool

    init(_ set: ScalarSet) {
        var bits: (UInt64, UInt64) = (0, 0)
        for value in UInt32(0)..<64 where set.contains(value) { bits.0 |= 1 << UInt64(value) }
        for value in UInt32(64)..<128 where set.contains(value) { bits.1 |= 1 << UInt64(value - 64) }
        (low, high) = bits
        var parts = [set]
        if case .complement(let inner) = set {
            isComplement = true
            parts = [inner]
        } else {
            isComplement = false
        }
        var categories: UInt32 = 0
        var ranges: [ClosedRange<UInt32>] = []
        var rest: [ScalarSet] = []
        while let part = parts.popLast() {
            switch part {
            case .union(let sets): parts += sets
            case .categories(let mask): categories |= mask
            case .ranges(let list): ranges += list.filter { $0.upperBound >= 0x80 }
            default: rest.append(part)
            }
        }
        self.categories = categories
        self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound }
        self.rest = rest
    }

    @inline(__always)
    func containsASCII(_ byte: UInt8) -> Bool {
        (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 != 0
    }

    func containsOther(_ value: UInt32) -> Bool {
        if categories != 0, GeneralCategoryMask.inPatterns(value) & categories != 0 { return !isComplement }
        for range in ranges where range.lowerBound <= value && value <= range.upperBound { return !isComplement }
        for set in rest where set.contains(value) { return !isComplement }
        return isComplement
    }
}
