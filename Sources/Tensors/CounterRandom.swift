/// Random numbers as a function of a key and a counter (Philox 4x32-10: Salmon et al. 2011).
///
/// There is no state to share or to advance: what a sample draws at a position does not depend on who else is in the
/// batch, on threads, or on where a run was resumed.
public struct CounterRandom: Hashable, Sendable {
    private let key: (UInt32, UInt32)

    public init(key: UInt64) {
        self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// A generator for one prompt of a run: `promptID` is hashed with FNV-1a.
    public init(seed: UInt64, promptID: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in promptID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.init(key: CounterRandom.mix(seed) ^ hash)
    }

    /// Uniform in [0, 1), with 53 bits.
    public func uniform(sample: Int, position: Int) -> Double {
        let block = block(UInt64(truncatingIfNeeded: sample), UInt64(truncatingIfNeeded: position))
        let bits = UInt64(block.0) << 32 | UInt64(block.1)
        return Double(bits >> 11) * 0x1p-53
    }

    /// The four 32-bit words at a counter of 128 bits.
    func block(_ high: UInt64, _ low: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
        var counter = (
            UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32),
            UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32)
        )
        var key = key
        for _ in 0..<10 {
            let first = UInt64(counter.0) * 0xD251_1F53
            let second = UInt64(counter.2) * 0xCD9E_8D57
            counter = (
                UInt32(truncatingIfNeeded: second >> 32) ^ counter.1 ^ key.0, UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ counter.3 ^ key.1, UInt32(truncatingIfNeeded: first)
            )
            key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
        }
        return counter
    }

    /// SplitMix64's finaliser: neighbouring seeds give unrelated keys.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    public static func == (a: CounterRandom, b: CounterRandom) -> Bool { a.key == b.key }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(key.0)
        hasher.combine(key.1)
    }
}
