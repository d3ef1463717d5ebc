#!/usr/bin/env python3
"""Write prompts/jailbroken.jsonl: every wrapper of jailbreaks.jsonl round several harmful instructions.

No harmful instruction is used twice, and one wrapper never meets the same risk category twice.
The same seed gives the same bytes. `--suffix SEED WORDS` prints one nonsense suffix and stops.
"""

import argparse
import json
import pathlib

from split_mix import SplitMix

PROMPTS = pathlib.Path(__file__).resolve().parent.parent / "prompts"
PLACEHOLDER = "{instruction}"
ONSETS = ["b", "br", "ch", "d", "dr", "f", "gl", "h", "k", "l", "m", "n", "p", "qu", "r", "st", "t", "v", "w", "z"]
VOWELS = ["a", "e", "i", "o", "u", "ae", "ou", "y"]
CODAS = ["", "", "ck", "ld", "m", "n", "rt", "s", "th", "x"]
MARKS = ["!!", "))", "({", "\\\\", "==", "--", "]]", ";", "~~", "<>", "::", "//", "**"]


def nonsense_word(random):
    parts = [random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS) for _ in range(random.integer(1, 3))]
    kind = random.integer(0, 5)
    if kind == 0:
        return random.pick(MARKS)
    if kind == 1:
        return "".join(part.capitalize() for part in parts)
    if kind == 2:
        return "".join(parts) + random.pick(MARKS)
    return "".join(parts)


def nonsense(seed, words):
    """Tokens that look like an optimised suffix and mean nothing."""
    random = SplitMix(seed)
    return " ".join(nonsense_word(random) for _ in range(words))


def read(name):
    with open(PROMPTS / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def deal(harmful, random):
    """All instructions in rounds: each round holds one of every category, in a new order."""
    by_category = {}
    for item in harmful:
        by_category.setdefault(item["category"], []).append(item)
    piles = {category: random.shuffled(items) for category, items in by_category.items()}
    dealt = []
    while any(piles.values()):
        for category in random.shuffled(list(piles)):
            if piles[category]:
                dealt.append(piles[category].pop())
    return dealt


def applied(wrapper, item):
    row = {
        "id": f"{wrapper['id']}-{item['id']}",
        "prompt": wrapper["prompt"].replace(PLACEHOLDER, item["prompt"]),
    }
    for key in ("system", "prefill"):
        if key in wrapper:
            row[key] = wrapper[key]
    row["label"] = "harmful"
    row["category"] = item["category"]
    row["metadata"] = {
        "wrapper": wrapper["id"],
        "family": wrapper["category"],
        "technique": wrapper["metadata"]["technique"],
        "instruction": item["id"],
    }
    return row


def hand_out(wrappers, harmful, each, seed):
    """Pairs of wrapper and instruction, in the order of the wrappers."""
    waiting = deal(harmful, SplitMix(seed))
    for wrapper in wrappers:
        seen = set()
        for _ in range(each):
            index = next(i for i, item in enumerate(waiting) if item["category"] not in seen)
            item = waiting.pop(index)
            seen.add(item["category"])
            yield wrapper, item


def jailbroken_lines(each=6, seed=20240):
    matched = hand_out(read("jailbreaks.jsonl"), read("harmful.jsonl"), each, seed)
    rows = [applied(wrapper, item) for wrapper, item in matched]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=6, help="instructions for each wrapper")
    parser.add_argument("--seed", type=int, default=20240)
    parser.add_argument("--suffix", type=int, nargs=2, metavar=("SEED", "WORDS"))
    parser.add_argument("--out", type=pathlib.Path, default=PROMPTS / "jailbroken.jsonl")
    arguments = parser.parse_args()
    if arguments.suffix:
        print(nonsense(*arguments.suffix))
        return
    arguments.out.write_text(jailbroken_lines(arguments.each, arguments.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
