internal import Statistics

/// Tasks with equal counts, which share every estimate.
struct TaskKinds {
    struct Kind: Hashable {
        var samples: Int
        var accepted: Int
    }

    private let kinds: [Kind]
    /// For each task the index of its kind.
    private let members: [Int]

    init(_ tasks: [TaskTotal]) {
        var indices: [Kind: Int] = [:]
        var kinds: [Kind] = []
        members = tasks.map { task in
            let kind = Kind(samples: task.scored, accepted: task.correct)
            if let index = indices[kind] { return index }
            indices[kind] = kinds.count
            kinds.append(kind)
            return kinds.count - 1
        }
        self.kinds = kinds
    }

    /// The mean of the estimates over tasks.
    func mean(_ metric: CorrectedMetric, _ k: Int, _ errors: VerifierErrors) -> Double {
        let values = kinds.map { metric.estimate(samples: $0.samples, accepted: $0.accepted, k: k, errors: errors) }
        return members.reduce(0) { $0 + values[$1] } / Double(members.count)
    }

    /// The metric at every k in every resample of tasks and error rates, cut to 0...1; nil where the drawn rates give
    /// none.
    func resampled(
        _ metric: CorrectedMetric, _ evidence: RateEvidence, _ grid: [Int], _ bootstrap: Bootstrap
    ) -> [[Double?]] {
        let draws = CounterRandom(seed: bootstrap.seed)
        let profiles = grid.map { k in
            kinds.map { metric.profile(samples: $0.samples, accepted: $0.accepted, k: k) }
        }
        return (0..<bootstrap.resamples).map { resample in
            let drawn = drawn(draws.stream(resample))
            guard let errors = evidence.errors(resample: resample, drawn: drawn, seed: bootstrap.seed) else {
                return grid.map { _ in nil }
            }
            let weights = weights(drawn)
            let limit = metric.largestK(errors: errors)
            return zip(grid, profiles).map { k, profiles in
                guard k <= limit else { return nil }
                let values = metric.values(k: k, errors: errors)
                let sum = zip(profiles, weights).reduce(0) { sum, entry in
                    entry.1 == 0 ? sum : sum + entry.1 * CorrectedMetric.product(entry.0, values)
                }
                return min(max(sum, 0), 1)
            }
        }
    }

    /// Indices of tasks, drawn with return.
    private func drawn(_ stream: CounterRandom.Stream) -> [Int] {
        var stream = stream
        return members.map { _ in stream.index(below: UInt64(members.count)) }
    }

    private func weights(_ drawn: [Int]) -> [Double] {
        var weights = Array(repeating: 0.0, count: kinds.count)
        let share = 1 / Double(members.count)
        for index in drawn { weights[members[index]] += share }
        return weights
    }
}

extension Bootstrap {
    /// The percentile interval of a figure in 0...1 that some draws leave open: those count as 0 for the lower end and
    /// as 1 for the upper one.
    func interval(ofDraws draws: [Double?]) -> IntervalEstimate {
        guard draws.contains(nil) else { return percentileInterval(draws.compactMap { $0 }) }
        let tail = (1 - confidence) / 2
        return .bounds(
            lower: quantile(draws.map { $0 ?? 0 }.sorted(), tail),
            upper: quantile(draws.map { $0 ?? 1 }.sorted(), 1 - tail))
    }
}
