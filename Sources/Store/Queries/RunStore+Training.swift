internal import GRDB
public import Training

extension RunStore {
    /// Writes a run of training when it starts. One of the same identity that was not finished goes on under its id.
    ///
    /// - Returns: the id under which steps are recorded.
    public func begin(_ run: TrainingRunRecord) throws -> String {
        try begin(run) { $0.identity == run.identity }
    }

    /// Writes a run of training when it starts. The latest that is the same and was not finished goes on under its id, as
    /// started, whatever made it fail.
    ///
    /// - Returns: the id under which steps are recorded.
    public func begin(
        _ run: TrainingRunRecord, goingOnWhere isSame: (TrainingRunRecord) throws -> Bool
    ) throws -> String {
        try write { db in
            let rows = TrainingRows(db: db, path: path)
            let open = try rows.runs().first { try $0.status != .finished && isSame($0) }
            guard let open else {
                try rows.insert(run)
                return run.id
            }
            try rows.set(.started, of: open.id)
            return open.id
        }
    }

    /// Writes one step; a step that was taken again after a stop replaces what it had left.
    public func record(_ step: StepMetrics, run id: String) throws {
        try write { db in try TrainingRows(db: db, path: path).insert(step, run: id) }
    }

    /// Writes what the held-out examples say after a step, and replaces what they have said there before.
    public func record(_ evaluation: HeldOutMetrics, run id: String) throws {
        try write { db in try TrainingRows(db: db, path: path).insert(evaluation, run: id) }
    }

    /// Writes the end of a run.
    public func finishTraining(_ id: String) throws {
        try write { db in try TrainingRows(db: db, path: path).set(.finished, of: id) }
    }

    /// Writes why a run has stopped. One that has finished stays so.
    public func failTraining(_ id: String, reason: String) throws {
        try write { db in
            try TrainingRows(db: db, path: path).set(.failed, reason: String(reason.prefix(2000)), of: id)
        }
    }

    /// Latest first.
    public func trainingRuns() throws -> [TrainingRunRecord] {
        try read { db in try TrainingRows(db: db, path: path).runs() }
    }

    /// The steps of a run, in order.
    public func trainingSteps(_ id: String) throws -> [StepMetrics] {
        try read { db in try TrainingRows(db: db, path: path).steps(of: id) }
    }

    /// What the held-out examples of a run have said, in order of the steps.
    public func trainingEvaluations(_ id: String) throws -> [HeldOutMetrics] {
        try read { db in try TrainingRows(db: db, path: path).evaluations(of: id) }
    }
}
