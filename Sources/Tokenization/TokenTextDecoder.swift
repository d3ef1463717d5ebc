/// Turns token ids, one by one, into text that is complete so far.
///
/// A character whose bytes come in several tokens is held back until its last. All that ``append(_:)`` and
/// ``finish()`` give, one after another, is the text of all bytes; what is not UTF-8 becomes U+FFFD.
public struct TokenTextDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let skipsSpecialTokens: Bool
    /// The beginning of a UTF-8 sequence: at most three bytes.
    private var pending: [UInt8] = []

    /// - Parameter skippingSpecialTokens: leaves control tokens out.
    public init(_ tokenizer: any Tokenizer, skippingSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skippingSpecialTokens
    }

    /// The text that `id` completes; often all of its own, sometimes none yet.
    public mutating func append(_ id: Int32) -> String {
        if skipsSpecialTokens, tokenizer.isControl(id) { return "" }
        pending += tokenizer.bytes(of: id)
        let complete = pending.count - Self.lengthOfBegunSequence(atEndOf: pending)
        defer { pending.removeFirst(complete) }
        return String(decoding: pending.prefix(complete), as: UTF8.self)
    }

    /// The text of what was held back, to be asked for after the last token.
    public mutating func finish() -> String {
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
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
