public import Tokenization

/// Texts at which a completion ends. They are not part of it.
public struct StopTexts: Sendable {
    private let texts: [String]
    private let tokenizer: any Tokenizer
    /// Tokens at the end of a completion that can hold a whole stop text: each token has at least one byte.
    private let window: Int

    public init(_ texts: [String], tokenizer: any Tokenizer) {
        self.texts = texts.filter { !$0.isEmpty }
        self.tokenizer = tokenizer
        window = (self.texts.map(\.utf8.count).max() ?? 0) + 1
    }

    /// Whether the last token has completed a stop text.
    public func isReached(_ ids: [Int32]) -> Bool {
        guard !texts.isEmpty else { return false }
        let bytes = ids.suffix(window).flatMap { tokenizer.isControl($0) ? [] : tokenizer.bytes(of: $0) }
        return texts.contains { Self.find(Array($0.utf8), in: bytes) != nil }
    }

    /// The completion's text without control tokens and up to the first stop text.
    public func text(_ ids: [Int32]) -> String {
        var bytes = ids.flatMap { tokenizer.isControl($0) ? [] : tokenizer.bytes(of: $0) }
        if let end = texts.compactMap({ Self.find(Array($0.utf8), in: bytes) }).min() {
            bytes.removeSubrange(end...)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func find(_ text: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= text.count else { return nil }
        return (0...(bytes.count - text.count)).first { begin in
            bytes[begin..<(begin + text.count)].elementsEqual(text)
        }
    }
}
