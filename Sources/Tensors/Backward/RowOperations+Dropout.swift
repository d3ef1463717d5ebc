extension RowOperations {
    /// Sets each element to 0 with probability `rate` and divides the others by `1 - rate` (Srivastava et al. 2014).
    ///
    /// An element's fate is a function of the generator, the stream, its row and its column. The element at column c
    /// takes word c mod 4 of block c / 4 of its row.
    ///
    /// - Parameters:
    ///   - x: [rows, n], n below 2^16, changed in place
    ///   - stream: which of the generator's sequences: a step, a pass, …
    public static func dropout(_ x: MatrixSlice, rate: Float, random: CounterRandom, stream: UInt64, threads: Int) {
        let keep = 1 / (1 - rate)
        let threshold = UInt32(min(Double(rate) * 0x1p32, 0x1p32 - 1))
        forEachRow(of: x, threads: threads) { row in
            x.withMutableRow(row) { elements in
                for first in stride(from: 0, to: elements.count, by: 4) {
                    let words = random.block(stream, UInt64(row) << 16 | UInt64(first / 4))
                    let all = [words.0, words.1, words.2, words.3]
                    for offset in 0..<min(4, elements.count - first) {
                        elements[first + offset] = all[offset] < threshold ? 0 : elements[first + offset] * keep
                    }
                }
            }
        }
    }
}
