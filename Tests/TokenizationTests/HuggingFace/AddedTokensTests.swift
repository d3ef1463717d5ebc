import Testing

@testable import Tokenization

struct AddedTokensTests {
    /// A token among the spaces that another one swallows is read, and the text goes on behind it (tokenizers 0.23.3).
    @Test(arguments: [("x<m>\n\nx", [0..<1, 1..<4, 4..<6, 6..<7]), ("x<m> \n\n x", [0..<1, 1..<5, 5..<7, 7..<9])])
    func tokensAmongSwallowedSpacesAreRead(text: String, ranges: [Range<Int>]) {
        let added = AddedTokens([
            AddedTokens.Entry(id: 2, spelling: Array("<m>".utf8), isControl: false, stripsRight: true),
            AddedTokens.Entry(id: 3, spelling: Array("\n\n".utf8), isControl: false),
        ])
        let bytes = Array(text.utf8)
        let matches = added.matches(in: bytes.span) { _ in true }
        #expect(matches.map(\.entry.id) == [2, 3])
        #expect(matches.map(\.range) == Array(ranges[1...2]))
    }

    /// Replacements are text, and begin with a whole character: what follows reads them as valid UTF-8.
    @Test func aCharacterMapThatMakesNoTextIsRefused() throws {
        func map(_ replacements: [UInt8], start: UInt32) -> [UInt8] {
            // A trie of one byte, "a": the root leads to its unit, and that one to a leaf.
            var units = [UInt32](repeating: 0, count: 256)
            units[0] = 0
            units[0x61] = 0x61 | 1 << 8 | (0x61 ^ 0x80) << 10
            units[0x80] = start | 0x8000_0000
            let trie = units.flatMap { unit in (0..<4).map { UInt8(truncatingIfNeeded: unit >> ($0 * 8)) } }
            return (0..<4).map { UInt8(truncatingIfNeeded: trie.count >> ($0 * 8)) } + trie + replacements
        }
        var text = AlignedText(Array("a".utf8)[...])
        try CharacterMapTrie(map([0x62, 0], start: 0)).apply(to: &text)
        #expect(text.bytes == [0x62])
        #expect(throws: TokenizerError.malformedCharacterMap) { try CharacterMapTrie(map([0xF0, 0], start: 0)) }
        var other = AlignedText(Array("a".utf8)[...])
        try CharacterMapTrie(map([0xC3, 0xA9, 0], start: 1)).apply(to: &other)
        #expect(other.bytes == [0x61])
    }
}
