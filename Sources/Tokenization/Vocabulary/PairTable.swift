/// A hash table from pairs of 32-bit numbers to 64-bit values, with linear probing.
///
/// Dictionaries of the standard library take several times as long to fill, and filling is what a cold start waits for.
struct PairTable: Sendable {
    static let absent = UInt64.max

    /// Key and value by turns; a free slot has the key ``absent``.
    private var slots: [UInt64]
    private let shift: UInt64
    /// Odd and random, so that no file can choose keys that all fall into one place.
    private let multiplier = UInt64.random(in: .min ... .max) | 1

    /// At most `capacity` pairs may be put in.
    init(capacity: Int) {
        var bits: UInt64 = 4
        while 1 << bits < capacity &* 2 { bits += 1 }
        shift = 64 - bits
        slots = Array(repeating: Self.absent, count: 2 << bits)
    }

    @inline(__always)
    private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* multiplier) >> shift) &* 2
        while slots[slot] != key, slots[slot] != Self.absent {
            slot += 2
            if slot == slots.count { slot = 0 }
        }
        return slot
    }

    /// The value of a pair, ``absent`` where it has none.
    @inline(__always)
    func value(_ first: Int32, _ second: Int32) -> UInt64 {
        slots[slot(of: Self.key(first, second)) &+ 1]
    }

    /// Sets the value of a pair, whether it had one or not.
    mutating func set(_ value: UInt64, for first: Int32, _ second: Int32) {
        let key = Self.key(first, second)
        let slot = slot(of: key)
        slots[slot] = key
        slots[slot + 1] = value
    }

    /// Sets the value of a pair that has none yet; returns whether it had none.
    mutating func insert(_ value: UInt64, for first: Int32, _ second: Int32) -> Bool {
        let key = Self.key(first, second)
        let slot = slot(of: key)
        guard slots[slot] == Self.absent else { return false }
        slots[slot] = key
        slots[slot + 1] = value
        return true
    }
}
