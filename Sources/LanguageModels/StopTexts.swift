public import Tokenization

/// The text of a completion, and the texts at which it ends, which are not part of it.
///
/// A completion's text is what the tokenizer's `decode` makes of all its ids. Where it goes on with a text, the space in
/// front of its first word is kept.
public struct StopTexts: Sendable {
    private let texts: [String]
    private let tokenizer: any Tokenizer
    private let continuesText: Bool
    /// Tokens at the end of a completion that can hold a whole stop text: each token has at least one byte.
    private let window: Int

    /// - Parameter continuesText: whether completions go on with words of the prompt, as those of a plain text or behind a
    ///   prefill do, and not behind a mark of a chat template
    public init(_ texts: [String], tokenizer: any Tokenizer, continuesText: Bool = false) {
        self.continuesText = continuesText
        self.texts = texts.filter { !$0.isEmpty }
        self.tokenizer = tokenizer
        window = (self.texts.map(\.utf8.count).max() ?? 0) + 1
    }

    /// Whether the last token has completed a stop text.
    public func isReached(_ ids: [Int32]) -> Bool {
        guard !texts.isEmpty else { return false }
        let bytes = Array(decoded(Array(ids.suffix(window)), isBeginning: ids.count <= window).utf8)
        return texts.contains { Self.find(Array($0.utf8), in: bytes) != nil }
    }

    /// The completion's text without control tokens and up to the first stop text.
    public func text(_ ids: [Int32]) -> String {
        var bytes = Array(decoded(ids, isBeginning: true).utf8)
        if let end = texts.compactMap({ Self.find(Array($0.utf8), in: bytes) }).min() {
            bytes.removeSubrange(end...)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func decoded(_ ids: [Int32], isBeginning: Bool) -> String {
        isBeginning && !continuesText
            ? tokenizer.decode(ids, skippingSpecialTokens: true)
            : tokenizer.decodeContinuation(ids, skippingSpecialTokens: true)
    }

    private static func find(_ text: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= text.count else { return nil }
        return (0...(bytes.count - text.count)).first { begin in
            bytes[begin..<(begin + text.count)].elementsEqual(text)
        }
    }
}
