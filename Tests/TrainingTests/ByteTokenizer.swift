import Tokenization

/// One token a byte; `<end>` is 256.
struct ByteTokenizer: Tokenizer {
    var vocabularySize: Int { 257 }

    var specialTokens: SpecialTokens { SpecialTokens(endOfSequence: 256, endOfGeneration: [256]) }

    func encode(_ text: String, special: SpecialTokenParsing) -> [Token] {
        let bytes = Array(text.utf8)
        let end = Array("<end>".utf8)
        var tokens: [Token] = []
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: end), isRead(index..<(index + end.count), special) {
                tokens.append(Token(id: 256, utf8Range: index..<(index + end.count)))
                index += end.count
            } else {
                tokens.append(Token(id: Int32(bytes[index]), utf8Range: index..<(index + 1)))
                index += 1
            }
        }
        return tokens
    }

    private func isRead(_ range: Range<Int>, _ special: SpecialTokenParsing) -> Bool {
        switch special {
        case .everywhere: true
        case .outside(let ranges): !ranges.contains { $0.overlaps(range) }
        case .nowhere: false
        }
    }

    func bytes(of id: Int32) -> [UInt8] { id == 256 ? Array("<end>".utf8) : [UInt8(id)] }

    func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        String(decoding: ids.flatMap { bytes(of: $0) }, as: UTF8.self)
    }

    func piece(of id: Int32) -> String { decode([id], skippingSpecialTokens: false) }
}
