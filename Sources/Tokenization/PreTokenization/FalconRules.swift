/// Falcon's chain: runs of punctuation and ASCII symbols, GPT-2's words, `[0-9][0-9][0-9]`.
enum FalconRules {
    static let all: [any PieceRule] = [
        Runs { $0.isIn(.punctuation) || ($0.value < 0x80 && $0.isIn(.symbol)) },
        GPT2Words(),
        ThreeDigits(),
    ]
}

/// `[0-9][0-9][0-9]`
struct ThreeDigits: MatchingRule {
    func endOfMatch(in text: Span<UInt8>, from offset: Int, limit: Int) -> Int? {
        guard offset + 3 <= limit else { return nil }
        for position in offset..<(offset + 3) where !(0x30...0x39 ~= text[position]) { return nil }
        return offset + 3
    }
}
