public import Evaluation
internal import GRDB

/// Which runs to list; nil takes all.
public struct RunFilter: Hashable, Sendable {
    public var status: RunStatus?
    /// Name of the evaluation.
    public var evaluation: String?
    public var modelDigest: String?
    /// The most runs, latest first.
    public var limit: Int?

    public init(
        status: RunStatus? = nil,
        evaluation: String? = nil,
        modelDigest: String? = nil,
        limit: Int? = nil
    ) {
        self.status = status
        self.evaluation = evaluation
        self.modelDigest = modelDigest
        self.limit = limit
    }
}

extension RunStore {
    /// Writes a run when it starts; one that is there already must have been started in the same way.
    public func begin(_ run: RunRecord) throws {
        _ = try write { db in try RunRows(db: db, path: path).insert(run) }
    }

    /// Writes the end of a run and its metrics.
    public func finish(_ id: String, at time: String, metrics: [MetricRecord]) throws {
        try write { db in
            let run = try RunRows(db: db, path: path).existing(id: id)
            try MetricRows(db: db, path: path).replace(metrics, run: run.key)
            try db.run(
                "UPDATE runs SET status = 'finished', finished_at = CAST(? AS TEXT) WHERE key = ?",
                [time.stored, run.key]
            )
        }
    }

    /// The run with this id, or the only one whose id begins with it.
    public func run(_ idOrPrefix: String) throws -> RunRecord {
        try read { db in try RunRows(db: db, path: path).existing(id: resolve(idOrPrefix, db)).run }
    }

    /// Latest first.
    public func runs(_ filter: RunFilter = RunFilter()) throws -> [RunRecord] {
        try read { db in
            let rows = RunRows(db: db, path: path)
            return try db.allRows(
                """
                \(RunRows.selection)
                WHERE status = COALESCE(?, status) AND evaluation = COALESCE(CAST(? AS TEXT), evaluation)
                    AND models.digest = COALESCE(CAST(? AS TEXT), models.digest)
                ORDER BY started_at DESC, runs.key DESC LIMIT ?
                """,
                [filter.status?.rawValue, filter.evaluation.stored, filter.modelDigest.stored, filter.limit ?? -1]
            ).map { try rows.decode($0).run }
        }
    }

    /// The latest unfinished run with this plan.
    public func latestResumable(planDigest: String) throws -> RunRecord? {
        try read { db in
            try db.firstRow(
                """
                \(RunRows.selection) WHERE plan_digest = ? AND status = 'started'
                ORDER BY started_at DESC, runs.key DESC LIMIT 1
                """,
                [planDigest]
            ).map { try RunRows(db: db, path: path).decode($0).run }
        }
    }

    /// The run that `--resume` continues.
    ///
    /// Runs of other models are not meant: one store holds many models, and each goes on by itself.
    ///
    /// - Throws: ``StoreError/resumeDiffers(run:fields:)`` where the latest unfinished run of the evaluation and the model
    ///   has another plan, ``StoreError/nothingToResume(evaluation:)`` where there is none.
    public func resumable(_ planned: RunRecord) throws -> RunRecord {
        if let run = try latestResumable(planDigest: planned.planDigest) { return run }
        let filter = RunFilter(
            status: .started, evaluation: planned.definition.name, modelDigest: planned.model.digest, limit: 1)
        guard let other = try runs(filter).first else {
            throw StoreError.nothingToResume(evaluation: planned.definition.name)
        }
        throw StoreError.resumeDiffers(run: other.id, fields: planned.identity.differences(from: other.identity))
    }

    public func metrics(_ id: String) throws -> [MetricRecord] {
        try read { db in
            let run = try RunRows(db: db, path: path).existing(id: id)
            return try MetricRows(db: db, path: path).all(run: run.key)
        }
    }

    /// Removes a run with all its rows, and models, sets and scorers that no run uses any more.
    public func delete(_ id: String) throws {
        try write { db in
            let run = try RunRows(db: db, path: path).existing(id: id)
            try db.run("DELETE FROM runs WHERE key = ?", [run.key])
            try db.run("DELETE FROM models WHERE key NOT IN (SELECT model FROM runs)", [])
            try db.run("DELETE FROM prompt_sets WHERE key NOT IN (SELECT prompt_set FROM run_prompt_sets)", [])
            try db.run(
                """
                DELETE FROM scorers WHERE NOT EXISTS (SELECT 1 FROM run_scorers WHERE scorer = scorers.key)
                    AND NOT EXISTS (SELECT 1 FROM scores WHERE run IN (SELECT key FROM runs) AND scorer = scorers.key)
                """,
                []
            )
        }
    }

    private func resolve(_ idOrPrefix: String, _ db: Database) throws -> String {
        let prefix = idOrPrefix.lowercased()
        guard !prefix.isEmpty, prefix.utf8.count <= 36, !prefix.utf8.contains(0) else {
            throw StoreError.unknownRun(idOrPrefix)
        }
        let ids = try db.allRows(
            "SELECT CAST(id AS BLOB) FROM runs WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 5", [prefix]
        ).map { try ColumnReader($0, path).text(0) }
        guard let first = ids.first else { throw StoreError.unknownRun(idOrPrefix) }
        guard ids.count == 1 else { throw StoreError.ambiguousRun(prefix: idOrPrefix, ids: ids) }
        return first
    }
}
