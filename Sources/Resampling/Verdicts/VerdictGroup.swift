/// What one run says about one task under a pair of verifiers.
public struct RunVerdicts: Codable, Hashable, Sendable {
    /// Identifier of the run.
    public var run: String
    /// SHA-256 of the model's bytes.
    public var modelDigest: String
    /// Digest of everything else that changes what a sample is or what its verdicts mean, both verifiers included.
    public var settingsDigest: String
    /// Seed of the run; nil where it is not known.
    public var seed: UInt64?
    public var tally: VerdictTally

    public init(run: String, modelDigest: String, settingsDigest: String, seed: UInt64? = nil, tally: VerdictTally) {
        self.run = run
        self.modelDigest = modelDigest
        self.settingsDigest = settingsDigest
        self.seed = seed
        self.tally = tally
    }
}

/// Runs of one model under one set of settings and one pair of verifiers, added up task by task.
public struct VerdictGroup: Hashable, Sendable {
    public var modelDigest: String
    public var settingsDigest: String
    /// Runs that gave samples, in the order in which they came.
    public var runs: [String]
    /// Runs that gave none, because another run with the same seed holds the same samples.
    public var repeatedRuns: [String]
    /// One entry for each task, sorted by task.
    public var tasks: [VerdictTally]

    public init(
        modelDigest: String,
        settingsDigest: String,
        runs: [String],
        repeatedRuns: [String] = [],
        tasks: [VerdictTally]
    ) {
        self.modelDigest = modelDigest
        self.settingsDigest = settingsDigest
        self.runs = runs
        self.repeatedRuns = repeatedRuns
        self.tasks = tasks
    }

    /// Adds up over the runs that share both digests; other digests are other groups, in the order in which they came,
    /// and are never averaged. Runs of one seed hold the same samples: for each task the one with the most
    /// samples that have both verdicts counts, then the longest, then the first by id.
    ///
    /// - Throws: ``ResamplingError/repeatedTask(run:task:)`` and the errors of impossible counts.
    public static func pool(_ rows: some Sequence<RunVerdicts>) throws(ResamplingError) -> [VerdictGroup] {
        var pools: [Key: Pool] = [:]
        var order: [Key] = []
        for row in rows {
            try row.tally.validate()
            let key = Key(modelDigest: row.modelDigest, settingsDigest: row.settingsDigest)
            if pools[key] == nil { order.append(key) }
            try pools[key, default: Pool()].add(row)
        }
        var groups: [VerdictGroup] = []
        for key in order {
            if let pool = pools[key] { groups.append(try pool.group(key)) }
        }
        return groups
    }
}

private struct Key: Hashable {
    var modelDigest: String
    var settingsDigest: String
}

private struct Pool {
    /// Samples with equal sources are copies of each other.
    private struct Source: Hashable {
        var task: String
        var seed: UInt64?
        var run: String?
    }

    private struct Row: Hashable {
        var run: String
        var task: String
    }

    private var runs: [String] = []
    private var knownRuns: Set<String> = []
    private var seen: Set<Row> = []
    private var best: [Source: RunVerdicts] = [:]

    mutating func add(_ row: RunVerdicts) throws(ResamplingError) {
        guard seen.insert(Row(run: row.run, task: row.tally.task)).inserted else {
            throw .repeatedTask(run: row.run, task: row.tally.task)
        }
        if knownRuns.insert(row.run).inserted { runs.append(row.run) }
        let source = Source(task: row.tally.task, seed: row.seed, run: row.seed == nil ? row.run : nil)
        if let other = best[source], other.rank >= row.rank { return }
        best[source] = row
    }

    func group(_ key: Key) throws(ResamplingError) -> VerdictGroup {
        var totals: [String: VerdictTally] = [:]
        for row in best.values {
            let empty = VerdictTally(task: row.tally.task, truePositives: 0, falsePositives: 0, trueNegatives: 0)
            var total = totals[row.tally.task] ?? empty
            total.add(row.tally)
            try total.validate()
            totals[row.tally.task] = total
        }
        let used = Set(best.values.map(\.run))
        return VerdictGroup(
            modelDigest: key.modelDigest,
            settingsDigest: key.settingsDigest,
            runs: runs.filter { used.contains($0) },
            repeatedRuns: runs.filter { !used.contains($0) },
            tasks: totals.values.sorted { $0.task < $1.task }
        )
    }
}

extension RunVerdicts {
    fileprivate var rank: CopyRank {
        CopyRank(graded: tally.samples, total: tally.samples + tally.unscored, run: run)
    }
}
