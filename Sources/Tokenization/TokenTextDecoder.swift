/// Turns token ids, one by one, into text that is complete so far.
///
/// All that ``append(_:)`` and ``finish()`` give, one after another, is the text that the tokenizer's `decode` makes of the
/// list, unless a later token changes what was given before: a clean-up across tokens, a pattern that is replaced in the
/// whole text. A character whose bytes come in several tokens is held back until its last, a run of tokens of single
/// bytes until its end where it is text only as a whole. What is not UTF-8 becomes U+FFFD.
public struct TokenTextDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let skipsSpecialTokens: Bool
    private let continuesText: Bool
    /// The tokens whose text is not all given, behind the last one that gave some: what stands before it changes nothing.
    private var window: [Int32] = []
    /// UTF-8 of the window's text that has been given.
    private var given: [UInt8] = []
    /// Whether the window is the beginning of the list.
    private var isBeginning = true
    /// The beginning of a UTF-8 sequence: at most three bytes.
    private var pending: [UInt8] = []

    /// - Parameters:
    ///   - skippingSpecialTokens: leaves control tokens out
    ///   - continuesText: whether the ids go on with a text, so that nothing is taken off their beginning
    public init(_ tokenizer: any Tokenizer, skippingSpecialTokens: Bool = true, continuesText: Bool = false) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skippingSpecialTokens
        self.continuesText = continuesText
    }

    /// The text that `id` completes; often all of its own, sometimes none yet.
    public mutating func append(_ id: Int32) -> String {
        if skipsSpecialTokens, tokenizer.isControl(id) { return "" }
        window.append(id)
        if tokenizer.isOpen(id) { return "" }
        pending += tokenizer.bytes(of: id)
        pending.removeFirst(pending.count - Self.lengthOfBegunSequence(atEndOf: pending))
        return next(isComplete: pending.isEmpty)
    }

    /// The text of what was held back, to be asked for after the last token.
    public mutating func finish() -> String {
        defer {
            self = TokenTextDecoder(
                tokenizer, skippingSpecialTokens: skipsSpecialTokens, continuesText: continuesText)
        }
        return next(isComplete: true)
    }

    /// - Parameter isComplete: whether no character has only begun.
    private mutating func next(isComplete: Bool) -> String {
        guard let last = window.last else { return "" }
        var text = Array(decoded(window, atBeginning: isBeginning).utf8)
        if !isComplete, text.suffix(3).elementsEqual(UTF8.encodedReplacementCharacter) { text.removeLast(3) }
        let isAsGiven = text.starts(with: given)
        let new = isAsGiven ? Array(text.dropFirst(given.count)) : Array(decoded([last], atBeginning: false).utf8)
        if isComplete, !new.isEmpty {
            isBeginning = false
            window = [last]
            given = Array(decoded(window, atBeginning: false).utf8)
        } else {
            given = text
        }
        return String(decoding: new, as: UTF8.self)
    }

    private func decoded(_ ids: [Int32], atBeginning: Bool) -> String {
        atBeginning && !continuesText
            ? tokenizer.decode(ids, skippingSpecialTokens: skipsSpecialTokens)
            : tokenizer.decodeContinuation(ids, skippingSpecialTokens: skipsSpecialTokens)
    }

    /// Bytes at the end that begin a UTF-8 sequence and could still become one.
    private static func lengthOfBegunSequence(atEndOf bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let first = bytes[bytes.count - length]
            if 0x80...0xBF ~= first { continue }
            let needed = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1
            guard length < needed else { return 0 }
            return length == 1 || isPossible(second: bytes[bytes.count - length + 1], after: first) ? length : 0
        }
        return 0
    }

    /// Rules out overlong forms, surrogates and what lies beyond U+10FFFF (Unicode 16.0, table 3-7).
    private static func isPossible(second: UInt8, after first: UInt8) -> Bool {
        switch first {
        case 0xE0: second >= 0xA0
        case 0xED: second < 0xA0
        case 0xF0: second >= 0x90
        case 0xF4: second < 0x90
        default: true
        }
    }
}
