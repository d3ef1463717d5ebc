/// Runs of one model under one set of settings, added up task by task.
public struct PooledGroup: Hashable, Sendable {
    public var modelDigest: String
    public var settingsDigest: String
    /// Runs that gave samples, in the order in which they came.
    public var runs: [String]
    /// Runs that gave none, because another run with the same seed holds the same samples.
    public var repeatedRuns: [String]
    /// One entry for each task, sorted by task.
    public var tasks: [TaskTotal]

    public init(
        modelDigest: String,
        settingsDigest: String,
        runs: [String],
        repeatedRuns: [String] = [],
        tasks: [TaskTotal]
    ) {
        self.modelDigest = modelDigest
        self.settingsDigest = settingsDigest
        self.runs = runs
        self.repeatedRuns = repeatedRuns
        self.tasks = tasks
    }

    public var scored: Int { tasks.reduce(0) { $0 + $1.scored } }
    public var correct: Int { tasks.reduce(0) { $0 + $1.correct } }
    public var unscored: Int { tasks.reduce(0) { $0 + $1.unscored } }

    /// Adds up n and c per task over the runs that share both digests; other digests are other groups, in the order in
    /// which they came.
    ///
    /// A sample depends on the model, the settings, the seed, the prompt and its index, and on nothing else. Where runs
    /// of one group share a seed, the samples of one are therefore copies of the other's: the run with more scored
    /// samples of the task counts, then the one with more samples, then the first by id; the others do not.
    public static func pool(_ rows: some Sequence<TaskCounts>) throws(ResamplingError) -> [PooledGroup] {
        var pools: [Key: Pool] = [:]
        var order: [Key] = []
        for row in rows {
            try row.total.validate()
            let key = Key(modelDigest: row.modelDigest, settingsDigest: row.settingsDigest)
            if pools[key] == nil { order.append(key) }
            try pools[key, default: Pool()].add(row)
        }
        var groups: [PooledGroup] = []
        for key in order {
            if let pool = pools[key] { groups.append(try pool.group(key)) }
        }
        return groups
    }
}

/// One task of a group.
public struct TaskTotal: Hashable, Sendable {
    public var task: String
    public var scored: Int
    public var correct: Int
    public var unscored: Int

    public init(task: String, scored: Int, correct: Int, unscored: Int = 0) {
        self.task = task
        self.scored = scored
        self.correct = correct
        self.unscored = unscored
    }

    /// The n of the estimators.
    public func samples(_ policy: UnscoredPolicy) -> Int {
        switch policy {
        case .excluded: scored
        case .countedAsWrong: scored + unscored
        }
    }
}

extension TaskTotal {
    /// Samples of one task, over all runs, that the estimators accept.
    public static let maximumSamples = 10_000_000

    func validate() throws(ResamplingError) {
        let limit = Self.maximumSamples
        guard scored >= 0, unscored >= 0, correct >= 0, correct <= scored else {
            throw .invalidCounts(task: task, scored: scored, correct: correct, unscored: unscored)
        }
        guard scored <= limit, unscored <= limit, scored + unscored <= limit else {
            let (sum, overflow) = scored.addingReportingOverflow(unscored)
            throw .tooManySamples(task: task, samples: overflow ? .max : sum, limit: limit)
        }
    }
}

extension TaskCounts {
    fileprivate var total: TaskTotal {
        TaskTotal(task: task, scored: scored, correct: correct, unscored: unscored)
    }

    fileprivate var rank: CopyRank { CopyRank(graded: scored, total: scored + unscored, run: run) }
}

private struct Key: Hashable {
    var modelDigest: String
    var settingsDigest: String
}

/// The rows of one group while they arrive.
private struct Pool {
    private struct Source: Hashable {
        var task: String
        var seed: UInt64?
        /// Only for a run of unknown seed, which shares its samples with no other.
        var run: String?
    }

    private struct Row: Hashable {
        var run: String
        var task: String
    }

    private var runs: [String] = []
    private var knownRuns: Set<String> = []
    private var seen: Set<Row> = []
    private var best: [Source: TaskCounts] = [:]

    mutating func add(_ row: TaskCounts) throws(ResamplingError) {
        guard seen.insert(Row(run: row.run, task: row.task)).inserted else {
            throw .repeatedTask(run: row.run, task: row.task)
        }
        if knownRuns.insert(row.run).inserted { runs.append(row.run) }
        let source = Source(task: row.task, seed: row.seed, run: row.seed == nil ? row.run : nil)
        if let other = best[source], other.rank >= row.rank { return }
        best[source] = row
    }

    func group(_ key: Key) throws(ResamplingError) -> PooledGroup {
        var totals: [String: TaskTotal] = [:]
        for row in best.values {
            var total = totals[row.task] ?? TaskTotal(task: row.task, scored: 0, correct: 0)
            total.scored += row.scored
            total.correct += row.correct
            total.unscored += row.unscored
            let samples = total.scored + total.unscored
            guard samples <= TaskTotal.maximumSamples else {
                throw .tooManySamples(task: row.task, samples: samples, limit: TaskTotal.maximumSamples)
            }
            totals[row.task] = total
        }
        let used = Set(best.values.map(\.run))
        return PooledGroup(
            modelDigest: key.modelDigest,
            settingsDigest: key.settingsDigest,
            runs: runs.filter { used.contains($0) },
            repeatedRuns: runs.filter { !used.contains($0) },
            tasks: totals.values.sorted { $0.task < $1.task }
        )
    }
}
