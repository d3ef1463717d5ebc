internal import Tokenization

/// Token ids of texts that follow a prompt.
struct ContinuationEncoder {
    let tokenizer: any Tokenizer

    /// A text with a space of its own, or after white space, gets none from the tokenizer: a second one would make other
    /// tokens. A reply right after a mark such as `[/INST]` begins as the tokenizer begins a text.
    func ids(of text: String, after prompt: [Int32]) -> [Int32] {
        let goesOn = text.first?.isWhitespace ?? true || endsInSpace(prompt)
        let tokens = goesOn ? tokenizer.encodeContinuation(text) : tokenizer.encode(text, special: .nowhere)
        return tokens.map(\.id)
    }

    private func endsInSpace(_ prompt: [Int32]) -> Bool {
        guard let last = prompt.last.flatMap({ tokenizer.bytes(of: $0).last }) else { return false }
        return [0x09, 0x0A, 0x0D, 0x20].contains(last)
    }
}
