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

    mutating func end(metrics: [MetricRecord]) throws {
        guard let (key, run, _) = current else { throw StoreError.ImportProblemError(.outsideRun) }
        current = nil
        guard run.status == .finished || metrics.isEmpty else { throw StoreError.ImportProblemError(.metricsTooEarly) }
        let isFinished = try RunRows(db: db, path: path).existing(id: run.id).run.status == .finished
        if run.status == .finished || isFinished { try checkComplete(run, key) }
        guard run.status == .finished else { return }
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

    mutating func add(_ trained: TrainedRun) throws {
        let isNew = try TrainingRows(db: db, path: path).take(trained)
        result.trainingRunsAdded += isNew ? 1 : 0
        result.trainingRunsKnown += isNew ? 0 : 1
    }

    /// A finished run has every planned sample and no other; another number would make its metrics wrong.
    private func checkComplete(_ run: RunRecord, _ key: Int64) throws {
        let row = try db.firstRow("SELECT count(*) FROM samples WHERE run = ?", [key])
        let stored = try row.map { try ColumnReader($0, path).count(0) } ?? 0
        guard stored == run.plannedSamples else {
            throw StoreError.ImportProblemError(.count(found: stored, announced: run.plannedSamples))
        }
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
    public var trainingRunsAdded = 0
    /// Runs of training that were there already, the same in every step.
    public var trainingRunsKnown = 0
}
