internal import GRDB
internal import Training

/// A run of training with all its steps, as it travels between stores.
struct TrainedRun: Codable, Hashable {
    var run: TrainingRunRecord
    /// In order.
    var steps: [StepMetrics]

    /// What the tables would refuse.
    var isWellFormed: Bool {
        run.id.count == 36 && run.identity.count == 64 && run.recipe.count > 1
            && steps.allSatisfy { step in
                step.step >= 1 && step.tokens >= 0 && step.targets >= 0
                    && [step.loss, step.gradientNorm, step.learningRate, step.seconds].allSatisfy(\.isFinite)
            }
    }
}

extension TrainedRun {
    /// The first step that stands twice.
    var repeatedStep: Int? {
        var seen: Set<Int> = []
        return steps.first { !seen.insert($0.step).inserted }?.step
    }
}

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
                CAST(recipe AS BLOB), CAST(environment AS BLOB), CAST(status AS BLOB), CAST(started_at AS BLOB)
            FROM training_runs ORDER BY key DESC
            """, []
        ).map { row in
            let columns = ColumnReader(row, path)
            return TrainingRunRecord(
                id: try columns.text(0), kind: try columns.text(1), model: try columns.text(2),
                identity: try columns.text(3), recipe: try columns.text(4), environment: try columns.text(5),
                status: TrainingRunRecord.Status(rawValue: try columns.text(6)) ?? .started,
                startedAt: try columns.text(7))
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

    func insert(_ run: TrainingRunRecord) throws {
        try db.run(
            """
            INSERT INTO training_runs (id, kind, model, identity, recipe, environment, status, started_at)
            VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
                CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))
            """,
            [
                run.id.stored, run.kind.stored, run.model.stored, run.identity.stored, run.recipe.stored,
                run.environment.stored, run.status.rawValue.stored, run.startedAt.stored,
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

    func finish(_ id: String) throws {
        try db.run("UPDATE training_runs SET status = 'finished' WHERE id = CAST(? AS TEXT)", [id.stored])
    }

    /// Takes in a run from elsewhere: what is there already must be the same, what is new is added. How long a step took is
    /// no part of what it did: a run that was resumed takes steps again, and the time that came last is kept.
    ///
    /// - Returns: whether the run is new.
    func take(_ trained: TrainedRun) throws -> Bool {
        guard trained.isWellFormed else { throw StoreError.ImportProblemError(.field("training")) }
        if let step = trained.repeatedStep { throw StoreError.ImportProblemError(.repeatedStep(step)) }
        guard let known = try runs().first(where: { $0.id == trained.run.id }) else {
            try insert(trained.run)
            for step in trained.steps { try insert(step, run: trained.run.id) }
            return true
        }
        var expected = trained.run
        expected.status = known.status
        guard known == expected else { throw StoreError.runConflict(id: known.id) }
        let steps = Dictionary(try steps(of: known.id).map { ($0.step, $0) }) { first, _ in first }
        for step in trained.steps where steps[step.step] != step {
            guard steps[step.step]?.isSameWork(as: step) ?? true else {
                throw StoreError.stepConflict(run: known.id, step: step.step)
            }
            try insert(step, run: known.id)
        }
        if trained.run.status == .finished { try finish(known.id) }
        return false
    }
}
