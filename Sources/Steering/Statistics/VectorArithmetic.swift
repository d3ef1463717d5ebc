/// Sums over vectors in double, eight at a time: the order of additions is fixed, so results repeat to the bit.
public enum VectorArithmetic {
    /// `sum(a[i] * b[i])`.
    public static func dot(_ a: [Double], _ b: [Double]) -> Double {
        precondition(a.count == b.count, "\(a.count) and \(b.count) components")
        return dot(a.span, b.span)
    }

    /// `sum(a[i] * b[i])` of float32 values.
    public static func dot(_ a: [Float], _ b: [Float]) -> Double {
        precondition(a.count == b.count, "\(a.count) and \(b.count) components")
        let whole = a.count & ~7
        var sums = SIMD8<Double>()
        unsafe a.withUnsafeBytes { x in
            unsafe b.withUnsafeBytes { y in
                for offset in Swift.stride(from: 0, to: whole * MemoryLayout<Float>.stride, by: 32) {
                    let (p, q) = unsafe (
                        x.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self),
                        y.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                    )
                    sums += SIMD8<Double>(p) * SIMD8<Double>(q)
                }
            }
        }
        var sum = sums.sum()
        for index in whole..<a.count { sum += Double(a[index]) * Double(b[index]) }
        return sum
    }

    static func dot(_ a: Span<Double>, _ b: Span<Double>) -> Double {
        let whole = a.count & ~7
        var sums = SIMD8<Double>()
        unsafe a.withUnsafeBytes { x in
            unsafe b.withUnsafeBytes { y in
                for offset in Swift.stride(from: 0, to: whole * MemoryLayout<Double>.stride, by: 64) {
                    let (p, q) = unsafe (
                        x.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self),
                        y.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                    )
                    sums += p * q
                }
            }
        }
        var sum = sums.sum()
        for index in whole..<a.count { sum += a[index] * b[index] }
        return sum
    }

    /// `y += k * x`.
    static func addScaled(_ y: inout [Double], _ k: Double, _ x: [Double]) {
        precondition(y.count >= x.count, "\(x.count) components on \(y.count)")
        let whole = x.count & ~7
        let factor = SIMD8<Double>(repeating: k)
        unsafe y.withUnsafeMutableBytes { sums in
            unsafe x.withUnsafeBytes { terms in
                for offset in Swift.stride(from: 0, to: whole * MemoryLayout<Double>.stride, by: 64) {
                    let term = unsafe terms.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                    let sum = unsafe sums.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                    unsafe sums.storeBytes(of: sum + factor * term, toByteOffset: offset, as: SIMD8<Double>.self)
                }
            }
        }
        for index in whole..<x.count { y[index] += k * x[index] }
    }

    public static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

    public static func norm(_ a: [Float]) -> Double { dot(a, a).squareRoot() }

    /// The cosine of the angle between two vectors; 0 where one of them is zero.
    public static func cosine(_ a: [Double], _ b: [Double]) -> Double {
        let size = norm(a) * norm(b)
        return size > 0 ? dot(a, b) / size : 0
    }

    /// The cosine of the angle between two vectors; 0 where one of them is zero.
    public static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        let size = norm(a) * norm(b)
        return size > 0 ? dot(a, b) / size : 0
    }

    /// The vector with length 1; nil for zero.
    public static func unit(_ a: [Double]) -> [Double]? {
        let size = norm(a)
        return size > 0 ? a.map { $0 / size } : nil
    }
}
