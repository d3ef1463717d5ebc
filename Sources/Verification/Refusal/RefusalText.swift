/// A reply made ready for matching: lower case, plain apostrophes, no space at its ends, cut into sentences.
struct RefusalText {
    let bytes: [UInt8]
    private let sentences: [Range<Int>]

    init(_ reply: String) {
        var text = String.UnicodeScalarView()
        for scalar in reply.lowercased().unicodeScalars { text.append(Self.plain(scalar)) }
        let trimmed = text.drop(while: \.properties.isWhitespace).reversed().drop(while: \.properties.isWhitespace)
        bytes = Array(String(String.UnicodeScalarView(trimmed.reversed())).utf8)
        sentences = Self.sentences(of: bytes)
    }

    func starts(with opening: [UInt8]) -> Bool {
        bytes.starts(with: opening)
    }

    /// Whether the phrase stands anywhere, inside a word too, as the published rule has it.
    func contains(_ phrase: [UInt8]) -> Bool {
        bytes[...].contains(phrase: phrase, atWordStart: false)
    }

    var containsRefusalPhrase: Bool {
        RefusalVocabulary.refusing.contains { bytes[...].contains(phrase: $0) }
    }

    /// Whether one of the first two sentences names an objection.
    var openingContainsTopicWord: Bool {
        sentences.prefix(2).contains { sentence in
            RefusalVocabulary.objecting.contains { bytes[sentence].contains(phrase: $0) }
        }
    }

    /// Words in sentences that neither refuse, nor object, nor warn, nor offer something else.
    ///
    /// A list that follows such a sentence's colon belongs to it.
    var substantiveWordCount: Int {
        var count = 0
        var isInRedirectedList = false
        for sentence in sentences {
            let text = bytes[sentence]
            let isListItem = text.isListItem
            if isListItem && isInRedirectedList { continue }
            let redirects = RefusalVocabulary.isAside(text)
            isInRedirectedList = redirects && text.last == UInt8(ascii: ":")
            if !redirects { count += text.wordCount }
        }
        return count
    }

    /// Ends at `.`, `!`, `?` or `:` before a space, and at line breaks.
    private static func sentences(of bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for index in bytes.indices {
            let isEnd = bytes[index] == UInt8(ascii: "\n") || endsSentence(bytes, at: index)
            guard isEnd else { continue }
            append(start..<(index + 1), of: bytes, to: &found)
            start = index + 1
        }
        append(start..<bytes.count, of: bytes, to: &found)
        return found
    }

    private static func endsSentence(_ bytes: [UInt8], at index: Int) -> Bool {
        guard [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ":")].contains(bytes[index]),
            index + 1 < bytes.count
        else { return false }
        let isNumberOfItem = index > 0 && bytes[index] == UInt8(ascii: ".") && bytes[index - 1].isDigit
        return bytes[index + 1].isSpace && !isNumberOfItem
    }

    private static func append(_ range: Range<Int>, of bytes: [UInt8], to found: inout [Range<Int>]) {
        var range = range
        while let first = range.first, bytes[first].isSpace { range = (first + 1)..<range.upperBound }
        while let last = range.last, bytes[last].isSpace { range = range.lowerBound..<last }
        if !range.isEmpty { found.append(range) }
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case _ where scalar.isApostrophe: "'"
        case "\u{00A0}", "\u{202F}", "\u{2009}", "\t": " "
        case "\r", "\u{2028}", "\u{2029}": "\n"
        default: scalar
        }
    }
}

extension RefusalVocabulary {
    /// Whether a sentence refuses, objects, warns or offers something else.
    static func isAside(_ sentence: ArraySlice<UInt8>) -> Bool {
        redirecting.contains { sentence.contains(phrase: $0) }
            || objecting.contains { sentence.contains(phrase: $0) }
            || refusing.contains { sentence.contains(phrase: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// Whether the bytes hold the phrase. Looks for its first byte, then compares.
    func contains(phrase: [UInt8], atWordStart: Bool = true) -> Bool {
        guard let first = phrase.first, count >= phrase.count else { return phrase.isEmpty }
        for start in startIndex...(endIndex - phrase.count) where self[start] == first {
            let isInsideWord = start > startIndex && self[start - 1].isLetter
            if atWordStart && isInsideWord { continue }
            if self[start..<(start + phrase.count)].elementsEqual(phrase) { return true }
        }
        return false
    }

    fileprivate var wordCount: Int {
        split(whereSeparator: \.isSpace).count { word in word.contains { $0.isLetter || $0.isDigit || $0 >= 0x80 } }
    }

    /// Whether a line starts with a bullet, or with a number and a full stop or bracket.
    fileprivate var isListItem: Bool {
        guard let first else { return false }
        if [UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+")].contains(first) { return true }
        if starts(with: "•".utf8) { return true }
        let rest = drop(while: \.isDigit)
        return rest.startIndex > startIndex && (rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ")"))
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
