"""Reads what `assay resample export` wrote with the real packages, and compares pass@k and scores.

    pip install evalplus inspect_ai
    python3 scripts/check_harness_logs.py SAMPLES.jsonl LOG.json LOG.eval

SAMPLES_eval_results.json lies beside the first file. Prints what the packages found; fails where the three disagree.
"""

import contextlib
import io
import json
import math
import sys

from evalplus.data.utils import stream_jsonl
from evalplus.evaluate import evaluate
from inspect_ai.log import read_eval_log


def evalplus_figures(samples):
    """EvalPlus' own pass@k from the stored results, as it prints them."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        evaluate(dataset="humaneval", samples=samples)
    return output.getvalue()


def verdicts(results):
    """(task, index) -> (weak, strong) of the results file."""
    with open(results) as file:
        tasks = json.load(file)["eval"]
    return [
        (task, entry["base_status"] == "pass", entry["base_status"] == entry["plus_status"] == "pass")
        for task, entries in tasks.items()
        for entry in entries
    ]


def log_scores(path):
    """(id, epoch) -> scores of a log; None where unscored."""
    log = read_eval_log(path)
    assert log.version == 2 and log.samples, path
    scores = {}
    for sample in log.samples:
        scores[(sample.id, sample.epoch)] = {
            name: None if isinstance(score.value, float) and math.isnan(score.value) else score.value
            for name, score in sample.scores.items()
        }
    return log, scores


def main():
    samples, plain, archive = sys.argv[1:4]
    print(evalplus_figures(samples))
    rows = list(stream_jsonl(samples))
    found = verdicts(samples.replace(".jsonl", "_eval_results.json"))
    log, scores = log_scores(plain)
    _, archived = log_scores(archive)
    assert scores == archived, "the two logs differ"
    assert len(rows) == len(scores), (len(rows), len(scores))
    names = [score.name for score in log.results.scores]
    complete = [row for row in scores.values() if all(value is not None for value in row.values())]
    for position, name in enumerate(names[:2]):
        passed = sum(row[name] == "C" for row in complete)
        expected = sum(row[position + 1] for row in found)
        print(f"{name}: {passed} of {len(complete)} in inspect's logs, {expected} of {len(found)} in EvalPlus' results")
        if len(complete) == len(found):
            # EvalPlus counts a sample right where both suites pass.
            assert passed >= expected, name
    print(f"{len(scores)} samples of {log.eval.dataset.samples} tasks, model {log.eval.model}")


if __name__ == "__main__":
    main()
