/// The codes of a block's literals, lengths and distances (RFC 1951, 3.2.5 to 3.2.7).
enum DeflateCodes {
    static let fixedLiterals = fixed(
        [(144, 8), (112, 9), (24, 7), (8, 8)].flatMap { [UInt8](repeating: $1, count: $0) })
    static let fixedDistances = fixed([UInt8](repeating: 5, count: 32))

    private static func fixed(_ lengths: [UInt8]) -> HuffmanCode {
        do { return try HuffmanCode(lengths: lengths) } catch { preconditionFailure("\(error)") }
    }

    /// Reads the codes that stand before a block.
    static func read(_ bits: inout BitReader) throws -> (literals: HuffmanCode, distances: HuffmanCode) {
        let (literals, distances, words) = (try bits.take(5) + 257, try bits.take(5) + 1, try bits.take(4) + 4)
        guard literals <= 286, distances <= 30 else { throw GzipError.damaged("a block has too many words") }
        var order = [UInt8](repeating: 0, count: 19)
        for place in lengthOrder.prefix(words) { order[place] = UInt8(try bits.take(3)) }
        let lengths = try lengths(literals + distances, HuffmanCode(lengths: order), &bits)
        guard lengths[256] > 0 else { throw GzipError.damaged("a block has no end") }
        return (
            try HuffmanCode(lengths: lengths[..<literals]), try HuffmanCode(lengths: lengths[literals...])
        )
    }

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Lengths of words, where runs of equal ones are given by their number.
    private static func lengths(_ count: Int, _ code: HuffmanCode, _ bits: inout BitReader) throws -> [UInt8] {
        var lengths: [UInt8] = []
        while lengths.count < count {
            let symbol = try code.symbol(&bits)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw GzipError.damaged("a repetition of nothing") }
                lengths += [UInt8](repeating: last, count: try bits.take(2) + 3)
            case 17: lengths += [UInt8](repeating: 0, count: try bits.take(3) + 3)
            case 18: lengths += [UInt8](repeating: 0, count: try bits.take(7) + 11)
            default: lengths.append(UInt8(symbol))
            }
        }
        guard lengths.count == count else { throw GzipError.damaged("a block has too many words") }
        return lengths
    }

    /// How many bytes are repeated: 3 to 258.
    static func length(_ symbol: Int, _ bits: inout BitReader) throws -> Int {
        guard symbol < 286 else { throw GzipError.damaged("an unknown length") }
        if symbol == 285 { return 258 }
        let (extra, base) = scale(symbol - 257, step: 4)
        return 3 + base + (try bits.take(extra))
    }

    /// From how far back: 1 to 32768.
    static func distance(_ symbol: Int, _ bits: inout BitReader) throws -> Int {
        guard symbol < 30 else { throw GzipError.damaged("an unknown distance") }
        let (extra, base) = scale(symbol, step: 2)
        return 1 + base + (try bits.take(extra))
    }

    /// Extra bits of a symbol, and the smallest value that it stands for: after the first `2 * step` symbols, each
    /// `step` of them have one bit more.
    private static func scale(_ symbol: Int, step: Int) -> (extra: Int, base: Int) {
        guard symbol >= 2 * step else { return (0, symbol) }
        let extra = symbol / step - 1
        return (extra, (step + symbol % step) << extra)
    }
}
