import Evaluation
import Foundation
import GRDB
import TestSupport
import Testing
import Training

@testable import Store

/// Statements that a constraint must refuse, each on a store with a finished run of twelve samples.
private let refused: [(sql: String, code: ResultCode)] = [
    ("UPDATE models SET digest = NULL", .SQLITE_CONSTRAINT_NOTNULL),
    ("INSERT INTO models SELECT 9, digest, architecture FROM models", .SQLITE_CONSTRAINT_UNIQUE),
    ("INSERT INTO models (digest, architecture) VALUES (x'00', 'llama')", .SQLITE_CONSTRAINT_DATATYPE),
    ("INSERT INTO prompt_sets SELECT 9, digest, name, format FROM prompt_sets", .SQLITE_CONSTRAINT_UNIQUE),
    ("UPDATE prompt_sets SET format = NULL", .SQLITE_CONSTRAINT_NOTNULL),
    ("INSERT INTO scorers SELECT 9, name, version FROM scorers LIMIT 1", .SQLITE_CONSTRAINT_UNIQUE),
    ("UPDATE scorers SET version = 'one'", .SQLITE_CONSTRAINT_DATATYPE),
    ("DELETE FROM models", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("DELETE FROM prompt_sets", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("DELETE FROM scorers", .SQLITE_CONSTRAINT_FOREIGNKEY),

    ("UPDATE runs SET id = 'short'", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET evaluation = NULL", .SQLITE_CONSTRAINT_NOTNULL),
    ("UPDATE runs SET definition = ''", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET settings = '{'", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET environment = ''", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET model = 99", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE runs SET planned_samples = -1", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET plan_digest = 'abc'", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET sampling_digest = 'abc'", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET status = 'done'", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET status = 'started'", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE runs SET finished_at = NULL", .SQLITE_CONSTRAINT_CHECK),
    (
        """
        INSERT INTO runs SELECT 9, id, evaluation, evaluation_version, definition, settings, environment, model,
            model_name, template_digest, compute_mode, backend, planned_samples, plan_digest, sampling_digest, status,
            started_at, finished_at FROM runs
        """, .SQLITE_CONSTRAINT_UNIQUE
    ),

    ("INSERT INTO run_prompt_sets VALUES (99, 0, 1, 1)", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE run_prompt_sets SET prompt_set = 99", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE run_prompt_sets SET prompt_count = -1", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE run_prompt_sets SET position = 0", .SQLITE_CONSTRAINT_PRIMARYKEY),
    ("INSERT INTO run_scorers VALUES (99, 0, 1)", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE run_scorers SET scorer = 99", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE run_scorers SET position = 0", .SQLITE_CONSTRAINT_PRIMARYKEY),

    ("UPDATE metrics SET scored = -1", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE metrics SET unscored = -1", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE metrics SET value = 'x'", .SQLITE_CONSTRAINT_DATATYPE),
    ("UPDATE metrics SET \"group\" = 'all'", .SQLITE_CONSTRAINT_UNIQUE),
    ("UPDATE metrics SET position = 0", .SQLITE_CONSTRAINT_PRIMARYKEY),
    ("UPDATE metrics SET run = 99", .SQLITE_CONSTRAINT_FOREIGNKEY),

    ("INSERT INTO prompts VALUES (99, 0, 'a', 'p', NULL, NULL, x'')", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("INSERT INTO prompts VALUES (1, 0, 'a', 'p', NULL, NULL, x'')", .SQLITE_CONSTRAINT_PRIMARYKEY),
    ("INSERT INTO prompts VALUES (1, -1, 'a', 'p', NULL, NULL, x'')", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO prompts VALUES (1, 9, 'a', 'p', NULL, NULL, x'00')", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO prompts VALUES (1, 9, NULL, 'p', NULL, NULL, x'')", .SQLITE_CONSTRAINT_NOTNULL),

    ("INSERT INTO samples VALUES (1, 9, 0, x'', x'', '', 'stop', NULL)", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("INSERT INTO samples VALUES (1, 0, 0, x'', x'', '', 'stop', NULL)", .SQLITE_CONSTRAINT_PRIMARYKEY),
    ("INSERT INTO samples VALUES (1, 0, -1, x'', x'', '', 'stop', NULL)", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO samples VALUES (1, 0, 9, x'00', x'', '', 'stop', NULL)", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO samples VALUES (1, 0, 9, x'', x'0000', '', 'stop', NULL)", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO samples VALUES (1, 0, 9, x'', x'', '', 'end', NULL)", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO samples VALUES (1, 0, 9, x'', x'', '', 'error', NULL)", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO samples VALUES (1, 0, 9, x'', x'', '', 'stop', 'why')", .SQLITE_CONSTRAINT_CHECK),
    ("INSERT INTO samples VALUES (1, 0, 9, 'text', x'', '', 'stop', NULL)", .SQLITE_CONSTRAINT_DATATYPE),

    ("INSERT INTO scores VALUES (1, 0, 0, 1, 0, 1, NULL, NULL, NULL)", .SQLITE_CONSTRAINT_PRIMARYKEY),
    ("INSERT INTO scores VALUES (1, 0, 9, 1, 0, 1, NULL, NULL, NULL)", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE scores SET scorer = 99 WHERE scorer = 1", .SQLITE_CONSTRAINT_FOREIGNKEY),
    ("UPDATE scores SET value = 1.5 WHERE value IS NOT NULL", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE scores SET value = -0.5 WHERE value IS NOT NULL", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE scores SET value = NULL", .SQLITE_CONSTRAINT_CHECK),
    ("UPDATE scores SET unscored = 'why'", .SQLITE_CONSTRAINT_CHECK),
]

struct SchemaTests {
    @Test func everyConstraintRefusesWhatItMust() throws {
        try withStore { store in
            try store.add(Example.run(), Example.samples(), metrics: Example.metrics)
            let before = try store.exported()
            for (sql, code) in refused {
                let error = #expect(throws: DatabaseError.self, "\(sql)") {
                    try store.pool.write { db in try db.execute(sql: sql) }
                }
                #expect(error?.extendedResultCode == code, "\(sql): \(String(describing: error?.message))")
            }
            #expect(try store.exported() == before)
        }
    }

    @Test func deletingARunTakesItsRowsAndLeavesThoseOfOthers() throws {
        try withStore { store in
            try store.add(Example.run(2), Example.samples(), metrics: Example.metrics)
            let kept = try store.exported()
            let counts = try rowCounts(store)
            var other = Example.run(1)
            other.model.digest = String(repeating: "d", count: 64)
            other.promptSets[0].name = "another"
            other.scorers.append(ScorerReference(key: "exact", version: 1))
            var samples = Example.samples()
            samples[0].scores[0].version = 4
            try store.add(other, samples, metrics: Example.metrics)
            #expect(try rowCounts(store)["models"] == 2)
            #expect(try rowCounts(store)["scorers"] == 4)
            try store.delete(other.id)
            #expect(try store.exported() == kept)
            #expect(try rowCounts(store) == counts)
            try store.delete(Example.id(2))
            #expect(try rowCounts(store).values.allSatisfy { $0 == 0 })
            #expect(throws: StoreError.unknownRun(Example.id(2))) { try store.delete(Example.id(2)) }
        }
    }

    @Test func migrationsAreNamedAndMakeAMarkedFile() throws {
        try withStore { store in
            #expect(StoreSchema.names == ["1-runs", "2-training", "3-training-results"])
            try store.pool.read { (db: Database) throws in
                #expect(try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations") == StoreSchema.names)
                #expect(try Int64.fetchOne(db, sql: "PRAGMA application_id") == 0x4153_4159)
                #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
                #expect(try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
                #expect(try Int.fetchOne(db, sql: "PRAGMA trusted_schema") == 0)
            }
        }
    }

    /// A store from before trainings could fail keeps its runs and their steps, and takes what is new.
    @Test func trainingsOutliveTheMigration() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("runs.sqlite").path
            let id = Example.id(7)
            let former = try DatabaseQueue(path: path)
            try StoreSchema.migrator().migrate(former, upTo: "2-training")
            try former.write { (db: Database) throws in
                try db.execute(
                    sql: """
                        INSERT INTO training_runs VALUES (3, ?, 'sft', 'm', ?, '{}', 'e', 'started', 't');
                        INSERT INTO training_steps VALUES (3, 1, 0.5, 0.25, 0.125, 7, 3, 2, NULL, 1);
                        """, arguments: [id, String(repeating: "a", count: 64)])
            }
            try former.close()
            let store = try RunStore(path: path, durability: .processEnd)
            let runs = try store.trainingRuns()
            #expect(runs.map(\.id) == [id] && runs[0].status == .started && runs[0].reason == nil)
            let steps = try store.trainingSteps(id)
            #expect(steps.map(\.loss) == [0.5] && steps[0].margin == 1 && steps[0].accuracy == nil)
            #expect(try store.trainingEvaluations(id).isEmpty)
            try store.failTraining(id, reason: "why")
            #expect(try store.trainingRuns()[0].reason == "why")
            #expect(try store.integrity() == ["ok"])
            for sql in [
                "UPDATE training_runs SET reason = NULL", "UPDATE training_runs SET status = 'started'",
                "UPDATE training_runs SET status = 'done'", "INSERT INTO training_evaluations VALUES (3, 0, 1, 1, 1)",
                "INSERT INTO training_evaluations VALUES (9, 1, 1, 1, 1)",
                "INSERT INTO training_evaluations VALUES (3, 1, NULL, 1, 1)",
            ] {
                #expect(throws: DatabaseError.self, "\(sql)") {
                    try store.pool.write { db in try db.execute(sql: sql) }
                }
            }
        }
    }

    @Test func commitsWaitForTheDiskUnlessToldOtherwise() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("runs.sqlite").path
            for (durability, level) in [(RunStore.Durability.powerLoss, 2), (.processEnd, 1)] {
                let store = try RunStore(path: path, durability: durability)
                let found = try store.pool.writeWithoutTransaction { db in
                    try Int.fetchOne(db, sql: "PRAGMA synchronous")
                }
                #expect(found == level)
                try store.close()
            }
        }
    }

    private func rowCounts(_ store: RunStore) throws -> [String: Int] {
        try store.pool.read { (db: Database) throws in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'grdb_migrations'")
            return try tables.reduce(into: [:]) { counts, table in
                counts[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
            }
        }
    }
}
