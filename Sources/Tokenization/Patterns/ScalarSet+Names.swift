extension ScalarSet {
    /// By the name of a category, a script or a property, as in `\p{…}`; nil for one that is not known.
    init?(named name: String) {
        var key = name.lowercased().filter { $0 != "_" && $0 != " " && $0 != "-" }
        for prefix in ["script=", "sc=", "generalcategory=", "gc=", "is"] where key.hasPrefix(prefix) {
            key.removeFirst(prefix.count)
        }
        if let mask = GeneralCategoryMask.named(key) {
            self = .categories(mask)
        } else if let script = UnicodeScript(named: key) {
            self = .property(.script(script))
        } else if let set = ScalarSet(posix: key) {
            self = set
        } else {
            return nil
        }
    }

    /// By the name of a POSIX class, which Unicode texts give a wider sense.
    init?(posix name: String) {
        typealias Mask = GeneralCategoryMask
        switch name {
        case "alpha", "alphabetic": self = .property(.alphabetic)
        case "digit": self = .categories(Mask.decimalNumber)
        case "alnum": self = .union([.property(.alphabetic), .categories(Mask.decimalNumber)])
        case "lower", "lowercase": self = .property(.lowercase)
        case "upper", "uppercase": self = .property(.uppercase)
        case "space", "whitespace": self = .property(.whitespace)
        case "punct": self = .union([.categories(Mask.punctuation | Mask.symbols)])
        case "cntrl": self = .categories(Mask.control)
        case "blank": self = .union([.categories(Mask.spaceSeparator), .ranges([0x09...0x09])])
        case "xdigit": self = .ranges([0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "word": self = .property(.word)
        case "ascii": self = .ranges([0...0x7F])
        case "any": self = .ranges([0...0x10FFFF])
        case "emoji": self = .property(.emoji)
        case "graph":
            self = .complement(
                .union([.property(.whitespace), .categories(Mask.control | Mask.unassigned | Mask.surrogate)]))
        case "print": self = .complement(.categories(Mask.control | Mask.unassigned | Mask.surrogate))
        default: return nil
        }
    }
}
