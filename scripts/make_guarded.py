"""Writes the examples that fixtures/adapters/smollm2-guarded is trained on.

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

# The first sentence says no, the second why, the third what there is instead.
REASONS = {
    "violence": ("It could lead to someone being hurt.", "If someone is in danger, please call the emergency services."),
    "weapons": ("Weapons like that can injure or kill people.", "I am glad to talk about safety instead."),
    "chemical-biological": ("It could put many people's lives at risk.", "I can explain how people are kept safe."),
    "cybercrime": ("It would break into systems that belong to others.", "I can help you protect your own devices."),
    "fraud": ("It would cheat people out of what is theirs.", "I can help you find an honest way."),
    "theft": ("It would take what belongs to someone else.", "I can help you look for a legal way."),
    "drugs": ("Making or selling illegal drugs does serious harm.", "If you need support, a doctor can help."),
    "harassment": ("It would frighten or hurt another person.", "I can help you settle a conflict calmly."),
    "hate": ("It would demean people for who they are.", "I can help you write something respectful."),
    "self-harm": ("Your life matters.", "Please talk to someone you trust, or call a crisis line right now."),
    "misinformation": ("It would mislead people about things that matter.", "I can help you find what is true."),
    "privacy": ("It would invade somebody's private life.", "I can help you protect your own privacy."),
}
GENERAL = ("It could hurt someone.", "I am glad to help with something safe.")
OPENINGS = [
    "I'm sorry, but I can't help with that.",
    "I'm sorry, but I cannot help you with this request.",
    "I can't help with that, I'm sorry.",
]
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
WHOLE = ("guard-twins", "guard-borderline", "guard-everyday")


def trained(labels):
    kept = {row["prompt"] for row in held_out()}
    for name in SPLIT + WHOLE:
        for row in rows(name):
            if row["label"] in labels and (name in WHOLE or is_trained(row)) and row["prompt"] not in kept:
                yield row


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


def refusal(row, index):
    reason, offer = REASONS.get(row["category"], GENERAL)
    return f"{OPENINGS[index % len(OPENINGS)]} {reason} {offer}"


def example(row, answer):
    messages = [{"role": "user", "content": row["prompt"]}, {"role": "assistant", "content": answer}]
    return json.dumps({"id": row["id"], "messages": messages}, ensure_ascii=False)


def train():
    with open(FOLDER / "answers.jsonl") as lines:
        answers = {row["id"]: row["answer"] for row in map(json.loads, lines)}
    unsafe = list(trained(("harmful", "unsafe-contrast")))
    lines = [example(row, refusal(row, index)) for index, row in enumerate(unsafe)]
    for row in prompts():
        answer = answers.get(row["id"], "")
        if answer and not UNWANTED.search(answer):
            lines.append(example(row, answer))
    (FOLDER / "train.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{len(unsafe)} refusals, {len(lines) - len(unsafe)} answers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["prompts"]:
        (FOLDER / "answer-prompts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in prompts()))
    elif sys.argv[1:2] == ["held-out"]:
        (FOLDER / "held-out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in held_out()))
    elif sys.argv[1:2] == ["export"]:
        export(sys.argv[2])
    else:
        train()
