/// Byte strings by id, and ids by byte string.
struct TokenTable: Sendable {
    /// All strings one after another.
    private var storage: [UInt8] = []
    /// Where each begins in `storage`, and where the last ends.
    private var starts: [Int]
    /// Ids by hash, with linear probing; -1 is free.
    private var slots: [Int32]
    private let shift: UInt64
    /// Random, so that no file can choose strings that all fall into one place.
    private let seed = UInt64.random(in: .min ... .max)

    init(capacity: Int, bytes: Int) {
        var bits: UInt64 = 4
        while 1 << bits < capacity &* 2 { bits += 1 }
        shift = 64 - bits
        slots = Array(repeating: -1, count: 1 << bits)
        starts = [0]
        starts.reserveCapacity(capacity + 1)
        storage.reserveCapacity(bytes)
    }

    var count: Int { starts.count - 1 }

    subscript(id: Int32) -> ArraySlice<UInt8> { storage[range(of: id)] }

    @inline(__always)
    func length(of id: Int32) -> Int { range(of: id).count }

    @inline(__always)
    private func range(of id: Int32) -> Range<Int> { starts[Int(id)]..<starts[Int(id) + 1] }

    /// Adds a string under the next id. With `findable`, ``id(of:)`` finds it, unless an equal one came before.
    mutating func append(_ string: Span<UInt8>, findable: Bool) {
        let id = Int32(truncatingIfNeeded: count)
        if findable, !string.isEmpty {
            let slot = slot(of: string)
            if slots[slot] < 0 { slots[slot] = id }
        }
        for index in string.indices { storage.append(string[index]) }
        starts.append(storage.count)
    }

    /// Adds a string that is not there yet; returns whether it was not.
    mutating func insert(_ string: Span<UInt8>) -> Bool {
        guard id(of: string) == nil else { return false }
        append(string, findable: true)
        return true
    }

    func id(of string: Span<UInt8>) -> Int32? {
        let id = slots[slot(of: string)]
        return id < 0 ? nil : id
    }

    private func slot(of string: Span<UInt8>) -> Int {
        var slot = Int(truncatingIfNeeded: hash(string) >> shift)
        while slots[slot] >= 0, !holds(string, at: slots[slot]) {
            slot += 1
            if slot == slots.count { slot = 0 }
        }
        return slot
    }

    private func holds(_ string: Span<UInt8>, at id: Int32) -> Bool {
        let range = range(of: id)
        guard range.count == string.count else { return false }
        for index in string.indices where storage[range.lowerBound + index] != string[index] { return false }
        return true
    }

    /// FNV-1a from a random start, then spread once more so that the top bits can be used.
    private func hash(_ string: Span<UInt8>) -> UInt64 {
        var hash = seed
        for index in string.indices { hash = (hash ^ UInt64(string[index])) &* 0x100_0000_01B3 }
        return (hash ^ hash >> 32) &* (seed | 1)
    }
}
