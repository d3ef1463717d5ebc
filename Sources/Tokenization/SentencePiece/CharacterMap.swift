/// The check of SentencePiece's compiled table of character replacements.
///
/// The table is: the length of the trie in bytes (four, little-endian); the trie, a double array of 32-bit units as
/// Darts-clone writes it; the replacements, each ended by a zero byte. The library follows the trie's offsets without
/// looking at its bounds.
enum CharacterMap {
    /// - Throws: ``TokenizerError/malformedCharacterMap`` where some text would lead the library out of the table.
    static func check(_ bytes: [UInt8]) throws(TokenizerError) {
        guard !bytes.isEmpty else { return }
        guard bytes.count > 4 else { throw .malformedCharacterMap }
        let trieBytes = Int(word(0, of: bytes))
        let replacements = bytes.count - 4 - trieBytes
        guard trieBytes >= 1024, trieBytes % 4 == 0, replacements > 0, bytes.last == 0 else {
            throw .malformedCharacterMap
        }
        let units = (0..<(trieBytes / 4)).map { Unit(word: word(4 + 4 * $0, of: bytes)) }
        try check(units, replacements: replacements)
    }

    /// A unit of the double array.
    private struct Unit {
        let word: UInt32

        /// The byte that leads here; more than a byte for a unit that holds a value.
        var label: UInt32 { word & 0x8000_00FF }
        var hasLeaf: Bool { word >> 8 & 1 == 1 }
        var value: Int { Int(word & 0x7FFF_FFFF) }
        /// Where the children are, to be combined with this unit's own index by exclusive or.
        var offset: Int { Int(word >> 10) << Int((word & 1 << 9) >> 6) }
    }

    /// Visits every unit that some text leads to, each once.
    private static func check(_ units: [Unit], replacements: Int) throws(TokenizerError) {
        var isSeen = [Bool](repeating: false, count: units.count)
        var waiting = [0]
        isSeen[0] = true
        while let index = waiting.popLast() {
            let base = index ^ units[index].offset
            // All children share the bits above the lowest eight.
            guard base | 0xFF < units.count else { throw .malformedCharacterMap }
            if index != 0, units[index].hasLeaf, units[base].value >= replacements { throw .malformedCharacterMap }
            for byte in 0...0xFF where units[base ^ byte].label == UInt32(byte) && !isSeen[base ^ byte] {
                isSeen[base ^ byte] = true
                waiting.append(base ^ byte)
            }
        }
    }

    private static func word(_ offset: Int, of bytes: [UInt8]) -> UInt32 {
        (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
    }
}
