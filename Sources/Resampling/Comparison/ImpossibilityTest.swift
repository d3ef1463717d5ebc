/// Whether resampling a weak generator until something is accepted can ever match one sample of a strong one.
///
/// It cannot where the strong generator's single-sample accuracy is above the weak one's conditional accuracy, however
/// many samples are drawn.
public struct ImpossibilityTest: Hashable, Sendable {
    public enum Outcome: String, Codable, Hashable, Sendable {
        /// The interval of the margin lies above 0: out of reach at any K.
        case impossible
        /// The interval lies below 0: within reach, if enough samples are drawn.
        case possible
        case undecided
    }

    /// Single-sample accuracy of the strong generator less conditional accuracy of the weak one.
    public var margin: Estimate
    public var outcome: Outcome

    /// - Throws: ``ResamplingError/differentTasks(missing:count:)`` unless both have the same tasks, and
    ///   ``ResamplingError/noTasks`` where nothing of the weak generator was accepted.
    public init(
        weak: [VerdictTally],
        strong: [VerdictTally],
        bootstrap: Bootstrap = .standard
    ) throws(ResamplingError) {
        let pairs = try TaskPairs.matched(weak, strong)
        let rows = pairs.map { weak, strong in
            [strong.singleSampleAccuracy ?? 0, weak.conditionalAccuracy ?? 0, weak.accepted > 0 ? 1.0 : 0]
        }
        func statistic(_ means: [Double]) -> Double? { means[2] > 0 ? means[0] - means[1] / means[2] : nil }
        let size = Double(rows.count)
        let means = (0..<3).map { column in rows.reduce(0) { $0 + $1[column] } / size }
        guard let value = statistic(means) else { throw .noTasks }
        margin = Estimate(value: value, interval: bootstrap.interval(of: rows, statistic))
        switch margin.interval {
        case .bounds(let lower, _) where lower > 0: outcome = .impossible
        case .bounds(_, let upper) where upper < 0: outcome = .possible
        default: outcome = .undecided
        }
    }
}

/// Tasks that two runs have in common.
enum TaskPairs {
    /// - Throws: ``ResamplingError/differentTasks(missing:count:)`` unless both have the same tasks, each once.
    static func matched(
        _ first: [VerdictTally], _ second: [VerdictTally]
    ) throws(ResamplingError) -> [(VerdictTally, VerdictTally)] {
        guard !first.isEmpty, !second.isEmpty else { throw .noTasks }
        let known = Dictionary(second.map { ($0.task, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(first.map(\.task))
        if names.count < first.count || known.count < second.count {
            throw .repeatedTask(run: "", task: repeated(first) ?? repeated(second) ?? "")
        }
        let missing = names.symmetricDifference(known.keys).sorted()
        guard missing.isEmpty else { throw .differentTasks(missing: Array(missing.prefix(10)), count: missing.count) }
        for task in first + second { try task.validateNotEmpty() }
        return first.compactMap { task in known[task.task].map { (task, $0) } }
    }

    private static func repeated(_ tasks: [VerdictTally]) -> String? {
        var seen: Set<String> = []
        return tasks.first { !seen.insert($0.task).inserted }?.task
    }
}
