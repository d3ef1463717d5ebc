/// Random numbers that are a function of (seed, stream, index): no state, so that no order of work changes them.
///
/// The mixing function is that of SplitMix64 (Steele, Lea and Flood, 2014).
struct CounterRandom: Sendable {
    private let key: UInt64

    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(seed: UInt64) {
        key = Self.mix(seed &+ Self.increment)
    }

    /// The numbers of one stream.
    func stream(_ stream: Int) -> Stream {
        Stream(state: Self.mix(key ^ (UInt64(truncatingIfNeeded: stream) &* 0xD134_2543_DE82_EF95)))
    }

    struct Stream: Sendable {
        fileprivate var state: UInt64

        /// The next index below `bound`; at most bound / 2^64 from uniform.
        mutating func index(below bound: UInt64) -> Int {
            state &+= CounterRandom.increment
            return Int(truncatingIfNeeded: CounterRandom.mix(state).multipliedFullWidth(by: bound).high)
        }
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
