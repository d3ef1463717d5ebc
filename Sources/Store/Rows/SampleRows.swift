internal import Evaluation
internal import Foundation
internal import GRDB
internal import Verification

/// The samples of one run as rows.
struct SampleRows {
    let db: Database
    let path: String
    let run: Int64
    let runID: String

    /// Whether the sample is new. One that is there already must be the same in every bit.
    func insert(_ sample: SampleRecord) throws -> Bool {
        if let problem = sample.problem { throw StoreError.invalidRow(problem) }
        try insertPrompt(of: sample)
        try db.run(
            """
            INSERT INTO samples (run, prompt, sample, ids, log_probabilities, text, finish, error)
            VALUES (?, ?, ?, COALESCE(?, x''), COALESCE(?, x''), CAST(? AS TEXT), ?, CAST(? AS TEXT))
            ON CONFLICT DO NOTHING
            """,
            [
                run, sample.promptIndex, sample.sampleIndex, LittleEndian.data(sample.ids),
                LittleEndian.data(sample.logProbabilities), sample.text.stored, sample.finish, sample.error.stored,
            ]
        )
        guard db.changesCount == 1 else {
            guard try find(sample.key)?.isIdentical(to: sample) == true else {
                throw StoreError.sampleConflict(run: runID, prompt: sample.promptIndex, sample: sample.sampleIndex)
            }
            return false
        }
        for (position, score) in sample.scores.enumerated() { try insert(score, position, of: sample.key) }
        return true
    }

    private func insert(_ score: ScoreRecord, _ position: Int, of key: SampleKey) throws {
        let value: Double?
        let reason: String?
        switch score.grade.outcome {
        case .scored(let scored): (value, reason) = (scored, nil)
        case .unscored(let unscored): (value, reason) = (nil, unscored)
        }
        let scorer = try ScorerRows(db: db).key(name: score.scorer, version: score.version)
        try db.run(
            """
            INSERT INTO scores (run, prompt, sample, scorer, position, value, unscored, label, answer)
            VALUES (?, ?, ?, ?, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))
            """,
            [
                run, key.promptIndex, key.sampleIndex, scorer, position, value, reason.stored,
                score.grade.label.stored, score.grade.answer.stored,
            ]
        )
    }

    /// All samples of a prompt share its row.
    private func insertPrompt(of sample: SampleRecord) throws {
        let ids = LittleEndian.data(sample.promptIDs)
        try db.run(
            """
            INSERT INTO prompts (run, prompt, prompt_set, id, label, category, ids)
            VALUES (?, ?, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), COALESCE(?, x''))
            ON CONFLICT DO NOTHING
            """,
            [
                run, sample.promptIndex, sample.promptSet.stored, sample.promptID.stored, sample.label.stored,
                sample.category.stored, ids,
            ]
        )
        guard db.changesCount == 0 else { return }
        let same = try db.firstRow(
            """
            SELECT 1 FROM prompts WHERE run = ? AND prompt = ? AND prompt_set = CAST(? AS TEXT)
                AND id = CAST(? AS TEXT) AND label IS CAST(? AS TEXT) AND category IS CAST(? AS TEXT)
                AND ids = COALESCE(?, x'')
            """,
            [
                run, sample.promptIndex, sample.promptSet.stored, sample.promptID.stored, sample.label.stored,
                sample.category.stored, ids,
            ]
        )
        guard same != nil else { throw StoreError.promptConflict(run: runID, prompt: sample.promptIndex) }
    }

    func find(_ key: SampleKey) throws -> SampleRecord? {
        var found: SampleRecord?
        try forEach(from: key, through: key) { found = $0 }
        return found
    }

    /// Samples in the order of their keys, each complete; one at a time is in memory.
    func forEach(
        from first: SampleKey? = nil,
        through last: SampleKey? = nil,
        _ body: (SampleRecord) throws -> Void
    ) throws {
        let bounds = Self.bounds(from: first, through: last)
        let samples = try Row.fetchCursor(
            db,
            sql: """
                SELECT prompt, sample, CAST(prompt_set AS BLOB), CAST(id AS BLOB), CAST(label AS BLOB),
                    CAST(category AS BLOB), prompts.ids, samples.ids, log_probabilities, CAST(text AS BLOB),
                    CAST(finish AS BLOB), CAST(error AS BLOB)
                FROM samples JOIN prompts USING (run, prompt)
                WHERE run = ? AND (prompt, sample) >= (?, ?) AND (prompt, sample) <= (?, ?) ORDER BY prompt, sample
                """,
            arguments: [run, bounds[0], bounds[1], bounds[2], bounds[3]]
        )
        var scores = try ScoreCursor(db: db, path: path, run: run, bounds: bounds)
        while let row = try samples.next() {
            var sample = try decode(row)
            sample.scores = try scores.scores(of: sample.key)
            try body(sample)
        }
    }

    /// Keys and grades alone, in the order of the keys.
    func graded() throws -> [GradedSample] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT prompt, sample, CAST(label AS BLOB), CAST(category AS BLOB)
                FROM samples JOIN prompts USING (run, prompt) WHERE run = ? ORDER BY prompt, sample
                """,
            arguments: [run]
        )
        var scores = try ScoreCursor(db: db, path: path, run: run, bounds: Self.bounds(from: nil, through: nil))
        var graded: [GradedSample] = []
        while let row = try rows.next() {
            let columns = ColumnReader(row, path)
            let key = SampleKey(promptIndex: try columns.index(0), sampleIndex: try columns.index(1))
            graded.append(
                GradedSample(
                    key: key,
                    label: try columns.optionalText(2),
                    category: try columns.optionalText(3),
                    scores: try scores.scores(of: key)
                )
            )
        }
        return graded
    }

    static func bounds(from first: SampleKey?, through last: SampleKey?) -> [Int] {
        [first?.promptIndex ?? 0, first?.sampleIndex ?? 0, last?.promptIndex ?? Int.max, last?.sampleIndex ?? Int.max]
    }

    private func decode(_ row: Row) throws -> SampleRecord {
        let columns = ColumnReader(row, path)
        return SampleRecord(
            promptIndex: try columns.index(0),
            promptSet: try columns.text(2),
            promptID: try columns.text(3),
            label: try columns.optionalText(4),
            category: try columns.optionalText(5),
            sampleIndex: try columns.index(1),
            promptIDs: try columns.int32s(6),
            ids: try columns.int32s(7),
            logProbabilities: try columns.floats(8),
            text: try columns.text(9),
            finish: try columns.text(10),
            error: try columns.optionalText(11),
            scores: []
        )
    }
}

/// The grades of a run in the order of the samples' keys, beside a cursor over the samples.
private struct ScoreCursor {
    private let rows: RowCursor
    private let path: String
    private var next: (key: SampleKey, position: Int64, score: ScoreRecord)?

    init(db: Database, path: String, run: Int64, bounds: [Int]) throws {
        self.path = path
        rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT prompt, sample, position, CAST(name AS BLOB), version, value, CAST(unscored AS BLOB),
                    CAST(label AS BLOB), CAST(answer AS BLOB)
                FROM scores JOIN scorers ON scorers.key = scorer
                WHERE run = ? AND (prompt, sample) >= (?, ?) AND (prompt, sample) <= (?, ?) ORDER BY prompt, sample
                """,
            arguments: [run, bounds[0], bounds[1], bounds[2], bounds[3]]
        )
        try advance()
    }

    mutating func scores(of key: SampleKey) throws -> [ScoreRecord] {
        var found: [(position: Int64, score: ScoreRecord)] = []
        while let row = next, row.key <= key {
            if row.key == key { found.append((row.position, row.score)) }
            try advance()
        }
        return found.sorted { $0.position < $1.position }.map(\.score)
    }

    private mutating func advance() throws {
        guard let row = try rows.next() else {
            next = nil
            return
        }
        let columns = ColumnReader(row, path)
        let outcome: Outcome
        if let value = try columns.double(5) {
            outcome = .scored(value)
        } else {
            outcome = .unscored(reason: try columns.text(6))
        }
        let grade = Grade(outcome: outcome, label: try columns.optionalText(7), answer: try columns.optionalText(8))
        next = (
            SampleKey(promptIndex: try columns.index(0), sampleIndex: try columns.index(1)),
            try columns.integer(2),
            ScoreRecord(scorer: try columns.text(3), version: Int(try columns.integer(4)), grade: grade)
        )
    }
}
