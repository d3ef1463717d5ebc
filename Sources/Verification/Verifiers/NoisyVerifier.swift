/// A verifier that errs on purpose, at known rates: for studies of what imperfect verifiers do.
///
/// The error of a sample is drawn from the seed and the sample's name alone, so that it does not depend on which samples
/// are judged, or in which order.
public struct NoisyVerifier: Codable, Hashable, Sendable {
    public var name: String { "noisy" }
    public var version: Int { 1 }
    /// Probability that a right sample passes.
    public let sensitivity: Double
    /// Probability that a wrong sample fails.
    public let specificity: Double
    public let seed: UInt64

    /// Nil for rates outside 0 to 1.
    public init?(sensitivity: Double, specificity: Double, seed: UInt64) {
        guard (0...1).contains(sensitivity), (0...1).contains(specificity) else { return nil }
        self.sensitivity = sensitivity
        self.specificity = specificity
        self.seed = seed
    }

    /// - Parameter truth: the verdict of the verifier that this one imitates; unscored stays unscored.
    public func verdict(truth: Verdict, promptID: String, sample: Int) -> Verdict {
        guard let isRight = truth.passed else { return truth }
        let draw = Self.uniform(seed: seed, promptID: promptID, sample: sample)
        return isRight ? Verdict(draw < sensitivity) : Verdict(draw >= specificity)
    }

    /// In [0, 1): FNV-1a over the name, then the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    private static func uniform(seed: UInt64, promptID: String, sample: Int) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for shift in stride(from: 0, to: 64, by: 8) { absorb(UInt8(truncatingIfNeeded: seed >> UInt64(shift))) }
        for byte in promptID.utf8 { absorb(byte) }
        absorb(0xFF)
        let index = UInt64(bitPattern: Int64(sample))
        for shift in stride(from: 0, to: 64, by: 8) { absorb(UInt8(truncatingIfNeeded: index >> UInt64(shift))) }
        for _ in 0..<2 {
            hash &+= 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
            hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
            hash ^= hash >> 31
        }
        return Double(hash >> 11) * 0x1p-53
    }
}
