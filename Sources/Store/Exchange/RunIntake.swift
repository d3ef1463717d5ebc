internal import Evaluation
internal import GRDB

/// Takes runs from elsewhere into a store: what is there already must be the same, what is new is added.
struct RunIntake {
    let db: Database
    let path: String
    private(set) var result = IntakeResult()
    private var current: (key: Int64, run: RunRecord, rows: SampleRows)?

    init(db: Database, path: String) {
        self.db = db
        self.path = path
    }

    mutating func begin(_ run: RunRecord) throws {
        var started = run
        if run.status == .finished {
            started.status = .started
            started.finishedAt = nil
        }
        if let problem = run.problem { throw StoreError.invalidRow(problem) }
        let (key, isNew) = try RunRows(db: db, path: path).insert(started)
        result.runsAdded += isNew ? 1 : 0
        result.runsKnown += isNew ? 0 : 1
        current = (key, run, SampleRows(db: db, path: path, run: key, runID: run.id))
    }

    mutating func add(_ sample: SampleRecord) throws {
        guard let current else { throw StoreError.ImportProblemError(.outsideRun) }
        if try current.rows.insert(sample) {
            result.samplesAdded += 1
        } else {
            result.samplesKnown += 1
        }
    }

    /// - Parameter samples: how many samples came with the run.
    mutating func end(samples: Int, metrics: [MetricRecord]) throws {
        guard let (key, run, _) = current else { throw StoreError.ImportProblemError(.outsideRun) }
        current = nil
        guard run.status == .finished else { return }
        guard samples == run.plannedSamples else {
            throw StoreError.ImportProblemError(.count(found: samples, announced: run.plannedSamples))
        }
        let rows = MetricRows(db: db, path: path)
        let known = try rows.all(run: key)
        guard known.isEmpty || known == metrics else { throw StoreError.metricConflict(run: run.id) }
        try rows.replace(metrics, run: key)
        try db.run(
            """
            UPDATE runs SET status = 'finished', finished_at = COALESCE(finished_at, CAST(? AS TEXT)) WHERE key = ?
            """,
            [run.finishedAt.stored, key]
        )
    }
}

/// What an import or a merge did.
public struct IntakeResult: Codable, Hashable, Sendable {
    public var runsAdded = 0
    /// Runs that were there already.
    public var runsKnown = 0
    public var samplesAdded = 0
    /// Samples that were there already, the same in every bit.
    public var samplesKnown = 0
}
