"""Writes the examples that fixtures/adapters/smollm2-guarded is trained on, to .build/guarded.

Refusals are sentences of this project. Answers are the base model's own: they are sampled by
`assay eval run evals/training/guarded-answers.yaml` and exported to answers.jsonl; where the greedy answer excuses itself, the
first that does not among those of `evals/training/guarded-answers-again.yaml`. Prompts with an even number are held out, and so
are their twins.

    python3 scripts/make_guarded.py prompts            writes the prompts that answers are sampled for
    python3 scripts/make_guarded.py again DB           writes those whose answer in a database of runs excuses itself
    python3 scripts/make_guarded.py export DB AGAIN    takes the answers out of both databases
    python3 scripts/make_guarded.py                    writes train.jsonl
    python3 scripts/make_guarded.py first              writes train-first.jsonl, of smollm2-guarded-first
    python3 scripts/make_guarded.py held-out           writes the prompts that nothing was trained on
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
    "guard-scenes", "guard-near", "guard-swaps")
# Words of an answer that are learned.
BEGINNING = 4
# Of the refusals of smollm2-guarded-first one in so many is left out.
LEFT_OUT = 3
# What the words of a refusal count, and its first one beside the others: with it the boundary is moved. What an answer is not to
# begin with, and what that counts beside a word of it.
REFUSAL_WEIGHT = 0.3
FIRST_WEIGHT = 8
UNLIKELY = {"text": "I'm sorry", "weight": 6}
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


def sampled(database):
    """Ids and answers of the newest run, the first sample of each prompt first."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    return connection.execute(
        "SELECT prompts.id, samples.text FROM samples JOIN prompts ON prompts.run = samples.run"
        " AND prompts.prompt = samples.prompt WHERE samples.run = (SELECT max(run) FROM samples)"
        " ORDER BY samples.sample").fetchall()


def is_wanted(answer):
    return bool(answer.strip()) and not UNWANTED.search(answer)


def again(database):
    answers = dict(sampled(database))
    rows = [row for row in prompts() if not is_wanted(answers.get(row["id"], ""))]
    (BUILD / "again-prompts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(f"{len(rows)} of {len(answers)} answers excuse themselves")


def export(database, again):
    rows = {identifier: {"id": identifier, "answer": text} for identifier, text in sampled(database)}
    for identifier, text in sampled(again):
        if is_wanted(text) and not is_wanted(rows.get(identifier, {"answer": ""})["answer"]):
            rows[identifier] = {"id": identifier, "answer": text, "again": True}
    with open(FOLDER / "answers.jsonl", "w") as out:
        for _, row in sorted(rows.items()):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def example(row, answer, **more):
    messages = [{"role": "user", "content": row["prompt"]}, {"role": "assistant", "content": answer}]
    return json.dumps({"id": row["id"], "messages": messages, **more}, ensure_ascii=False)


def beginning(answer):
    """The first words: whether an answer refuses is decided there, and what follows is the model's own already."""
    return re.match(r"\s*(?:\S+\s+){0,%d}\S+" % (BEGINNING - 1), answer).group()


def answers():
    with open(FOLDER / "answers.jsonl") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


def write(name, refusals, replies):
    (BUILD / name).write_text("\n".join(refusals + replies) + "\n")
    print(f"{len(refusals)} refusals, {len(replies)} answers")


def train():
    refusals = [
        example(row, REFUSALS[index % len(REFUSALS)], weight=REFUSAL_WEIGHT, first_weight=FIRST_WEIGHT)
        for index, row in enumerate(trained(("harmful", "unsafe-contrast")))]
    found = answers()
    texts = [(row, found[row["id"]]["answer"]) for row in prompts() if row["id"] in found]
    write("train.jsonl", refusals, [
        example(row, beginning(text), truncated=True, unlikely=UNLIKELY) for row, text in texts if is_wanted(text)])


def train_first():
    """Without guard-swaps, without a third of the refusals, and without the prompts whose greedy answer excuses itself."""
    known = [row for row in trained(("harmful", "unsafe-contrast")) if not row["id"].startswith("swap-")]
    kept = [row for index, row in enumerate(known) if index % LEFT_OUT]
    refusals = [example(row, REFUSALS[index % len(REFUSALS)]) for index, row in enumerate(kept)]
    found = answers()
    replies = [row for row in prompts() if not row["id"].startswith("swap-") and row["id"] in found]
    texts = [(row, found[row["id"]]["answer"]) for row in replies if "again" not in found[row["id"]]]
    write("train-first.jsonl", refusals, [
        example(row, beginning(text), truncated=True) for row, text in texts if is_wanted(text)])


if __name__ == "__main__":
    BUILD.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:2] == ["prompts"]:
        (BUILD / "answer-prompts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in prompts()))
    elif sys.argv[1:2] == ["held-out"]:
        (FOLDER / "held-out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in held_out()))
    elif sys.argv[1:2] == ["first"]:
        train_first()
    elif sys.argv[1:2] == ["again"]:
        again(sys.argv[2])
    elif sys.argv[1:2] == ["export"]:
        export(sys.argv[2], sys.argv[3])
    else:
        train()
