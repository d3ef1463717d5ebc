/// A prefix code that is given by the lengths of its words alone (RFC 1951, 3.2.2).
struct HuffmanCode {
    /// Words up to this length are found in one step.
    private static let quickLength = 9
    static let longest = 15

    /// At the next bits: the symbol times 16, and the length of its word; 0 for longer words.
    private var quick: [UInt16]
    /// Words of each length.
    private var counts = [Int](repeating: 0, count: longest + 1)
    /// In the order of their words.
    private var symbols: [UInt16]

    /// - Parameter lengths: of each symbol's word, up to 15; 0 for symbols that do not occur.
    /// - Throws: where no code has such lengths. A code of at most one word may leave others unused.
    init(lengths: some Collection<UInt8>) throws(GzipError) {
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var left = 1
        for length in 1...Self.longest {
            left = 2 * left - counts[length]
            guard left >= 0 else { throw .damaged("a code has too many words") }
        }
        let used = counts.reduce(0, +)
        guard left == 0 || used <= 1 else { throw .damaged("a code has too few words") }
        symbols = [UInt16](repeating: 0, count: used)
        quick = [UInt16](repeating: 0, count: 1 << Self.quickLength)
        fill(lengths)
    }

    private mutating func fill(_ lengths: some Collection<UInt8>) {
        var (next, places) = ([Int](repeating: 0, count: counts.count), [Int](repeating: 0, count: counts.count))
        for length in 1..<Self.longest {
            next[length + 1] = (next[length] + counts[length]) << 1
            places[length + 1] = places[length] + counts[length]
        }
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            symbols[places[length]] = UInt16(symbol)
            places[length] += 1
            let word = next[length]
            next[length] += 1
            guard length <= Self.quickLength else { continue }
            let entry = UInt16(symbol << 4 | length)
            for end in 0..<(1 << (Self.quickLength - length)) {
                quick[Self.reversed(word, length) | end << length] = entry
            }
        }
    }

    /// Words stand in the bits with their first bit lowest.
    private static func reversed(_ word: Int, _ length: Int) -> Int {
        (0..<length).reduce(0) { $0 | (word >> $1 & 1) << (length - 1 - $1) }
    }

    /// Takes the next symbol.
    func symbol(_ bits: inout BitReader) throws -> Int {
        try bits.fill(Self.longest)
        let entry = Int(quick[Int(bits.bits & UInt64(quick.count - 1))])
        if entry > 0 {
            try bits.drop(entry & 15)
            return entry >> 4
        }
        return try longSymbol(&bits)
    }

    private func longSymbol(_ bits: inout BitReader) throws -> Int {
        var (word, first, index) = (0, 0, 0)
        for length in 1...Self.longest {
            word = word << 1 | Int(bits.bits >> UInt64(length - 1) & 1)
            first <<= 1
            if word - first < counts[length] {
                try bits.drop(length)
                return Int(symbols[index + word - first])
            }
            first += counts[length]
            index += counts[length]
        }
        throw bits.count < Self.longest ? GzipError.truncated : GzipError.damaged("a word is in no code")
    }
}
