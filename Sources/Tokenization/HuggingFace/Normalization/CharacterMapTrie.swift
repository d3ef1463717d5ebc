/// SentencePiece's table of character replacements, applied as Hugging Face's `Precompiled` normaliser does: to a
/// grapheme cluster of up to five bytes as a whole, else to each of its scalars.
struct CharacterMapTrie: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// - Throws: ``TokenizerError/malformedCharacterMap``.
    init(_ bytes: [UInt8]) throws(TokenizerError) {
        guard !bytes.isEmpty, bytes.count <= VocabularyDescription.Limits.characterMapBytes else {
            throw .malformedCharacterMap
        }
        try CharacterMap.check(bytes)
        func word(_ offset: Int) -> UInt32 { (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) } }
        let trieBytes = Int(word(0))
        units = (0..<(trieBytes / 4)).map { word(4 + 4 * $0) }
        replacements = Array(bytes[(4 + trieBytes)...])
        guard String(validating: replacements, as: UTF8.self) != nil else { throw .malformedCharacterMap }
    }

    func apply(to text: inout AlignedText) {
        var result = AlignedText(replacing: text)
        let source = String(decoding: text.bytes, as: UTF8.self)
        var offset = 0
        for character in source {
            let cluster = Array(character.utf8)
            let range = offset..<(offset + cluster.count)
            offset += cluster.count
            if cluster.count < 6, let replacement = replacement(of: cluster[...]) {
                result.append(replacement, origin: text.origin(of: range))
                continue
            }
            var start = range.lowerBound
            for scalar in character.unicodeScalars {
                let length = UTF8.width(scalar)
                let part = start..<(start + length)
                start += length
                if let replacement = replacement(of: text.bytes[part]) {
                    result.append(replacement, origin: text.origin(of: part))
                } else {
                    result.append(part, of: text)
                }
            }
        }
        text = result
    }

    /// What the shortest known prefix of `bytes` stands for, nil where it has none.
    private func replacement(of bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var position = Int(units[0] >> 10) << Int((units[0] & 1 << 9) >> 6)
        for byte in bytes {
            guard byte != 0 else { return nil }
            position ^= Int(byte)
            guard units.indices.contains(position), units[position] & 0x8000_00FF == UInt32(byte) else { return nil }
            let unit = units[position]
            let hasLeaf = unit >> 8 & 1 == 1
            position ^= Int(unit >> 10) << Int((unit & 1 << 9) >> 6)
            if hasLeaf {
                guard units.indices.contains(position) else { return nil }
                let start = Int(units[position] & 0x7FFF_FFFF)
                // Whole characters: what follows reads the text as valid UTF-8.
                guard start < replacements.count, replacements[start] & 0xC0 != 0x80 else { return nil }
                return Array(replacements[start...].prefix { $0 != 0 })
            }
        }
        return nil
    }
}
