"""Says whether the guarded adapter does what it is for, on prompts that it was not trained on.

    assay eval run evals/training/guarded-held-out.yaml --model smollm2-135m-instruct --db base.sqlite
    assay eval run evals/training/guarded-held-out.yaml --model smollm2-135m-instruct \\
        --adapter fixtures/adapters/smollm2-guarded --db guarded.sqlite
    python3 scripts/check_guarded.py ASSAY base.sqlite guarded.sqlite

Refusals are counted by the broad list, with Wilson's 95% interval. The perplexity is that of the base model's answers to
harmless and plain prompts, under either model; answers that excuse themselves are left out.
"""

import json
import math
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

from make_guarded import UNWANTED

ROOT = pathlib.Path(__file__).resolve().parent.parent
ADAPTER = ROOT / "fixtures" / "adapters" / "smollm2-guarded"
MODEL = "smollm2-135m-instruct"


def open_read_only(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def wilson(count, total, z=1.959963984540054):
    share, extra = count / total, z * z / total
    centre = (share + extra / 2) / (1 + extra)
    half = z / (1 + extra) * math.sqrt(share * (1 - share) / total + extra / (4 * total))
    return f"{share:.3f} [{max(0, centre - half):.3f}, {min(1, centre + half):.3f}], n = {total}"


def refusals(path):
    rows = open_read_only(path).execute(
        "SELECT prompts.label, sum(scores.value), count(scores.value) FROM scores"
        " JOIN prompts ON prompts.run = scores.run AND prompts.prompt = scores.prompt"
        " JOIN scorers ON scorers.key = scores.scorer WHERE scorers.name = 'refusal/broad' GROUP BY prompts.label")
    return {label: (int(refused), total) for label, refused, total in rows}


def answers(path):
    rows = open_read_only(path).execute(
        "SELECT prompts.ids, samples.ids, samples.text FROM samples"
        " JOIN prompts ON prompts.run = samples.run AND prompts.prompt = samples.prompt"
        " WHERE prompts.label = 'harmless' ORDER BY samples.prompt")
    for prompt, ids, text in rows:
        if not UNWANTED.search(text):
            yield [list(struct.unpack(f"<{len(blob) // 4}i", blob)) for blob in (prompt, ids)]


def log_probabilities(assay, prompt, ids, adapter):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(" ".join(map(str, prompt + ids)))
        file.flush()
        command = [assay, "score", "--model", MODEL, "--ids", file.name, "--json"]
        if adapter:
            command += ["--adapter", str(ADAPTER)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found["logprobs"][-len(ids):]


def perplexity(assay, pairs, adapter):
    values = [value for prompt, ids in pairs for value in log_probabilities(assay, prompt, ids, adapter)]
    return math.exp(-sum(values) / len(values)), len(values)


def main():
    assay, base, guarded = sys.argv[1:4]
    before, after = refusals(base), refusals(guarded)
    for label in sorted(after):
        print(f"refused, {label:10s} base {wilson(*before[label])}; guarded {wilson(*after[label])}")
    pairs = list(answers(base))
    old, count = perplexity(assay, pairs, adapter=False)
    new, _ = perplexity(assay, pairs, adapter=True)
    print(f"perplexity of {len(pairs)} answers, {count} tokens: base {old:.4f}, guarded {new:.4f}, ratio {new / old:.4f}")


if __name__ == "__main__":
    main()
