/// A change of a text before it is split, as `normalizer` in `tokenizer.json` describes it.
indirect enum TextNormalizer: Sendable {
    case sequence([TextNormalizer])
    case form(UnicodeForm)
    case lowercase
    case strip(left: Bool, right: Bool)
    case stripAccents
    case replace(TextPattern, with: [UInt8])
    case prepend([UInt8])
    case nmt
    case characterMap(CharacterMapTrie)
    case bert(BertOptions)
    case byteLevel

    /// What BERT's normaliser does.
    struct BertOptions: Sendable {
        var cleansText = true
        var separatesIdeographs = true
        var stripsAccents = true
        var lowercases = true
    }

    func apply(to text: inout AlignedText) {
        switch self {
        case .sequence(let steps): for step in steps { step.apply(to: &text) }
        case .form(let form): form.apply(to: &text)
        case .lowercase: Self.lowercase(&text)
        case .strip(let left, let right): Self.strip(&text, left: left, right: right)
        case .stripAccents: text = text.mappingScalars { OldCategories.isMark($0) ? nil : $0 }
        case .replace(let pattern, let content): Self.replace(pattern, with: content, in: &text)
        case .prepend(let prefix): Self.prepend(prefix, to: &text)
        case .nmt: text = text.mappingScalars(Self.nmt)
        case .characterMap(let map): map.apply(to: &text)
        case .bert(let options): Self.bert(options, &text)
        case .byteLevel: text = ByteSpelling.spelled(text)
        }
    }

    /// The same change for a text that goes on with another one: nothing comes in front, and a space there stays.
    var continuing: TextNormalizer {
        switch self {
        case .sequence(let steps): .sequence(steps.map(\.continuing))
        case .prepend: .sequence([])
        case .strip(_, let right): .strip(left: false, right: right)
        default: self
        }
    }

    static func lowercase(_ text: inout AlignedText) {
        var result = AlignedText(replacing: text)
        text.forEachScalar { scalar, range in
            let origin = text.origin(of: range)
            if scalar.isASCII {
                let isCapital = 0x41...0x5A ~= scalar.value
                result.append(UInt8(truncatingIfNeeded: scalar.value) | (isCapital ? 0x20 : 0), origin: origin)
            } else {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { result.append(lower, origin: origin) }
            }
        }
        text = result
    }

    private static func strip(_ text: inout AlignedText, left: Bool, right: Bool) {
        let bytes = text.bytes
        let span = bytes.span
        var start = 0
        var end = span.count
        while left, start < end, ScalarClasses.isWhitespace(span.scalarValue(at: start)) {
            start += span.scalarLength(at: start)
        }
        while right, end > start {
            let last = span.startOfScalar(endingAt: end)
            guard ScalarClasses.isWhitespace(span.scalarValue(at: last)) else { break }
            end = last
        }
        guard start > 0 || end < span.count else { return }
        var result = AlignedText(replacing: text)
        result.append(start..<end, of: text)
        text = result
    }

    static func replace(_ pattern: TextPattern, with content: [UInt8], in text: inout AlignedText) {
        var matches: [Range<Int>] = []
        let bytes = text.bytes
        pattern.forEachMatch(in: bytes.span, range: bytes.indices) { matches.append($0) }
        guard !matches.isEmpty else { return }
        var result = AlignedText(replacing: text)
        var end = 0
        for match in matches {
            result.append(end..<match.lowerBound, of: text)
            let start = text.start(of: match.lowerBound)
            result.append(content, origin: match.isEmpty ? start..<start : text.origin(of: match))
            end = match.upperBound
        }
        result.append(end..<text.count, of: text)
        text = result
    }

    static func prepend(_ prefix: [UInt8], to text: inout AlignedText) {
        guard !text.isEmpty else { return }
        var result = AlignedText(replacing: text)
        let start = text.start(of: 0)
        result.append(prefix, origin: start..<start)
        result.append(0..<text.count, of: text)
        text = result
    }

    /// The rules of Google's neural machine translation: controls go, odd spaces become plain ones.
    private static func nmt(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: nil
        case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: " "
        default: scalar
        }
    }

    private static func bert(_ options: BertOptions, _ text: inout AlignedText) {
        if options.cleansText {
            text = text.mappingScalars { scalar in
                if scalar.value == 0 || scalar.value == 0xFFFD || isControl(scalar) { return nil }
                return ScalarClasses.isWhitespace(scalar.value) ? " " : scalar
            }
        }
        if options.separatesIdeographs { separateIdeographs(&text) }
        if options.stripsAccents {
            UnicodeForm.canonicalDecomposition.apply(to: &text)
            text = text.mappingScalars {
                OldCategories.isNonspacingMark($0) ? nil : $0
            }
        }
        if options.lowercases { lowercase(&text) }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\t" || scalar == "\n" || scalar == "\r" { return false }
        return OldCategories.isControl(scalar)
    }

    private static func separateIdeographs(_ text: inout AlignedText) {
        var result = AlignedText(replacing: text)
        text.forEachScalar { scalar, range in
            let origin = text.origin(of: range)
            guard isIdeograph(scalar.value) else {
                result.append(range, of: text)
                return
            }
            result.append(0x20, origin: origin.lowerBound..<origin.lowerBound)
            result.append(scalar, origin: origin)
            result.append(0x20, origin: origin.upperBound..<origin.upperBound)
        }
        text = result
    }

    private static func isIdeograph(_ value: UInt32) -> Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}

/// GPT-2's spelling of bytes as characters, applied to a text.
enum ByteSpelling {
    private static let characters: [Unicode.Scalar] = {
        var others: UInt32 = 0x100
        return (0..<UInt32(0x100)).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte) ?? " "
            default:
                defer { others += 1 }
                return Unicode.Scalar(others) ?? " "
            }
        }
    }()

    static func spelled(_ text: AlignedText) -> AlignedText {
        var result = AlignedText(replacing: text)
        for (offset, byte) in text.bytes.enumerated() {
            result.append(characters[Int(byte)], origin: text.origin(of: offset))
        }
        return result
    }

    static func spelled(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { Array(UTF8.encode(characters[Int($0)]) ?? UTF8.encodedReplacementCharacter) }
    }
}
