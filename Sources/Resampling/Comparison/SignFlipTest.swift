/// The paired randomisation test of Fisher (1935): if two runs do not differ, each task's difference could as well have
/// the other sign.
enum SignFlipTest {
    /// Differences whose signs are flipped in all ways; with more of them the signs are drawn.
    static let exactLimit = 16

    /// The share of all assignments of signs whose sum is at least as far from 0 as the one found; 1 without a
    /// difference. Above ``exactLimit`` differences it is estimated from random signs, the ones found among them, so that
    /// it is at least 1 / (draws + 1).
    static func pValue(_ differences: [Double], draws: Int, seed: UInt64) -> Double {
        // Differences of equal rates may be specks of rounding.
        let changed = differences.filter { abs($0) > 1e-12 }
        guard !changed.isEmpty else { return 1 }
        let slack = 1e-12 * changed.reduce(0) { $0 + abs($1) }
        let found = abs(changed.reduce(0, +)) - slack
        return changed.count <= exactLimit
            ? exactShare(changed, from: found) : drawnShare(changed, from: found, draws: draws, seed: seed)
    }

    /// All signs flipped at once give the same distance from 0: the last one may stay.
    private static func exactShare(_ changed: [Double], from found: Double) -> Double {
        let assignments = 1 << (changed.count - 1)
        let hits = (0..<assignments).count { signs in
            let sum = changed.indices.reduce(0.0) { $0 + ((signs >> $1) & 1 == 0 ? changed[$1] : -changed[$1]) }
            return abs(sum) >= found
        }
        return Double(hits) / Double(assignments)
    }

    private static func drawnShare(_ changed: [Double], from found: Double, draws: Int, seed: UInt64) -> Double {
        let random = CounterRandom(seed: seed)
        let hits = (0..<draws).count { draw in
            var stream = random.stream(draw)
            let sum = changed.reduce(0.0) { $0 + (stream.index(below: 2) == 0 ? $1 : -$1) }
            return abs(sum) >= found
        }
        return Double(hits + 1) / Double(draws + 1)
    }
}
