internal import Evaluation
internal import GRDB

/// Takes runs from elsewhere into a store: what is there already must be the same, what is new is added.
struct RunIntake {
    let db: Database
    let path: String
    private(set) var result = IntakeResult()
    private var current: Current?

    /// The run whose samples come.
    private struct Current {
        let key: Int64
        let run: RunRecord
        let rows: SampleRows
        /// Samples that came, and those of them that were not there.
        var taken = 0
        var added = 0
    }

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
        current = Current(key: key, run: run, rows: SampleRows(db: db, path: path, run: key, runID: run.id))
    }

    mutating func add(_ sample: SampleRecord) throws {
        guard let run = current?.run, let rows = current?.rows else {
            throw StoreError.ImportProblemError(.outsideRun)
        }
        let samples = run.settings.generation.samples
        guard run.status != .finished || sample.sampleIndex < samples else {
            throw StoreError.ImportProblemError(.sampleBeyond(sample.sampleIndex, samples: samples))
        }
        let isNew = try rows.insert(sample)
        current?.taken += 1
        current?.added += isNew ? 1 : 0
        result.samplesAdded += isNew ? 1 : 0
        result.samplesKnown += isNew ? 0 : 1
    }

    mutating func end(metrics: [MetricRecord]) throws {
        guard let ended = current else { throw StoreError.ImportProblemError(.outsideRun) }
        current = nil
        let (key, run) = (ended.key, ended.run)
        guard run.status == .finished || metrics.isEmpty else { throw StoreError.ImportProblemError(.metricsTooEarly) }
        let isFinished = try RunRows(db: db, path: path).existing(id: run.id).run.status == .finished
        if run.status == .finished || isFinished { try checkComplete(ended) }
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

    /// A finished run has every planned sample and no other; another number would make its metrics wrong. One that a
    /// policy ended has those that came with its end, no more than were planned.
    private func checkComplete(_ current: Current) throws {
        let row = try db.firstRow("SELECT count(*) FROM samples WHERE run = ?", [current.key])
        let stored = try row.map { try ColumnReader($0, path).count(0) } ?? 0
        let whole =
            switch (current.run.settings.stopping, current.run.status) {
            case (nil, _): current.run.plannedSamples
            case (_, .finished): min(current.taken, current.run.plannedSamples)
            default: stored - current.added
            }
        guard stored == whole else { throw StoreError.ImportProblemError(.count(found: stored, announced: whole)) }
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
    /// Runs of training that were there already, the same in every step, its time aside.
    public var trainingRunsKnown = 0
}
