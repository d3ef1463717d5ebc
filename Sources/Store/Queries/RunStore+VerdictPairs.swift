internal import Dispatch
internal import Evaluation
internal import GRDB
internal import Synchronization

/// How many samples of one prompt two scorers accept, both, one or neither: what an analysis of a weak and a strong
/// verifier is made of.
public struct StoredVerdictPairs: Codable, Hashable, Sendable {
    public var run: String
    public var modelDigest: String
    /// See ``StoredTaskCounts/samplingDigest``.
    public var samplingDigest: String
    public var seed: UInt64
    public var weakVersion: Int
    public var strongVersion: Int
    public var promptSet: String
    public var promptID: String
    /// Samples with the value 1 from both scorers.
    public var bothAccept: Int
    public var weakAlone: Int
    public var strongAlone: Int
    public var neither: Int
    /// Samples that lack one of the two values.
    public var unscored: Int
    /// Samples with a value strictly between 0 and 1; not part of any other count.
    public var fractional: Int
}

extension RunStore {
    /// Counts for each run and prompt, by run and then in the order of the plan; runs that lack one of the scorers give
    /// none.
    ///
    /// One pass over the grades of each run in the order in which they are stored, two runs at a time, and one count in the
    /// key of samples for each prompt: about 0.6 s of one core for a million grades.
    ///
    /// - Parameters:
    ///   - runs: ids; nil takes every run.
    ///   - weak: a scorer's key in the run: `python-weak`.
    ///   - strong: the scorer that counts as the truth.
    public func verdictPairs(
        runs ids: [String]? = nil, weak: String, strong: String
    ) throws -> [StoredVerdictPairs] {
        let runs = try read { db in
            let records = RunRows(db: db, path: path)
            return try ids.map { try $0.map { try records.existing(id: $0) } }
                ?? db.allRows("\(RunRows.selection) ORDER BY runs.key").map(records.decode)
        }
        let found = Mutex<[Int: Result<[StoredVerdictPairs], any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: runs.count) { index in
            let (key, run) = runs[index]
            let pairs = Result { try read { try verdictPairs(of: run, key: key, weak: weak, strong: strong, $0) } }
            found.withLock { $0[index] = pairs }
        }
        let results = found.withLock { $0 }
        return try runs.indices.flatMap { try results[$0]?.get() ?? [] }
    }

    private func verdictPairs(
        of run: RunRecord, key: Int64, weak: String, strong: String, _ db: Database
    ) throws -> [StoredVerdictPairs] {
        guard let first = run.scorers.first(where: { $0.key == weak }),
            let second = run.scorers.first(where: { $0.key == strong })
        else { return [] }
        let scorers = ScorerRows(db: db)
        let keys = try [first, second].map { try scorers.key(name: $0.key, version: $0.version) }
        return try db.allRows(Self.verdictPairSQL, [key, keys[0], keys[1]]).map { row in
            let columns = ColumnReader(row, path)
            return StoredVerdictPairs(
                run: run.id, modelDigest: run.model.digest, samplingDigest: run.samplingDigest,
                seed: run.settings.generation.seed, weakVersion: first.version, strongVersion: second.version,
                promptSet: try columns.text(0), promptID: try columns.text(1), bothAccept: try columns.count(2),
                weakAlone: try columns.count(3), strongAlone: try columns.count(4), neither: try columns.count(5),
                unscored: try columns.count(6), fractional: try columns.count(7))
        }
    }

    /// A grade counts 2 for accepted, 1 for rejected, 0 where it is missing and 64 in between; those of the strong
    /// scorer four times. The sum of a sample's two grades tells every case apart.
    static let verdictPairSQL = """
        WITH pairs AS (
            SELECT prompt, sum(CASE value WHEN 1 THEN 2 WHEN 0 THEN 1 ELSE 64 * (value IS NOT NULL) END
                * CASE scorer WHEN ?2 THEN 1 ELSE 4 END) AS code
            FROM scores WHERE run = ?1 AND scorer IN (?2, ?3) GROUP BY prompt, sample
        ), counts AS (
            SELECT prompt, sum(code = 10) AS both, sum(code = 6) AS weak_alone, sum(code = 9) AS strong_alone,
                sum(code = 5) AS neither, sum(code >= 64) AS fractional
            FROM pairs GROUP BY prompt
        )
        SELECT CAST(prompt_set AS BLOB), CAST(id AS BLOB), ifnull(both, 0), ifnull(weak_alone, 0),
            ifnull(strong_alone, 0), ifnull(neither, 0),
            (SELECT count(*) FROM samples WHERE samples.run = ?1 AND samples.prompt = prompts.prompt)
                - ifnull(both + weak_alone + strong_alone + neither + fractional, 0),
            ifnull(fractional, 0)
        FROM prompts LEFT JOIN counts USING (prompt) WHERE prompts.run = ?1 ORDER BY prompts.prompt
        """

    /// How often samples that the weak scorer accepts have the value 1 from a third one, right ones and wrong ones
    /// apart.
    public func styleCounts(
        runs ids: [String], weak: String, strong: String, style: String
    ) throws -> [StoredStyleCounts] {
        try read { db in
            let records = RunRows(db: db, path: path)
            let scorers = ScorerRows(db: db)
            return try ids.flatMap { id -> [StoredStyleCounts] in
                let (key, run) = try records.existing(id: id)
                let named = [weak, strong, style].compactMap { name in run.scorers.first { $0.key == name } }
                guard named.count == 3 else { return [] }
                let keys = try named.map { try scorers.key(name: $0.key, version: $0.version) }
                return try db.allRows(Self.styleSQL, [key, keys[0], keys[1], keys[2]]).map { row in
                    let columns = ColumnReader(row, path)
                    return StoredStyleCounts(
                        run: id, seed: run.settings.generation.seed, styleVersion: named[2].version,
                        promptSet: try columns.text(0), promptID: try columns.text(1), right: try columns.count(2),
                        rightAdhering: try columns.count(3), wrong: try columns.count(4),
                        wrongAdhering: try columns.count(5), samples: try columns.count(6))
                }
            }
        }
    }

    private static let styleSQL = """
        WITH cells AS (
            SELECT weak.prompt, strong.value AS truth, style.value AS kept
            FROM scores AS weak
                JOIN scores AS strong USING (run, prompt, sample) JOIN scores AS style USING (run, prompt, sample)
            WHERE weak.run = ?1 AND weak.scorer = ?2 AND weak.value = 1 AND strong.scorer = ?3 AND style.scorer = ?4
                AND strong.value IN (0, 1) AND style.value IN (0, 1)
        )
        SELECT CAST(prompt_set AS BLOB), CAST(id AS BLOB), sum(truth = 1), sum(truth = 1 AND kept = 1), sum(truth = 0),
            sum(truth = 0 AND kept = 1),
            (SELECT count(*) FROM samples WHERE samples.run = ?1 AND samples.prompt = cells.prompt)
        FROM cells JOIN prompts ON prompts.run = ?1 AND prompts.prompt = cells.prompt
        GROUP BY cells.prompt ORDER BY cells.prompt
        """
}

/// See ``RunStore/styleCounts(runs:weak:strong:style:)``.
public struct StoredStyleCounts: Codable, Hashable, Sendable {
    public var run: String
    public var seed: UInt64
    public var styleVersion: Int
    public var promptSet: String
    public var promptID: String
    public var right: Int
    public var rightAdhering: Int
    public var wrong: Int
    public var wrongAdhering: Int
    /// All samples of the prompt, graded or not.
    public var samples: Int
}
