internal import GRDB
public import Training

extension RunStore {
    /// Writes a run of training when it starts. One of the same identity that was not finished goes on under its id.
    ///
    /// - Returns: the id under which steps are recorded.
    public func begin(_ run: TrainingRunRecord) throws -> String {
        try write { db in
            let open = try db.allRows(
                """
                SELECT CAST(id AS BLOB) FROM training_runs
                WHERE identity = CAST(? AS TEXT) AND status = 'started' ORDER BY key DESC LIMIT 1
                """, [run.identity.stored])
            if let row = open.first { return try ColumnReader(row, path).text(0) }
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
            return run.id
        }
    }

    /// Writes one step; a step that was taken again after a stop replaces what it had left.
    public func record(_ step: StepMetrics, run id: String) throws {
        try write { db in
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
    }

    /// Writes the end of a run.
    public func finishTraining(_ id: String) throws {
        try write { db in
            try db.run("UPDATE training_runs SET status = 'finished' WHERE id = CAST(? AS TEXT)", [id.stored])
        }
    }

    /// Latest first.
    public func trainingRuns() throws -> [TrainingRunRecord] {
        try read { db in
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
    }

    /// The steps of a run, in order.
    public func trainingSteps(_ id: String) throws -> [StepMetrics] {
        try read { db in
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
    }
}
