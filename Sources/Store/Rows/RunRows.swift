internal import Evaluation
internal import GRDB

/// Runs as rows.
struct RunRows {
    let db: Database
    let path: String

    /// The run's key. A run that is there already must have been started as this one was.
    func insert(_ run: RunRecord) throws -> (key: Int64, isNew: Bool) {
        if let problem = run.problem { throw StoreError.invalidRow(problem) }
        if let known = try find(id: run.id) {
            guard try known.run.hasSameOrigin(as: run) else { throw StoreError.runConflict(id: run.id) }
            return (known.key, false)
        }
        let model = try sharedKey(of: run.model)
        try db.run(
            """
            INSERT INTO runs (id, evaluation, evaluation_version, definition, settings, environment, model, model_name,
                template_digest, compute_mode, backend, planned_samples, plan_digest, sampling_digest, status,
                started_at, finished_at)
            VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
                CAST(? AS TEXT), ?, ?, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT))
            """,
            [
                run.id, run.definition.name.stored, run.definition.version, try run.definition.storedJSON(),
                try run.settings.storedJSON(), try run.environment.storedJSON(), model,
                run.model.name.stored, run.model.templateDigest.stored, run.model.computeMode.stored,
                run.model.backend.stored, run.plannedSamples, run.planDigest, run.samplingDigest, run.status.rawValue,
                run.startedAt.stored, run.finishedAt.stored,
            ]
        )
        let key = db.lastInsertedRowID
        try insertPromptSets(run.promptSets, run: key)
        for (position, scorer) in run.scorers.enumerated() {
            let scorer = try ScorerRows(db: db).key(name: scorer.key, version: scorer.version)
            try db.run("INSERT INTO run_scorers VALUES (?, ?, ?)", [key, position, scorer])
        }
        return (key, true)
    }

    private func insertPromptSets(_ sets: [PromptSetReference], run: Int64) throws {
        for (position, set) in sets.enumerated() {
            let key = try sharedKey(of: set)
            try db.run("INSERT INTO run_prompt_sets VALUES (?, ?, ?, ?)", [run, position, key, set.promptCount])
        }
    }

    private func sharedKey(of model: ModelIdentity) throws -> Int64 {
        try db.sharedKey(
            find: "SELECT key FROM models WHERE digest = CAST(? AS TEXT) AND architecture = CAST(? AS TEXT)",
            insert: "INSERT INTO models (digest, architecture) VALUES (CAST(? AS TEXT), CAST(? AS TEXT))",
            [model.digest.stored, model.architecture.stored]
        )
    }

    private func sharedKey(of set: PromptSetReference) throws -> Int64 {
        try db.sharedKey(
            find: """
                SELECT key FROM prompt_sets
                WHERE digest = CAST(? AS TEXT) AND name = CAST(? AS TEXT) AND format = CAST(? AS TEXT)
                """,
            insert: """
                INSERT INTO prompt_sets (digest, name, format)
                VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))
                """,
            [set.digest.stored, set.name.stored, set.format.stored]
        )
    }

    func find(id: String) throws -> (key: Int64, run: RunRecord)? {
        try db.firstRow("\(Self.selection) WHERE runs.id = CAST(? AS TEXT)", [id.stored]).map(decode)
    }

    func existing(id: String) throws -> (key: Int64, run: RunRecord) {
        guard let found = try find(id: id) else { throw StoreError.unknownRun(id) }
        return found
    }

    static let selection = """
        SELECT runs.key, CAST(runs.id AS BLOB), CAST(definition AS BLOB), CAST(settings AS BLOB),
            CAST(environment AS BLOB), CAST(model_name AS BLOB), CAST(models.digest AS BLOB),
            CAST(models.architecture AS BLOB), CAST(template_digest AS BLOB), CAST(compute_mode AS BLOB),
            CAST(backend AS BLOB), planned_samples, CAST(status AS BLOB), CAST(started_at AS BLOB),
            CAST(finished_at AS BLOB)
        FROM runs JOIN models ON models.key = runs.model
        """

    func decode(_ row: Row) throws -> (key: Int64, run: RunRecord) {
        let columns = ColumnReader(row, path)
        let key = try columns.integer(0)
        guard let status = RunStatus(rawValue: try columns.text(12)) else {
            throw StoreError.damaged(path: path, detail: "a run's status")
        }
        let model = ModelIdentity(
            name: try columns.text(5),
            digest: try columns.text(6),
            architecture: try columns.text(7),
            templateDigest: try columns.optionalText(8),
            computeMode: try columns.text(9),
            backend: try columns.text(10)
        )
        let run = RunRecord(
            id: try columns.text(1),
            definition: try columns.json(2, as: EvaluationDefinition.self),
            model: model,
            promptSets: try promptSets(of: key),
            scorers: try scorers(of: key),
            plannedSamples: try columns.count(11),
            settings: try columns.json(3, as: RunSettings.self),
            environment: try columns.json(4, as: RunEnvironment.self),
            status: status,
            startedAt: try columns.text(13),
            finishedAt: try columns.optionalText(14)
        )
        return (key, run)
    }

    private func promptSets(of run: Int64) throws -> [PromptSetReference] {
        try db.allRows(
            """
            SELECT CAST(name AS BLOB), CAST(digest AS BLOB), CAST(format AS BLOB), prompt_count
            FROM run_prompt_sets JOIN prompt_sets ON prompt_sets.key = prompt_set WHERE run = ? ORDER BY position
            """,
            [run]
        ).map { row in
            let columns = ColumnReader(row, path)
            return PromptSetReference(
                name: try columns.text(0),
                digest: try columns.text(1),
                format: try columns.text(2),
                promptCount: try columns.count(3)
            )
        }
    }

    private func scorers(of run: Int64) throws -> [ScorerReference] {
        try db.allRows(
            """
            SELECT CAST(name AS BLOB), version FROM run_scorers JOIN scorers ON scorers.key = scorer
            WHERE run = ? ORDER BY position
            """,
            [run]
        ).map { row in
            let columns = ColumnReader(row, path)
            return ScorerReference(key: try columns.text(0), version: Int(try columns.integer(1)))
        }
    }
}

/// Scorers as rows, which runs share.
struct ScorerRows {
    let db: Database

    func key(name: String, version: Int) throws -> Int64 {
        try db.sharedKey(
            find: "SELECT key FROM scorers WHERE name = CAST(? AS TEXT) AND version = ?",
            insert: "INSERT INTO scorers (name, version) VALUES (CAST(? AS TEXT), ?)",
            [name.stored, version]
        )
    }
}
