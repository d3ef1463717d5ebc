internal import Evaluation
internal import GRDB

/// How many samples of one prompt one scorer found right: what pass@k is made of.
public struct StoredTaskCounts: Codable, Hashable, Sendable {
    public var run: String
    public var modelDigest: String
    /// Digest of what changes a sample of a prompt, the seed aside; with the scorer and its version, what must agree for
    /// runs to be pooled.
    public var samplingDigest: String
    public var seed: UInt64
    public var scorer: String
    public var scorerVersion: Int
    public var promptSet: String
    public var promptID: String
    /// Samples with a grade: n.
    public var scored: Int
    /// Scored samples with the value 1: c.
    public var correct: Int
    /// Scored samples with a value strictly between 0 and 1, for which right or wrong is not defined.
    public var fractional: Int
    /// Samples without a grade; not part of `scored`.
    public var unscored: Int
}

extension RunStore {
    /// Counts for each run and prompt, by run and then in the order of the plan. Samples that were never looked at by the
    /// scorer of a run are unscored as those are that it could not grade.
    ///
    /// One grouping over an index of grades and one count in the key of samples for each prompt: about 0.4 s for a million
    /// samples of 1,000 prompts.
    ///
    /// - Parameters:
    ///   - runs: ids; nil takes every run.
    ///   - scorer: its key in the run: `numeric`, `refusal/refusal-direction`.
    public func taskCounts(runs ids: [String]? = nil, scorer: String) throws -> [StoredTaskCounts] {
        try read { db in
            let records = RunRows(db: db, path: path)
            let keys = try ids.map { try $0.map { try records.existing(id: $0).key } }
            let known = try db.allRows(RunRows.selection).map(records.decode)
            let runs = Dictionary(uniqueKeysWithValues: known.map { ($0.key, $0.run) })
            let digests = runs.mapValues(\.samplingDigest)
            return try db.allRows(Self.taskCountSQL(runs: keys), [scorer.stored]).compactMap { row in
                let columns = ColumnReader(row, path)
                let key = try columns.integer(0)
                guard let run = runs[key], let digest = digests[key] else { return nil }
                return try counts(columns, run: run, samplingDigest: digest, scorer: scorer)
            }
        }
    }

    private func counts(
        _ columns: ColumnReader,
        run: RunRecord,
        samplingDigest: String,
        scorer: String
    ) throws -> StoredTaskCounts {
        StoredTaskCounts(
            run: run.id,
            modelDigest: run.model.digest,
            samplingDigest: samplingDigest,
            seed: run.settings.generation.seed,
            scorer: scorer,
            scorerVersion: Int(try columns.integer(1)),
            promptSet: try columns.text(2),
            promptID: try columns.text(3),
            scored: try columns.count(4),
            correct: try columns.count(5),
            fractional: try columns.count(6),
            unscored: try columns.count(7)
        )
    }

    /// Run keys are integers of the store itself, so that they may stand in the text.
    static func taskCountSQL(runs: [Int64]?) -> String {
        let list = runs.map { "IN (\($0.map(String.init).joined(separator: ", ")))" }
        return """
            WITH graded AS (
                SELECT runs.key AS run, scorers.key AS scorer, version FROM runs JOIN scorers
                WHERE name = CAST(? AS TEXT) \(list.map { "AND runs.key \($0)" } ?? "") AND (
                    EXISTS (SELECT 1 FROM scores WHERE scores.run = runs.key AND scores.scorer = scorers.key)
                    OR EXISTS (SELECT 1 FROM run_scorers AS own WHERE own.run = runs.key AND own.scorer = scorers.key))
            ), counts AS (
                SELECT run, scorer, prompt, count(value) AS scored, total(value = 1) AS correct,
                    total(value > 0 AND value < 1) AS fractional
                FROM scores WHERE scorer IN (SELECT scorer FROM graded) \(list.map { "AND run \($0)" } ?? "")
                GROUP BY run, scorer, prompt
            )
            SELECT graded.run, version, CAST(prompt_set AS BLOB), CAST(id AS BLOB), ifnull(scored, 0),
                CAST(ifnull(correct, 0) AS INTEGER), CAST(ifnull(fractional, 0) AS INTEGER),
                (SELECT count(*) FROM samples WHERE samples.run = prompts.run AND samples.prompt = prompts.prompt)
                    - ifnull(scored, 0)
            FROM graded JOIN prompts USING (run) LEFT JOIN counts USING (run, scorer, prompt)
            ORDER BY graded.run, version, prompts.prompt
            """
    }

    /// How SQLite carries a statement out, one step a line.
    func queryPlan(_ sql: String, _ arguments: [String]) throws -> [String] {
        try read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(arguments)).map {
                try ColumnReader($0, path).detail(3)
            }
        }
    }
}
