"""Makes a database of many stored verdicts, to see how long reports take.

    python3 scripts/make_verdicts.py OUT.sqlite [--generators 10] [--tasks 500] [--samples 1000]

Every sample has two verdicts, python-weak and python-strong; the standard size holds ten million. Texts are empty and
the model is made up: the file measures the query and the report, and nothing else. The tables are those of
Sources/Store/Opening/StoreSchema.swift, which the program checks when it opens the file.
"""

import argparse
import hashlib
import json
import re
import sqlite3
import time
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[1] / "Sources" / "Store" / "Opening" / "StoreSchema.swift"


def create(db):
    source = SCHEMA.read_text()
    names = re.findall(r'"(\d+-[a-z-]+)"', source.split("static let names")[1].split("]")[0])
    first = re.search(r'registerMigration\(names\[0\].*?\n        \}', source, re.S).group(0)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA application_id = 0x41534159")
    for table in re.findall(r"execute\(sql: (\w+)\)", first):
        block = re.search(rf'static let {table} = """\n(.*?)\n        """', source, re.S).group(1)
        lines = [line[8:] if line.startswith(" " * 8) else line for line in block.split("\n")]
        db.executescript("\n".join(lines))
    db.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    db.execute("INSERT INTO grdb_migrations VALUES (?)", (names[0],))


def add_run(db, key, tasks, samples, strength):
    digest = hashlib.sha256(f"made-up-{key}".encode()).hexdigest()
    definition = {
        "name": "made-up", "version": 1, "description": "", "prompts": [], "format": "chat", "task": "generate",
        "generation": generation(samples, key), "scorers": [],
    }
    settings = {"generation": generation(samples, key)}
    environment = {"assayVersion": "0", "cpu": "none", "threads": 1, "batch": 1}
    db.execute("INSERT INTO models VALUES (?, ?, 'made-up')", (key, digest))
    db.execute(
        "INSERT INTO runs VALUES (?, ?, 'made-up', 1, ?, ?, ?, ?, ?, NULL, 'f32', 'none', ?, ?, ?, 'finished', ?, ?)",
        (
            key, f"00000000-0000-4000-8000-{key:012d}", json.dumps(definition), json.dumps(settings),
            json.dumps(environment), key, f"generator-{key}", tasks * samples, digest, digest,
            "2025-01-01T00:00:00Z", "2025-01-01T00:00:01Z",
        ),
    )
    db.executemany("INSERT INTO run_scorers VALUES (?, ?, ?)", [(key, 0, 1), (key, 1, 2)])
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {})"
    db.execute(
        numbers.format(tasks) + " INSERT INTO prompts SELECT ?, i, 'made-up', printf('task-%04d', i), NULL, NULL, x'' FROM n",
        (key,),
    )
    both = (
        f"WITH RECURSIVE t(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM t WHERE p + 1 < {tasks}), "
        f"s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {samples}), "
        # A multiplicative hash of (run, task, sample) in 0..999, and a share of right samples that depends on the task.
        f"h AS (SELECT p, i, (((p * 1000003 + i * 7919 + {key} * 104729) * 2654435761) >> 12) % 1000 AS x, "
        f"CASE p % 10 WHEN 0 THEN 2 WHEN 1 THEN 20 ELSE min(960, {strength} + 60 * (p % 10)) END AS right FROM t, s) "
    )
    db.execute(f"{both} INSERT INTO samples SELECT {key}, p, i, x'', x'', '', 'stop', NULL FROM h")
    for scorer, test in [(1, "x < right + (1000 - right) / 6"), (2, "x < right")]:
        db.execute(f"{both} INSERT INTO scores SELECT {key}, p, i, {scorer}, {scorer - 1}, {test}, NULL, NULL, NULL FROM h")


def generation(samples, seed):
    return {
        "samples": samples, "max_tokens": 1, "temperature": 0.8, "top_p": 1, "top_k": 0, "min_p": 0, "stop": [],
        "seed": seed,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--generators", type=int, default=10)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--samples", type=int, default=1000)
    options = parser.parse_args()
    options.out.unlink(missing_ok=True)
    start = time.time()
    with sqlite3.connect(options.out, isolation_level=None) as db:
        create(db)
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.execute("INSERT INTO scorers VALUES (1, 'python-weak', 1), (2, 'python-strong', 1)")
        for key in range(1, options.generators + 1):
            add_run(db, key, options.tasks, options.samples, 40 * key)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        count = db.execute("SELECT count(*) FROM scores").fetchone()[0]
    print(f"{count} verdicts in {options.out}, made in {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
