internal import GRDB

/// The tables, as named migrations in order. A migration that was released is never edited: a change is a new one.
enum StoreSchema {
    /// `ASAY`, in the header of every store.
    static let applicationID: Int64 = 0x4153_4159

    static let names = ["1-runs", "2-training", "3-training-results"]

    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(names[0], foreignKeyChecks: .immediate) { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: runs)
            try db.execute(sql: samples)
        }
        migrator.registerMigration(names[1], foreignKeyChecks: .immediate) { db in try db.execute(sql: training) }
        migrator.registerMigration(names[2], foreignKeyChecks: .immediate) { db in
            try db.execute(sql: trainingResults)
        }
        return migrator
    }

    private static let runs = """
        CREATE TABLE models (
            key INTEGER PRIMARY KEY,
            digest TEXT NOT NULL,
            architecture TEXT NOT NULL,
            UNIQUE (digest, architecture)
        ) STRICT;
        CREATE TABLE prompt_sets (
            key INTEGER PRIMARY KEY,
            digest TEXT NOT NULL,
            name TEXT NOT NULL,
            format TEXT NOT NULL,
            UNIQUE (digest, name, format)
        ) STRICT;
        CREATE TABLE scorers (
            key INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (name, version)
        ) STRICT;
        CREATE TABLE runs (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            evaluation TEXT NOT NULL,
            evaluation_version INTEGER NOT NULL,
            definition TEXT NOT NULL CHECK (length(definition) > 1),
            settings TEXT NOT NULL CHECK (length(settings) > 1),
            environment TEXT NOT NULL CHECK (length(environment) > 1),
            model INTEGER NOT NULL REFERENCES models (key),
            model_name TEXT NOT NULL,
            template_digest TEXT,
            compute_mode TEXT NOT NULL,
            backend TEXT NOT NULL,
            planned_samples INTEGER NOT NULL CHECK (planned_samples >= 0),
            plan_digest TEXT NOT NULL CHECK (length(plan_digest) = 64),
            sampling_digest TEXT NOT NULL CHECK (length(sampling_digest) = 64),
            status TEXT NOT NULL CHECK (status IN ('started', 'finished', 'failed')),
            started_at TEXT NOT NULL,
            finished_at TEXT,
            CHECK (CASE status WHEN 'started' THEN finished_at IS NULL WHEN 'finished' THEN finished_at IS NOT NULL
                ELSE 1 END)
        ) STRICT;
        CREATE INDEX runs_by_plan ON runs (plan_digest, status);
        CREATE TABLE run_prompt_sets (
            run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            prompt_set INTEGER NOT NULL REFERENCES prompt_sets (key),
            prompt_count INTEGER NOT NULL CHECK (prompt_count >= 0),
            PRIMARY KEY (run, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run_scorers (
            run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            scorer INTEGER NOT NULL REFERENCES scorers (key),
            PRIMARY KEY (run, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE metrics (
            run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            scorer TEXT NOT NULL,
            "group" TEXT NOT NULL,
            value REAL,
            lower REAL,
            upper REAL,
            scored INTEGER NOT NULL CHECK (scored >= 0),
            unscored INTEGER NOT NULL CHECK (unscored >= 0),
            PRIMARY KEY (run, position),
            UNIQUE (run, name, scorer, "group")
        ) STRICT, WITHOUT ROWID;
        """

    /// `scores` repeats the run and the prompt so that counting per prompt reads one index and nothing else.
    private static let samples = """
        CREATE TABLE prompts (
            run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
            prompt INTEGER NOT NULL CHECK (prompt >= 0),
            prompt_set TEXT NOT NULL,
            id TEXT NOT NULL,
            label TEXT,
            category TEXT,
            ids BLOB NOT NULL CHECK (length(ids) % 4 = 0),
            PRIMARY KEY (run, prompt)
        ) STRICT;
        CREATE TABLE samples (
            run INTEGER NOT NULL,
            prompt INTEGER NOT NULL,
            sample INTEGER NOT NULL CHECK (sample >= 0),
            ids BLOB NOT NULL CHECK (length(ids) % 4 = 0),
            log_probabilities BLOB NOT NULL CHECK (length(log_probabilities) % 4 = 0),
            text TEXT NOT NULL,
            finish TEXT NOT NULL CHECK (finish IN ('stop', 'length', 'choice', 'error')),
            error TEXT,
            PRIMARY KEY (run, prompt, sample),
            FOREIGN KEY (run, prompt) REFERENCES prompts (run, prompt) ON DELETE CASCADE,
            CHECK ((finish = 'error') = (error IS NOT NULL))
        ) STRICT;
        CREATE TABLE scores (
            run INTEGER NOT NULL,
            prompt INTEGER NOT NULL,
            sample INTEGER NOT NULL,
            scorer INTEGER NOT NULL REFERENCES scorers (key),
            position INTEGER NOT NULL,
            value REAL CHECK (value BETWEEN 0 AND 1),
            unscored TEXT,
            label TEXT,
            answer TEXT,
            PRIMARY KEY (run, prompt, sample, scorer),
            FOREIGN KEY (run, prompt, sample) REFERENCES samples (run, prompt, sample) ON DELETE CASCADE,
            CHECK ((value IS NULL) = (unscored IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX scores_by_prompt ON scores (run, scorer, prompt, value);
        """

    private static let training = """
        CREATE TABLE training_runs (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            kind TEXT NOT NULL,
            model TEXT NOT NULL,
            identity TEXT NOT NULL CHECK (length(identity) = 64),
            recipe TEXT NOT NULL CHECK (length(recipe) > 1),
            environment TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('started', 'finished')),
            started_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX training_runs_by_identity ON training_runs (identity, status);
        CREATE TABLE training_steps (
            run INTEGER NOT NULL REFERENCES training_runs (key) ON DELETE CASCADE,
            step INTEGER NOT NULL CHECK (step >= 1),
            loss REAL NOT NULL,
            gradient_norm REAL NOT NULL,
            learning_rate REAL NOT NULL,
            tokens INTEGER NOT NULL CHECK (tokens >= 0),
            targets INTEGER NOT NULL CHECK (targets >= 0),
            seconds REAL NOT NULL,
            accuracy REAL,
            margin REAL,
            PRIMARY KEY (run, step)
        ) STRICT, WITHOUT ROWID;
        """

    /// A run may fail, with a reason, and has evaluations. A constraint cannot be changed in its place: both tables are
    /// made anew, steps first removed and last filled, so that no reference is ever broken.
    private static let trainingResults = """
        CREATE TEMP TABLE former_runs AS SELECT * FROM training_runs;
        CREATE TEMP TABLE former_steps AS SELECT * FROM training_steps;
        DROP TABLE training_steps;
        DROP TABLE training_runs;
        CREATE TABLE training_runs (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            kind TEXT NOT NULL,
            model TEXT NOT NULL,
            identity TEXT NOT NULL CHECK (length(identity) = 64),
            recipe TEXT NOT NULL CHECK (length(recipe) > 1),
            environment TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('started', 'finished', 'failed')),
            started_at TEXT NOT NULL,
            reason TEXT,
            CHECK ((status = 'failed') = (reason IS NOT NULL))
        ) STRICT;
        CREATE INDEX training_runs_by_identity ON training_runs (identity, status);
        CREATE TABLE training_steps (
            run INTEGER NOT NULL REFERENCES training_runs (key) ON DELETE CASCADE,
            step INTEGER NOT NULL CHECK (step >= 1),
            loss REAL NOT NULL,
            gradient_norm REAL NOT NULL,
            learning_rate REAL NOT NULL,
            tokens INTEGER NOT NULL CHECK (tokens >= 0),
            targets INTEGER NOT NULL CHECK (targets >= 0),
            seconds REAL NOT NULL,
            accuracy REAL,
            margin REAL,
            PRIMARY KEY (run, step)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE training_evaluations (
            run INTEGER NOT NULL REFERENCES training_runs (key) ON DELETE CASCADE,
            step INTEGER NOT NULL CHECK (step >= 1),
            loss REAL NOT NULL,
            accuracy REAL,
            margin REAL,
            PRIMARY KEY (run, step)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO training_runs
        SELECT key, id, kind, model, identity, recipe, environment, status, started_at, NULL FROM temp.former_runs;
        INSERT INTO training_steps SELECT * FROM temp.former_steps;
        DROP TABLE temp.former_runs;
        DROP TABLE temp.former_steps;
        """
}
