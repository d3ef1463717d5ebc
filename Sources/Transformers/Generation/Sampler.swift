internal import HeapModule
public import Tensors

/// Draws tokens from logits.
///
/// A draw is a function of the logits, the options and one uniform number. A candidate's weight is
/// `exp((logit - largest) / temperature)`.
public struct Sampler: Sendable {
    public let options: SamplingOptions

    public init(_ options: SamplingOptions) {
        self.options = options
    }

    /// One token and the natural logarithm of its probability under the model, at temperature 1 and with nothing cut
    /// off.
    ///
    /// - Parameters:
    ///   - logits: [1, vocabularySize]
    ///   - uniform: in [0, 1)
    ///   - weights: scratch, [1, vocabularySize]
    public func sample(_ logits: MatrixSlice, uniform: Double, weights: MatrixSlice) -> (
        id: Int32, logProbability: Float
    ) {
        let id = options.factor.map { draw(logits, factor: $0, uniform, weights) } ?? Self.mostProbable(logits)
        return (id, Self.logProbability(of: id, logits, row: 0))
    }

    /// The most probable token, the lowest id among equals.
    public static func mostProbable(_ logits: MatrixSlice) -> Int32 {
        let largest = RowOperations.maximum(logits, row: 0)
        let index = logits.withRow(0) { row in
            var index = 0
            while index < row.count - 1 && row[index] != largest { index += 1 }
            return index
        }
        return Int32(index)
    }

    /// Natural logarithm of the probability of `id` in one row of logits.
    public static func logProbability(of id: Int32, _ logits: MatrixSlice, row: Int) -> Float {
        let logit = logits.withRow(row) { Double($0[Int(id)]) }
        return Float(logit - RowOperations.logSumExp(logits, row: row))
    }

    /// - Throws: ``TransformerError/notNumbers``.
    static func requireNumber(_ logProbability: Float) throws {
        if logProbability.isNaN { throw TransformerError.notNumbers }
    }

    private func draw(_ logits: MatrixSlice, factor: Float, _ uniform: Double, _ weights: MatrixSlice) -> Int32 {
        let largest = RowOperations.maximum(logits, row: 0)
        RowOperations.exponential(logits, row: 0, shift: largest, factor: factor, into: weights)
        let blocks = 0..<RowOperations.blockCount(weights)
        let total = blocks.reduce(0) { $0 + RowOperations.blockSum(weights, row: 0, block: $1) }
        if options.topK == 0 && options.topP == 1 && options.minP == 0 {
            return Self.pick(weights, uniform * total)
        }
        return Self.pick(kept(weights, total: total), uniform)
    }

    /// The token at `target` of the running sum of weights, in order of ids.
    private static func pick(_ weights: MatrixSlice, _ target: Double) -> Int32 {
        var passed = 0.0
        var block = 0
        while block < RowOperations.blockCount(weights) - 1 {
            let sum = RowOperations.blockSum(weights, row: 0, block: block)
            guard passed + sum <= target else { break }
            passed += sum
            block += 1
        }
        return weights.withRow(0) { row in
            let begin = block * RowOperations.sumBlock
            let end = min(row.count, begin + RowOperations.sumBlock)
            var last = begin
            for index in begin..<end where row[index] > 0 {
                last = index
                passed += Double(row[index])
                if passed > target { break }
            }
            return Int32(last)
        }
    }

    private static func pick(_ candidates: [Candidate], _ uniform: Double) -> Int32 {
        let target = uniform * candidates.reduce(0) { $0 + Double($1.weight) }
        var passed = 0.0
        for candidate in candidates {
            passed += Double(candidate.weight)
            if passed > target { return candidate.id }
        }
        return candidates.last?.id ?? 0
    }

    /// What top-k, top-p and min-p leave, most probable first.
    private func kept(_ weights: MatrixSlice, total: Double) -> [Candidate] {
        var candidates = options.topK > 0 ? largest(weights, options.topK) : nucleusCandidates(weights, total)
        let reachable = options.topK > 0 ? candidates.reduce(0) { $0 + Double($1.weight) } : total
        if options.topP < 1 {
            var passed = 0.0
            let end = candidates.firstIndex { candidate in
                passed += Double(candidate.weight)
                return passed >= options.topP * reachable
            }
            if let end { candidates.removeSubrange((end + 1)...) }
        }
        if options.minP > 0, let best = candidates.first {
            candidates.removeAll { Double($0.weight) < options.minP * Double(best.weight) }
        }
        return candidates
    }

    private func largest(_ weights: MatrixSlice, _ count: Int) -> [Candidate] {
        weights.withRow(0) { row in
            var heap = Heap<Candidate>()
            for index in 0..<row.count {
                let candidate = Candidate(weight: row[index], id: Int32(index))
                if heap.count < count {
                    heap.insert(candidate)
                } else if let least = heap.min, least < candidate {
                    heap.replaceMin(with: candidate)
                }
            }
            return heap.unordered.sorted(by: >)
        }
    }

    /// Candidates that can be in the nucleus: those below `(1 - topP) / n` of the total add up to less than what may be
    /// left out.
    private func nucleusCandidates(_ weights: MatrixSlice, _ total: Double) -> [Candidate] {
        weights.withRow(0) { row in
            let floor = max((1 - options.topP) * total / Double(row.count), options.topP == 1 ? options.minP : 0)
            var candidates: [Candidate] = []
            for index in 0..<row.count where Double(row[index]) >= floor {
                candidates.append(Candidate(weight: row[index], id: Int32(index)))
            }
            return candidates.sorted(by: >)
        }
    }
}

/// A token and its weight; the more probable is the larger, and among equals the lower id.
private struct Candidate: Comparable {
    var weight: Float
    var id: Int32

    static func < (a: Candidate, b: Candidate) -> Bool {
        a.weight == b.weight ? a.id > b.id : a.weight < b.weight
    }
}
