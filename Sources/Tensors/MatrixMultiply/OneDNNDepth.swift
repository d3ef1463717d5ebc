internal import CKernels
internal import Synchronization

/// How oneDNN's float32 product adds up its inputs: one chain of multiply-adds for each stretch of so many inputs, and
/// the stretches in order.
///
/// The library does not say so; it is found out by comparing bits, once for each number of inputs.
enum OneDNNDepth {
    private static let known = Mutex<[Int: Int?]>([:])

    /// The length of a stretch, a multiple of 32; nil where the product is added up in another way, or our kernels'
    /// multiply-adds round twice.
    static func stretch(inputs: Int) throws -> Int? {
        guard ck_fuses_multiply_add() != 0 else { return nil }
        if let known = known.withLock({ $0[inputs] }) { return known }
        let found = try find(inputs: inputs)
        known.withLock { $0[inputs] = .some(found) }
        return found
    }

    private static let outputs = 64

    private static func find(inputs: Int) throws -> Int? {
        let x = noise(inputs, place: 0)
        let weights = (0..<outputs).map { noise(inputs, place: $0 + 1) }
        let out = Matrix(rows: 1, columns: outputs)
        let packed = try OneDNNWeights(Matrix(weights))
        try OneDNNContext().multiply(Matrix([x]).slice, packed, columns: 0..<outputs, into: out.slice)
        let product = out.slice.copy()
        return candidates(inputs: inputs).first { stretch in
            (0..<outputs).allSatisfy { sum(x, weights[$0], stretch: stretch) == product[$0] }
        }
    }

    /// One chain first; then powers of two and their sums of two, the longest first.
    private static func candidates(inputs: Int) -> [Int] {
        let several = (6...13).flatMap { [1 << $0, 3 << ($0 - 1)] }.filter { $0 < inputs }
        return [(inputs + 31) / 32 * 32] + several.sorted(by: >)
    }

    private static func sum(_ x: [Float], _ weights: [Float], stretch: Int) -> Float {
        var total: Float = 0
        for begin in stride(from: 0, to: x.count, by: stretch) {
            var chain: Float = 0
            for input in begin..<min(x.count, begin + stretch) { chain.addProduct(x[input], weights[input]) }
            total = begin == 0 ? chain : total + chain
        }
        return total
    }

    /// Numbers in -0.5 ..< 0.5 that no other order of summing is likely to give the same sum of.
    private static func noise(_ count: Int, place: Int) -> [Float] {
        (0..<count).map { index in
            let bits = UInt32(truncatingIfNeeded: place * count + index + 1) &* 2_654_435_761
            return Float(((bits ^ bits >> 15) &* 2_246_822_519) >> 8) * 0x1p-24 - 0.5
        }
    }
}
