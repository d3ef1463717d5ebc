/// GPT-2's spelling of bytes as printable characters (`Ġ` for a space), and back.
///
/// The bytes that print in Latin-1 stand for themselves; the others, in order, for U+0100 and on.
struct ByteAlphabet: Sendable {
    /// By scalar value, -1 where a scalar stands for no byte.
    private let bytes: [Int16]

    init() {
        var bytes = [Int16](repeating: -1, count: 0x100)
        var others: [Int16] = []
        for byte in 0..<Int16(0x100) {
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[Int(byte)] = byte
            default: others.append(byte)
            }
        }
        self.bytes = bytes + others
    }

    /// Appends the bytes that the UTF-8 in `spelling` stands for. False where a character stands for none.
    func decode(_ spelling: Span<UInt8>, into decoded: inout [UInt8]) -> Bool {
        var offset = 0
        while offset < spelling.count {
            let first = spelling[offset]
            var value = Int(first)
            if first >= 0x80 {
                // All characters of the alphabet beyond ASCII are below U+0800: two bytes.
                guard 0xC2...0xDF ~= first, offset + 1 < spelling.count else { return false }
                value = Int(first & 0x1F) << 6 | Int(spelling[offset + 1] & 0x3F)
                offset += 1
            }
            guard value < bytes.count, bytes[value] >= 0 else { return false }
            decoded.append(UInt8(truncatingIfNeeded: bytes[value]))
            offset += 1
        }
        return true
    }
}
