internal import GRDB
public import Training

extension RunStore {
    /// Writes a run of training when it starts. One of the same identity that was not finished goes on under its id.
    ///
    /// - Returns: the id under which steps are recorded.
    public func begin(_ run: TrainingRunRecord) throws -> String {
        try write { db in
            let rows = TrainingRows(db: db, path: path)
            let open = try rows.runs().first { $0.identity == run.identity && $0.status == .started }
            if let open { return open.id }
            try rows.insert(run)
            return run.id
        }
    }

    /// The latest run of an identity; nil where there is none.
    public func latestTraining(identity: String) throws -> TrainingRunRecord? {
        try trainingRuns().first { $0.identity == identity }
    }

    /// Writes one step; a step that was taken again after a stop replaces what it had left.
    public func record(_ step: StepMetrics, run id: String) throws {
        try write { db in try TrainingRows(db: db, path: path).insert(step, run: id) }
    }

    /// Writes the end of a run.
    public func finishTraining(_ id: String) throws {
        try write { db in try TrainingRows(db: db, path: path).finish(id) }
    }

    /// Latest first.
    public func trainingRuns() throws -> [TrainingRunRecord] {
        try read { db in try TrainingRows(db: db, path: path).runs() }
    }

    /// The steps of a run, in order.
    public func trainingSteps(_ id: String) throws -> [StepMetrics] {
        try read { db in try TrainingRows(db: db, path: path).steps(of: id) }
    }
}
