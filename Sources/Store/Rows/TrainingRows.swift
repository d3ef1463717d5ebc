internal import GRDB
internal import Training

extension StepMetrics {
    /// Whether both did the same, however long it took.
    fileprivate func isSameWork(as other: StepMetrics) -> Bool {
        var other = other
        other.seconds = seconds
        return self == other
    }
}

/// The tables of training.
struct TrainingRows {
    let db: Database
    let path: String

    /// Latest first.
    func runs() throws -> [TrainingRunRecord] {
        try db.allRows(
            """
            SELECT CAST(id AS BLOB), CAST(kind AS BLOB), CAST(model AS BLOB), CAST(identity AS BLOB),
                CAST(recipe AS BLOB), CAST(environment AS BLOB), CAST(status AS BLOB), CAST(started_at AS BLOB),
                CAST(reason AS BLOB)
            FROM training_runs ORDER BY key DESC
            """, []
        ).map { row in
            let columns = ColumnReader(row, path)
            return TrainingRunRecord(
                id: try columns.text(0), kind: try columns.text(1), model: try columns.text(2),
                identity: try columns.text(3), recipe: try columns.text(4), environment: try columns.text(5),
                status: TrainingRunRecord.Status(rawValue: try columns.text(6)) ?? .started,
                startedAt: try columns.text(7), reason: try columns.optionalText(8))
        }
    }

    /// In order.
    func steps(of id: String) throws -> [StepMetrics] {
        try db.allRows(
            """
            SELECT step, loss, gradient_norm, learning_rate, tokens, targets, seconds, accuracy, margin
            FROM training_steps JOIN training_runs ON training_runs.key = training_steps.run
            WHERE training_runs.id = CAST(? AS TEXT) ORDER BY step
            """, [id.stored]
        ).map { row in
            let columns = ColumnReader(row, path)
            return StepMetrics(
                step: try columns.count(0), loss: try columns.double(1) ?? 0,
                gradientNorm: try columns.double(2) ?? 0, learningRate: try columns.double(3) ?? 0,
                tokens: try columns.count(4), targets: try columns.count(5), seconds: try columns.double(6) ?? 0,
                accuracy: try columns.double(7), margin: try columns.double(8))
        }
    }

    /// The evaluations of a run, in order.
    func evaluations(of id: String) throws -> [HeldOutMetrics] {
        try db.allRows(
            """
            SELECT step, loss, accuracy, margin
            FROM training_evaluations JOIN training_runs ON training_runs.key = training_evaluations.run
            WHERE training_runs.id = CAST(? AS TEXT) ORDER BY step
            """, [id.stored]
        ).map { row in
            let columns = ColumnReader(row, path)
            return HeldOutMetrics(
                step: try columns.count(0), loss: try columns.double(1) ?? 0, accuracy: try columns.double(2),
                margin: try columns.double(3))
        }
    }

    func insert(_ run: TrainingRunRecord) throws {
        try db.run(
            """
            INSERT INTO training_runs (id, kind, model, identity, recipe, environment, status, started_at, reason)
            VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
                CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))
            """,
            [
                run.id.stored, run.kind.stored, run.model.stored, run.identity.stored, run.recipe.stored,
                run.environment.stored, run.status.rawValue.stored, run.startedAt.stored, run.reason.stored,
            ])
    }

    /// A step that is there already is replaced.
    func insert(_ step: StepMetrics, run id: String) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO training_steps
            SELECT key, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM training_runs WHERE id = CAST(? AS TEXT)
            """,
            [
                step.step, step.loss, step.gradientNorm, step.learningRate, step.tokens, step.targets, step.seconds,
                step.accuracy, step.margin, id.stored,
            ])
    }

    /// An evaluation that is there already is replaced.
    func insert(_ evaluation: HeldOutMetrics, run id: String) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO training_evaluations
            SELECT key, ?, ?, ?, ? FROM training_runs WHERE id = CAST(? AS TEXT)
            """,
            [evaluation.step, evaluation.loss, evaluation.accuracy, evaluation.margin, id.stored])
    }

    /// Changes the status of a run that is not finished, with the reason of one that failed.
    func set(_ status: TrainingRunRecord.Status, reason: String? = nil, of id: String) throws {
        try db.run(
            """
            UPDATE training_runs SET status = CAST(? AS TEXT), reason = CAST(? AS TEXT)
            WHERE id = CAST(? AS TEXT) AND status <> 'finished'
            """, [status.rawValue.stored, reason.stored, id.stored])
    }
}

/// Taking in runs from elsewhere.
extension TrainingRows {
    /// Everything that is known of a run.
    func trained(_ run: TrainingRunRecord) throws -> TrainedRun {
        TrainedRun(run: run, steps: try steps(of: run.id), evaluations: try evaluations(of: run.id))
    }

    /// Takes in a run from elsewhere: what is there already must be the same, what is new is added. How long a step took is
    /// no part of what it did: a run that was resumed takes steps again, and the time that came last is kept. So is the
    /// status, unless the run is known to have finished.
    ///
    /// - Returns: whether the run is new.
    func take(_ trained: TrainedRun) throws -> Bool {
        guard trained.isWellFormed else { throw StoreError.ImportProblemError(.field("training")) }
        if let step = trained.repeatedStep { throw StoreError.ImportProblemError(.repeatedStep(step)) }
        guard let known = try runs().first(where: { $0.id == trained.run.id }) else {
            try insert(trained.run)
            for step in trained.steps { try insert(step, run: trained.run.id) }
            for evaluation in trained.evaluations { try insert(evaluation, run: trained.run.id) }
            return true
        }
        var expected = trained.run
        (expected.status, expected.reason) = (known.status, known.reason)
        guard known == expected else { throw StoreError.runConflict(id: known.id) }
        try take(trained.steps, run: known.id)
        try take(trained.evaluations, run: known.id)
        try set(trained.run.status, reason: trained.run.reason, of: known.id)
        return false
    }

    private func take(_ steps: [StepMetrics], run id: String) throws {
        let known = Dictionary(try self.steps(of: id).map { ($0.step, $0) }) { first, _ in first }
        for step in steps where known[step.step] != step {
            guard known[step.step]?.isSameWork(as: step) ?? true else {
                throw StoreError.stepConflict(run: id, step: step.step)
            }
            try insert(step, run: id)
        }
    }

    private func take(_ evaluations: [HeldOutMetrics], run id: String) throws {
        let known = Dictionary(try self.evaluations(of: id).map { ($0.step, $0) }) { first, _ in first }
        for evaluation in evaluations where known[evaluation.step] != evaluation {
            guard known[evaluation.step] == nil else {
                throw StoreError.evaluationConflict(run: id, step: evaluation.step)
            }
            try insert(evaluation, run: id)
        }
    }
}
