public import Evaluation
internal import GRDB

extension RunStore {
    /// Writes a sample with its grades, in one transaction.
    ///
    /// - Returns: whether it is new. One that is there already is kept, and must be the same in every bit.
    @discardableResult
    public func insert(_ sample: SampleRecord, run id: String) throws -> Bool {
        try write { db in try samples(of: id, db).insert(sample) }
    }

    /// What a run has, for ``EvaluationRunner`` to continue from. Memory: about 200 bytes a sample.
    public func completed(_ id: String) throws -> [GradedSample] {
        try read { db in try samples(of: id, db).graded() }
    }

    public func completedKeys(_ id: String) throws -> Set<SampleKey> {
        try read { db in
            let rows = try samples(of: id, db)
            let keys = try db.allRows("SELECT prompt, sample FROM samples WHERE run = ?", [rows.run]).map { row in
                let columns = ColumnReader(row, path)
                return SampleKey(promptIndex: try columns.index(0), sampleIndex: try columns.index(1))
            }
            return Set(keys)
        }
    }

    public func sampleCount(_ id: String) throws -> Int {
        try read { db in
            let rows = try samples(of: id, db)
            let row = try db.firstRow("SELECT count(*) FROM samples WHERE run = ?", [rows.run])
            return try row.map { try ColumnReader($0, path).count(0) } ?? 0
        }
    }

    /// Calls `body` with the samples of a run in the order of their keys, one in memory at a time, all of one moment.
    public func forEachSample(of id: String, _ body: (SampleRecord) throws -> Void) throws {
        try read { db in try samples(of: id, db).forEach(body) }
    }

    /// The samples of a run in the order of their keys; those of one prompt alone where `prompt` is given.
    public func samples(_ id: String, prompt: Int? = nil) throws -> [SampleRecord] {
        var found: [SampleRecord] = []
        let first = prompt.map { SampleKey(promptIndex: $0, sampleIndex: 0) }
        let last = prompt.map { SampleKey(promptIndex: $0, sampleIndex: Int.max) }
        try read { db in try samples(of: id, db).forEach(from: first, through: last) { found.append($0) } }
        return found
    }

    func samples(of id: String, _ db: Database) throws -> SampleRows {
        let row = try db.firstRow("SELECT key FROM runs WHERE id = CAST(? AS TEXT)", [id.stored])
        guard let row else { throw StoreError.unknownRun(id) }
        return SampleRows(db: db, path: path, run: try ColumnReader(row, path).integer(0), runID: id)
    }
}
