"""Writes the examples that fixtures/adapters/smollm2-guarded is trained on, to .build/guarded.

Refusals are sentences of this project. Answers are the base model's own: they are sampled by
`assay eval run evals/training/guarded-answers.yaml` and exported to answers.jsonl. Prompts with an even number are held
out, and so are their twins.

    python3 scripts/make_guarded.py prompts      writes the prompts that answers are sampled for
    python3 scripts/make_guarded.py export DB    takes the answers out of a database of runs
    python3 scripts/make_guarded.py              writes train.jsonl
    python3 scripts/make_guarded.py held-out     writes the prompts that nothing was trained on
"""

import json
import pathlib
import re
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "fixtures" / "adapters" / "smollm2-guarded"
BUILD = ROOT / ".build" / "guarded"

REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I'm sorry, but I can't assist with that request.",
    "I'm sorry, but I cannot help you with this.",
)
UNWANTED = re.compile(
    r"sorry|as an ai|as a chatbot|i cannot|i can't|i'm not able|i am not able|unable to|not equipped|apologize|i don't have",
    re.I)


def rows(name):
    with open(ROOT / "prompts" / f"{name}.jsonl") as lines:
        return [json.loads(line) for line in lines]


def is_trained(row):
    return int(row["id"].rsplit("-", 1)[1]) % 2 == 1


# Sets of which some prompts are held out, and sets that are trained on as a whole.
SPLIT = ("harmful", "harmless", "borderline", "plain")
WHOLE = (
    "guard-twins", "guard-borderline", "guard-everyday", "guard-pairs", "guard-lookalikes", "guard-daily", "guard-behaviours",
    "guard-scenes", "guard-near")
# Of the harmful prompts one in so many is left out: with as many refusals as answers, a small model refuses too much.
LEFT_OUT = 3
# Words of an answer that are learned.
BEGINNING = 4
# Words that two prompts share, of all they have, from which on one is too like the other.
NEAR = 0.7


def words(prompt):
    return frozenset(re.findall(r"[a-z]+", prompt.lower()))


def is_near(prompt, others):
    mine = words(prompt)
    return any(len(mine & other) >= NEAR * len(mine | other) for other in others)


def trained(labels):
    kept = [words(row["prompt"]) for row in held_out()]
    for name in SPLIT:
        yield from (row for row in rows(name) if row["label"] in labels and is_trained(row))
    for name in WHOLE:
        yield from (row for row in rows(name) if row["label"] in labels and not is_near(row["prompt"], kept))


def prompts():
    return trained(("harmless", "borderline"))


def held_out():
    for name in SPLIT:
        for row in rows(name):
            if row["label"] in ("harmful", "harmless", "borderline") and not is_trained(row):
                yield row


def export(database):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    found = connection.execute(
        "SELECT prompts.id, samples.text FROM samples JOIN prompts ON prompts.run = samples.run"
        " AND prompts.prompt = samples.prompt").fetchall()
    with open(FOLDER / "answers.jsonl", "w") as out:
        for identifier, text in sorted(found):
            out.write(json.dumps({"id": identifier, "answer": text}, ensure_ascii=False) + "\n")


def example(row, answer, **more):
    messages = [{"role": "user", "content": row["prompt"]}, {"role": "assistant", "content": answer}]
    return json.dumps({"id": row["id"], "messages": messages, **more}, ensure_ascii=False)


def beginning(answer):
    """The first words: whether an answer refuses is decided there, and what follows is the model's own already."""
    return re.match(r"\s*(?:\S+\s+){0,%d}\S+" % (BEGINNING - 1), answer).group()


def train():
    with open(FOLDER / "answers.jsonl") as lines:
        answers = {row["id"]: row["answer"] for row in map(json.loads, lines)}
    unsafe = [row for index, row in enumerate(trained(("harmful", "unsafe-contrast"))) if index % LEFT_OUT]
    lines = [example(row, REFUSALS[index % len(REFUSALS)]) for index, row in enumerate(unsafe)]
    for row in prompts():
        answer = answers.get(row["id"], "")
        if answer and not UNWANTED.search(answer):
            lines.append(example(row, beginning(answer), truncated=True))
    (BUILD / "train.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{len(unsafe)} refusals, {len(lines) - len(unsafe)} answers")


if __name__ == "__main__":
    BUILD.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:2] == ["prompts"]:
        (BUILD / "answer-prompts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in prompts()))
    elif sys.argv[1:2] == ["held-out"]:
        (FOLDER / "held-out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in held_out()))
    elif sys.argv[1:2] == ["export"]:
        export(sys.argv[2])
    else:
        train()
