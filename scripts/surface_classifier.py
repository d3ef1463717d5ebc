#!/usr/bin/env python3
"""How far surface alone tells two sides of paired prompt sets apart.

A logistic regression on the words of a prompt (and on its length, first word and last mark) is trained and tested by
cross-validation; the two items of a pair are always in the same fold. Standard library only.

AUROC 0.5 means that words say nothing; 1.0 means that words say all.
"""

import argparse
import json
import math
import pathlib
import re

from split_mix import SplitMix

PROMPTS = pathlib.Path(__file__).resolve().parent.parent / "prompts"
FOLDS = 10
STEPS = 300
RATE = 0.5


def read(name):
    with open(PROMPTS / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def words(text):
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower())


def bag_of_words(text):
    """Binary word features, scaled to length one."""
    present = sorted(set(words(text)))
    scale = 1 / math.sqrt(len(present))
    return {word: scale for word in present}


def shape_only(text):
    """First word, last character, question mark, and length: what is left when words are gone."""
    tokens = words(text)
    return {
        "first=" + tokens[0]: 1.0,
        "last=" + text[-1]: 1.0,
        "comma": 0.5 * text.count(","),
        "words": len(tokens) / 20,
        "characters": len(text) / 100,
    }


def pairs(rows):
    by_id = {row["id"]: row for row in rows}
    return [(row, by_id[row["pair"]]) for row in rows if row["label"] in ("harmful", "unsafe-contrast")]


def sigmoid(x):
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def fit(examples, penalty):
    """Full-batch gradient descent on the L2-penalised log loss."""
    weights, bias = {}, 0.0
    for _ in range(STEPS):
        gradient, bias_gradient = {}, 0.0
        for features, label in examples:
            error = sigmoid(bias + sum(weights.get(k, 0.0) * v for k, v in features.items())) - label
            bias_gradient += error
            for key, value in features.items():
                gradient[key] = gradient.get(key, 0.0) + error * value
        rate = RATE * 10 / len(examples)
        bias -= rate * bias_gradient / 10
        for key, value in gradient.items():
            weights[key] = weights.get(key, 0.0) - rate * (value + penalty * weights.get(key, 0.0))
    return weights, bias


def auroc(scored):
    """Probability that a positive scores above a negative; ties count one half."""
    ordered = sorted(scored)
    positives = sum(label for _, label in ordered)
    total, index = 0.0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        middle_rank = (index + end + 1) / 2
        total += middle_rank * sum(label for _, label in ordered[index:end])
        index = end
    return (total - positives * (positives + 1) / 2) / (positives * (len(ordered) - positives))


def cross_validated(matched, featurise, penalty=1.0, seed=7):
    order = SplitMix(seed).shuffled(range(len(matched)))
    scored, ranked = [], 0.0
    for fold in range(FOLDS):
        held_out = set(order[fold::FOLDS])
        examples = []
        for index, (positive, negative) in enumerate(matched):
            if index not in held_out:
                examples += [(featurise(positive["prompt"]), 1), (featurise(negative["prompt"]), 0)]
        weights, bias = fit(examples, penalty)
        for index in sorted(held_out):
            scores = []
            for row in matched[index]:
                features = featurise(row["prompt"])
                scores.append(bias + sum(weights.get(k, 0.0) * v for k, v in features.items()))
            scored += [(scores[0], 1), (scores[1], 0)]
            ranked += 1.0 if scores[0] > scores[1] else 0.5 if scores[0] == scores[1] else 0.0
    return auroc(scored), ranked / len(matched)


def report(title, matched, top):
    print(f"{title}: {len(matched)} pairs")
    for name, featurise in (("words", bag_of_words), ("shape", shape_only)):
        area, within = cross_validated(matched, featurise)
        print(f"  {name}: AUROC {area:.3f}, right within the pair {within:.3f}")
    if top:
        examples = [(bag_of_words(row["prompt"]), 1 - side) for pair in matched for side, row in enumerate(pair)]
        weights, _ = fit(examples, 1.0)
        ordered = sorted(weights, key=weights.get)
        print("  towards harmful: " + " ".join(f"{w}:{weights[w]:.2f}" for w in reversed(ordered[-top:])))
        print("  towards harmless: " + " ".join(f"{w}:{weights[w]:.2f}" for w in ordered[:top]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--top", type=int, default=0, help="print this many heaviest words for each side")
    arguments = parser.parse_args()
    report("harmful, harmless", pairs(read("harmful.jsonl") + read("harmless.jsonl")), arguments.top)
    report("unsafe-contrast, borderline", pairs(read("borderline.jsonl")), arguments.top)


if __name__ == "__main__":
    main()
