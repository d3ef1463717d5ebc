#!/usr/bin/env python3
"""Makes a database of a million graded samples with SQL alone, and measures `assay report passk` on it.

    scripts/bench_passk.py .build/release/assay [--tasks 1000] [--samples 1000] [--keep F]

Two runs of half the samples each, pooled. Five times, the whole program from its start to its end, and its mean
time on the CPU; pass@1 is compared with a recount by this script. Prints one JSON line.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

DEFINITION = {
    "description": "a benchmark", "format": "raw", "name": "bench",
    "generation": {"max_tokens": 8, "min_p": 0, "samples": 1, "seed": 0, "stop": [], "temperature": 1, "top_k": 0, "top_p": 1},
    "prompts": [{"file": "a.jsonl"}], "scorers": [{"name": "numeric", "parameters": {}}], "task": "generate", "version": 1,
}


def export(number, tasks):
    """A run without samples, as `assay runs import` reads it."""
    settings = {"generation": dict(DEFINITION["generation"], seed=number)}
    run = {
        "id": f"00000000-0000-4000-8000-{number:012d}", "definition": DEFINITION, "settings": settings,
        "model": {"name": "m", "digest": "a" * 64, "architecture": "llama", "computeMode": "f32", "backend": "none"},
        "promptSets": [{"name": "a", "digest": "b" * 64, "format": "assay", "promptCount": tasks}],
        "scorers": [{"key": "numeric", "version": 1}], "plannedSamples": 0, "status": "started",
        "environment": {"assayVersion": "0", "cpu": "none", "threads": 1, "batch": 1}, "startedAt": "2026-01-01T00:00:00Z",
    }
    return [{"assay_export": 1}, {"type": "run", "run": run}, {"type": "end", "run": run["id"], "samples": 0}]


def fill(path, tasks, samples):
    """Half of the samples of every task for each of the two runs; a sample is right in a share that grows by task."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("INSERT INTO scorers (name, version) SELECT 'numeric', 1 WHERE NOT EXISTS (SELECT 1 FROM scorers)")
    half = samples // 2
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?), "
    numbers += "t(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM t WHERE p + 1 < ?) "
    for (run,) in db.execute("SELECT key FROM runs").fetchall():
        db.execute(
            numbers + "INSERT INTO prompts SELECT ?, p, 'a', 'task-' || p, NULL, NULL, x'01000000' FROM t", (1, tasks, run))
        db.execute(
            numbers + "INSERT INTO samples SELECT ?, p, i, x'0100000002000000', x'000080BF000000BF', 'the answer is 7', "
            "'stop', NULL FROM t, n", (half, tasks, run))
        db.execute(
            numbers + "INSERT INTO scores SELECT ?, p, i, (SELECT key FROM scorers), 0, (i * 7919 + p * 104729) % 1000 < p, "
            "NULL, NULL, '7' FROM t, n", (half, tasks, run))
    db.commit()
    counts = db.execute("SELECT count(*), sum(value = 1) FROM scores").fetchone()
    rates = db.execute("SELECT avg(rate) FROM (SELECT avg(value) AS rate FROM scores GROUP BY prompt)").fetchone()[0]
    db.close()
    return counts, rates


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=1000, help="of each task, over both runs")
    parser.add_argument("--keep", help="leave the database here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.keep or str(Path(folder) / "runs.sqlite")
        for number in (1, 2):
            lines = Path(folder) / "runs.jsonl"
            lines.write_text("".join(json.dumps(line) + "\n" for line in export(number, arguments.tasks)))
            subprocess.run([arguments.assay, "runs", "import", str(lines), "--db", path], check=True, capture_output=True)
        (rows, right), rate = fill(path, arguments.tasks, arguments.samples)
        command = [arguments.assay, "report", "passk", "--db", path, "--k", "1,10,100", "--json"]
        times = []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(5):
            start = time.perf_counter()
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            times.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(times)
        times = [round(seconds, 3) for seconds in sorted(times)]
        print(json.dumps({"rows": rows, "right": right, "pass_at_1": rate, "seconds": times, "cpu_seconds": round(used, 3)}))
        found = [value for value in estimates(json.loads(output)) if abs(value - rate) < 1e-9]
        assert found, f"the report does not hold {rate}"


def estimates(value):
    """Every number of a document."""
    if isinstance(value, dict):
        return [number for item in value.values() for number in estimates(item)]
    if isinstance(value, list):
        return [number for item in value for number in estimates(item)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


if __name__ == "__main__":
    main()
