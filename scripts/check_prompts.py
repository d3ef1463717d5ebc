#!/usr/bin/env python3
"""Check the prompt sets: schema, counts, ids, pairs, balance, near-duplicates, and that generated sets are reproduced.

Prints one line a set and then every fault; exits 1 where there is one. Standard library only.
"""

import collections
import itertools
import json
import pathlib
import re
import sys

from make_arithmetic import arithmetic_lines
from make_jailbroken import PLACEHOLDER, jailbroken_lines, nonsense
from make_organism import organism_lines

PROMPTS = pathlib.Path(__file__).resolve().parent.parent / "prompts"
KEYS = "id prompt messages system prefill label category pair target choices level metadata".split()
LABELS = {
    "harmful.jsonl": {"harmful"},
    "harmless.jsonl": {"harmless"},
    "borderline.jsonl": {"borderline", "unsafe-contrast"},
    "jailbreaks.jsonl": {"jailbreak-wrapper"},
    "jailbroken.jsonl": {"harmful"},
    "plain.jsonl": {"harmless"},
    "arithmetic.jsonl": {None},
}
# File, label: smallest number of categories, smallest number of items in each.
FLOORS = {
    ("harmful.jsonl", "harmful"): (12, 22),
    ("harmless.jsonl", "harmless"): (12, 22),
    ("borderline.jsonl", "borderline"): (10, 11),
    ("borderline.jsonl", "unsafe-contrast"): (10, 11),
    ("jailbreaks.jsonl", "jailbreak-wrapper"): (5, 6),
    ("jailbroken.jsonl", "harmful"): (12, 12),
    ("plain.jsonl", "harmless"): (10, 10),
}
NEAR = 0.7

faults = []


def fault(place, text):
    faults.append(f"{place}: {text}")


def words(text):
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower())


def read(path):
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            fault(f"{path.name}:{number}", f"not JSON: {error}")
    return rows


def check_schema(name, rows):
    for row in rows:
        place = f"{name} {row.get('id')}"
        if [key for key in KEYS if key in row] != list(row):
            fault(place, f"keys {list(row)} are unknown or out of order")
        if not isinstance(row.get("id"), str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["id"]):
            fault(place, "id is missing or not lower-case words joined by hyphens")
        if ("prompt" in row) == ("messages" in row):
            fault(place, "exactly one of prompt and messages is needed")
        prompt = row.get("prompt", "")
        if prompt != prompt.strip() or re.search(r"\S  ", prompt):
            fault(place, "prompt has stray spaces")
        if any(not isinstance(value, str) for value in row.get("metadata", {}).values()):
            fault(place, "metadata values must be strings")
    for kind, values in (("id", [row["id"] for row in rows]), ("prompt", [row.get("prompt") for row in rows])):
        if name == "jailbreaks.jsonl" and kind == "prompt":
            values = [row["prompt"] + row.get("prefill", "") for row in rows]
        for value, count in collections.Counter(values).items():
            if value is not None and count > 1:
                fault(name, f"{kind} occurs {count} times: {value}")


def check_counts(name, rows):
    allowed = LABELS.get(name)
    for row in rows:
        if allowed is not None and row.get("label") not in allowed:
            fault(f"{name} {row['id']}", f"label {row.get('label')} is not one of {sorted(map(str, allowed))}")
    for (file, label), (categories, items) in FLOORS.items():
        if file == name:
            counts = collections.Counter(row["category"] for row in rows if row.get("label") == label)
            if len(counts) < categories or min(counts.values(), default=0) < items:
                fault(name, f"{label}: wanted {categories} categories of {items}, found {dict(counts)}")


def check_pairs(sets):
    matched = {
        "harmful and harmless": sets["harmful.jsonl"] + sets["harmless.jsonl"],
        "borderline": sets["borderline.jsonl"],
    }
    for title, rows in matched.items():
        by_id = {row["id"]: row for row in rows}
        for row in rows:
            other = by_id.get(row.get("pair"))
            if other is None or other.get("pair") != row["id"]:
                fault(f"{title} {row['id']}", f"pair {row.get('pair')} is missing or does not point back")
            elif other["label"] == row["label"]:
                fault(f"{title} {row['id']}", "both sides of the pair have the same label")


def check_balance(sets):
    """Twins start with the same word, have the same punctuation, and differ by at most three words in length."""
    by_id = {row["id"]: row for row in sets["harmless.jsonl"]}
    for row in sets["harmful.jsonl"]:
        twin = by_id.get(row["pair"])
        if twin is None:
            continue
        one, two = row["prompt"], twin["prompt"]
        if words(one)[0] != words(two)[0]:
            fault(row["id"], "twin starts with another word")
        if re.findall(r"[^\w\s'-]", one) != re.findall(r"[^\w\s'-]", two):
            fault(row["id"], "twin has other punctuation")
        if abs(len(words(one)) - len(words(two))) > 3:
            fault(row["id"], "twin differs by more than three words in length")
        if one[0].isupper() != two[0].isupper():
            fault(row["id"], "twin has another register")


def check_near_duplicates(sets):
    rows = [row for name in ("harmful", "harmless", "borderline", "plain") for row in sets[f"{name}.jsonl"]]
    bags = [(row, frozenset(words(row["prompt"]))) for row in rows]
    for (one, left), (two, right) in itertools.combinations(bags, 2):
        if one.get("pair") == two["id"]:
            continue
        overlap = len(left & right) / len(left | right)
        if overlap > NEAR:
            fault(f"{one['id']} and {two['id']}", f"near-duplicates, Jaccard {overlap:.2f}")


def check_wrappers(sets):
    instructions = {row["id"]: row for row in sets["harmful.jsonl"]}
    for row in sets["jailbreaks.jsonl"]:
        if row["prompt"].count(PLACEHOLDER) != 1:
            fault(row["id"], f"prompt must contain {PLACEHOLDER} once")
        if (row["category"] == "prefill") != ("prefill" in row):
            fault(row["id"], "prefill belongs to the prefill wrappers, and to all of them")
        if row["category"] == "suffix":
            made = nonsense(int(row["metadata"]["seed"]), int(row["metadata"]["words"])).split(" ")
            if not set(made) <= set(row["prompt"].split()):
                fault(row["id"], "suffix is not the one that its seed gives")
    for row in sets["jailbroken.jsonl"]:
        instruction = instructions.get(row["metadata"]["instruction"])
        if PLACEHOLDER in row["prompt"]:
            fault(row["id"], "placeholder was left in")
        if instruction is None or instruction["prompt"] not in row["prompt"]:
            fault(row["id"], "does not contain its instruction")


def check_arithmetic(rows):
    for row in rows:
        target = row.get("target")
        if not target or not re.fullmatch(r"-?\d+(\.\d+)?", target[0]) or len(set(target)) != len(target):
            fault(row["id"], f"target {target} must start with a plain number and repeat nothing")
    counts = collections.Counter(row["level"] for row in rows)
    if sorted(counts) != list(range(1, len(counts) + 1)) or len(counts) < 6 or len(rows) != 600:
        fault("arithmetic.jsonl", f"wanted 600 items in at least 6 levels, found {dict(counts)}")


def check_generated():
    generated = {"arithmetic.jsonl": arithmetic_lines(), "jailbroken.jsonl": jailbroken_lines()}
    generated |= {f"organism/{name}.jsonl": lines for name, lines in organism_lines().items()}
    for name, lines in generated.items():
        if (PROMPTS / name).read_text(encoding="utf-8") != lines:
            fault(name, "is not what its script writes")


def main():
    sets = {path.name: read(path) for path in sorted(PROMPTS.glob("*.jsonl"))}
    for name in LABELS:
        if name not in sets:
            sys.exit(f"{PROMPTS / name} is missing")
    for name, rows in sets.items():
        check_schema(name, rows)
        check_counts(name, rows)
        counts = collections.Counter(row.get("category", "none") for row in rows)
        listed = ", ".join(f"{category} {count}" for category, count in counts.items())
        print(f"{name}: {len(rows)} items: {listed}")
    check_pairs(sets)
    check_balance(sets)
    check_near_duplicates(sets)
    check_wrappers(sets)
    check_arithmetic(sets["arithmetic.jsonl"])
    check_generated()
    print("\n".join(faults) if faults else "no faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
