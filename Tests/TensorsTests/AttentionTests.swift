import Foundation
import TestSupport
import Testing

@testable import Tensors

/// One sequence with random queries, keys and values, and attention as the paper defines it.
private struct Case {
    let heads: Int
    let keyValueHeads: Int
    let dimension: Int
    let length: Int
    let window: Int?
    let softCap: Float?
    let q: Matrix
    let k: Matrix
    let v: Matrix

    init(
        heads: Int, keyValueHeads: Int, dimension: Int, length: Int, window: Int? = nil, softCap: Float? = nil,
        seed: UInt64
    ) {
        (self.window, self.softCap) = (window, softCap)
        var random = SeededGenerator(seed: seed)
        (self.heads, self.keyValueHeads, self.dimension, self.length) = (heads, keyValueHeads, dimension, length)
        q = Matrix((0..<length).map { _ in random.floats(heads * dimension).map { $0 * 3 } })
        k = Matrix((0..<length).map { _ in random.floats(keyValueHeads * dimension) })
        v = Matrix((0..<length).map { _ in random.floats(keyValueHeads * dimension) })
    }

    var attention: CausalAttention {
        CausalAttention(
            headCount: heads, keyValueHeadCount: keyValueHeads, headDimension: dimension,
            scale: 1 / Float(dimension).squareRoot(), softCap: softCap)
    }

    /// Reads the sequence in pieces of the given lengths; a new segment begins where `forks` says.
    func attended(pieces: [Int], forks: Set<Int> = [], threads: Int = 1, stepwise: Bool = false) -> [Float] {
        var segments = [segment(capacity: length)]
        let z = Matrix(rows: length, columns: heads * dimension)
        let scratch = Matrix(rows: threads, columns: attention.scratchColumns(positions: length))
        var first = 0
        for piece in pieces {
            if forks.contains(first), let last = segments.last, last.count > 0 {
                segments.append(segment(capacity: length))
            }
            let rows = first..<(first + piece)
            segments[segments.count - 1].store(layer: 0, keys: k.rows(rows), values: v.rows(rows))
            let job = CausalAttention.Job(rows: 0..<piece, first: first, segments: segments)
            if stepwise {
                let scores = attention.scores(q.rows(rows), layer: 0, window: window, job: job)
                attention.softmax(scores, layer: 0, window: window, job: job)
                attention.mix(scores, layer: 0, job: job, into: z.rows(rows))
            } else {
                attention.attend(
                    q.rows(rows), layer: 0, window: window, CausalAttention.Schedule([job], heads: keyValueHeads),
                    into: z.rows(rows), scratch: scratch, threads: threads)
            }
            segments[segments.count - 1].advance(by: piece)
            first += piece
        }
        return z.slice.copy()
    }

    private func segment(capacity: Int) -> KeyValueSegment {
        KeyValueSegment(layers: 1, heads: keyValueHeads, headDimension: dimension, capacity: capacity)
    }

    var expected: [Float] {
        let (qs, ks, vs) = (q.slice.copy(), k.slice.copy(), v.slice.copy())
        let (qWidth, kWidth, group) = (heads * dimension, keyValueHeads * dimension, heads / keyValueHeads)
        var result: [Float] = []
        for row in 0..<length {
            for head in 0..<heads {
                let seen = max(0, row + 1 - (window ?? length))...row
                let scores = seen.map { position in
                    let score =
                        (0..<dimension).reduce(0.0) {
                            $0 + Double(qs[row * qWidth + head * dimension + $1])
                                * Double(ks[position * kWidth + head / group * dimension + $1])
                        } / Double(dimension).squareRoot()
                    return softCap.map { Double($0) * tanh(score / Double($0)) } ?? score
                }
                let largest = scores.max() ?? 0
                let weights = scores.map { exp($0 - largest) }
                let total = weights.reduce(0, +)
                for component in 0..<dimension {
                    let mixed = zip(seen, weights).reduce(0.0) {
                        $0 + $1.1 / total * Double(vs[$1.0 * kWidth + head / group * dimension + component])
                    }
                    result.append(Float(mixed))
                }
            }
        }
        return result
    }
}

private let cases = [
    Case(heads: 9, keyValueHeads: 3, dimension: 64, length: 70, seed: 1),
    Case(heads: 4, keyValueHeads: 4, dimension: 8, length: 33, seed: 2),
    Case(heads: 4, keyValueHeads: 1, dimension: 80, length: 50, seed: 3),
    Case(heads: 2, keyValueHeads: 1, dimension: 128, length: 17, seed: 4),
    Case(heads: 6, keyValueHeads: 2, dimension: 16, length: 90, window: 1, seed: 5),
    Case(heads: 9, keyValueHeads: 3, dimension: 64, length: 90, window: 21, seed: 6),
    Case(heads: 5, keyValueHeads: 1, dimension: 24, length: 70, window: 33, softCap: 2, seed: 7),
    Case(heads: 4, keyValueHeads: 2, dimension: 32, length: 40, window: 64, softCap: 50, seed: 8),
]

@Test(arguments: 0..<cases.count)
func attentionFollowsItsDefinition(_ index: Int) {
    let sequence = cases[index]
    expectClose(sequence.attended(pieces: [sequence.length]), sequence.expected, absolute: 2e-6, relative: 2e-6)
}

/// Cached and uncached, whole and in pieces, shared prefix or not, one thread or several: the same bits.
@Test(arguments: 0..<cases.count)
func attentionHasTheSameBitsHoweverItIsCut(_ index: Int) {
    let sequence = cases[index]
    let n = sequence.length
    let whole = sequence.attended(pieces: [n])
    expectIdentical(sequence.attended(pieces: [n], threads: 2), whole)
    expectIdentical(sequence.attended(pieces: [Int](repeating: 1, count: n)), whole)
    expectIdentical(sequence.attended(pieces: [5, 1, 3, n - 9]), whole)
    expectIdentical(sequence.attended(pieces: [5, 1, 3, n - 9], forks: [5]), whole)
    expectIdentical(sequence.attended(pieces: [7] + [Int](repeating: 1, count: n - 7), forks: [7, 9, 12]), whole)
    expectIdentical(sequence.attended(pieces: [n], stepwise: true), whole)
    expectIdentical(sequence.attended(pieces: [7, n - 7], forks: [7], stepwise: true), whole)
}

/// Sequences that continue one beginning are read together, and each has the bits that it has alone.
@Test(arguments: 0..<cases.count, [[19], [16, 5], [1, 2, 30]])
func continuationsHaveTheSameBitsTogetherAndAlone(_ index: Int, _ beginnings: [Int]) {
    let sequence = cases[index]
    let attention = sequence.attention
    var random = SeededGenerator(seed: 9)
    func segment(_ count: Int, capacity: Int) -> KeyValueSegment {
        let segment = KeyValueSegment(
            layers: 1, heads: sequence.keyValueHeads, headDimension: sequence.dimension, capacity: capacity)
        let width = sequence.keyValueHeads * sequence.dimension
        segment.store(
            layer: 0, keys: Matrix((0..<capacity).map { _ in random.floats(width) }).slice,
            values: Matrix((0..<capacity).map { _ in random.floats(width) }).slice)
        segment.advance(by: count)
        return segment
    }
    let beginning = beginnings.map { segment($0, capacity: $0) }
    let other = segment(4, capacity: 4)
    // Eleven samples of one prompt, two of another one in their midst, and one that has just begun.
    let lengths = [3, 1, 17, 40, 2, 5, 16, 1, 6, 33, 8, 2, 4, 1]
    let jobs = lengths.enumerated().map { place, length in
        let shared = [5, 6].contains(place) ? [other] : beginning
        let tail = segment(length - 1, capacity: length)
        let first = shared.reduce(0) { $0 + $1.count } + length - 1
        return CausalAttention.Job(rows: place..<(place + 1), first: first, segments: shared + [tail])
    }
    let q = Matrix((0..<jobs.count).map { _ in random.floats(sequence.heads * sequence.dimension).map { $0 * 3 } })
    func attended(_ schedules: [CausalAttention.Schedule], threads: Int) -> [Float] {
        let z = Matrix(rows: jobs.count, columns: q.columnCount)
        let scratch = Matrix(rows: threads, columns: attention.scratchColumns(positions: 80))
        for schedule in schedules {
            attention.attend(
                q.slice, layer: 0, window: sequence.window, schedule, into: z.slice, scratch: scratch, threads: threads)
        }
        return z.slice.copy()
    }
    let together = CausalAttention.Schedule(jobs, heads: sequence.keyValueHeads)
    #expect(together.together.count < together.apart.count)
    let alone = jobs.map { CausalAttention.Schedule([$0], heads: sequence.keyValueHeads) }
    let expected = attended(alone, threads: 1)
    expectIdentical(attended([together], threads: 1), expected)
    expectIdentical(attended([together], threads: 2), expected)
}
