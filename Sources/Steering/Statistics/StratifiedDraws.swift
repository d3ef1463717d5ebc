internal import Tensors

/// Draws of rows that keep the size of every stratum, as weights by stratum and row; the same seed gives the same ones.
struct StratifiedDraws {
    private let counts: [Int]
    private let offsets: [Int]
    private let draws: CounterRandom
    private let order: CounterRandom

    init(counts: [Int], seed: UInt64) {
        self.counts = counts
        offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        draws = CounterRandom(seed: seed, promptID: "stratified draws")
        order = CounterRandom(seed: seed, promptID: "stratified halves")
    }

    /// As many rows of each stratum as it has, drawn with return.
    func resample(_ index: Int) -> [[Double]] {
        counts.indices.map { stratum in
            drawn(from: Array(0..<counts[stratum]), of: counts[stratum], index, offset: offsets[stratum])
        }
    }

    /// Two disjoint halves of each stratum; of an odd number the second has one more.
    ///
    /// - Parameter isResampled: whether rows are then drawn with return within each half
    func halves(_ index: Int, isResampled: Bool = false) -> (first: [[Double]], second: [[Double]]) {
        var (first, second): ([[Double]], [[Double]]) = ([], [])
        for (stratum, count) in counts.enumerated() {
            let shuffled = permutation(count, index, offset: offsets[stratum])
            let parts = (Array(shuffled[..<(count / 2)]), Array(shuffled[(count / 2)...]))
            if isResampled {
                first.append(drawn(from: parts.0, of: count, index, offset: offsets[stratum]))
                second.append(drawn(from: parts.1, of: count, index, offset: offsets[stratum] + count / 2))
            } else {
                first.append(marked(parts.0, of: count))
                second.append(marked(parts.1, of: count))
            }
        }
        return (first, second)
    }

    private func drawn(from rows: [Int], of count: Int, _ index: Int, offset: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: count)
        for place in rows.indices {
            let drawn = Int(draws.uniform(sample: index, position: offset + place) * Double(rows.count))
            weights[rows[drawn]] += 1
        }
        return weights
    }

    private func marked(_ rows: [Int], of count: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: count)
        for row in rows { weights[row] = 1 }
        return weights
    }

    /// By Fisher and Yates.
    private func permutation(_ count: Int, _ index: Int, offset: Int) -> [Int] {
        var rows = Array(0..<count)
        for place in rows.indices.dropLast() {
            let rest = Double(count - place)
            rows.swapAt(place, place + Int(order.uniform(sample: index, position: offset + place) * rest))
        }
        return rows
    }
}
