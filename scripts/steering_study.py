#!/usr/bin/env python3
"""Makes the figures about harmfulness and refusal for one model: cells, belief, directions, steering, reply inversion, the
template's end, categories and jailbreak families.

    python3 scripts/steering_study.py ASSAY organism OUT
    python3 scripts/steering_study.py ASSAY guarded OUT [--model smollm2-135m-instruct]

Everything goes to the folder OUT: prompts by what the model does with them, directions, one JSON document a command,
plots, and summary.md. What is there already is not computed again.
"""

import argparse
import json
import pathlib
import sqlite3
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROMPTS = ROOT / "prompts"
ORGANISM = PROMPTS / "organism"
ADAPTER = ROOT / "fixtures" / "adapters" / "smollm2-guarded"
HELD_OUT = ADAPTER / "held-out.jsonl"

# Files of each study: those whose prompts make the cells, plain ones that are steered, and those of one family or category.
STUDIES = {
    "organism": {
        "files": [ORGANISM / f"{name}.jsonl" for name in ("harmful", "harmless", "indirect", "alarming")],
        "plain": ORGANISM / "everyday.jsonl",
        "layers": [1, 2, 3, 4],
        "harmful": ORGANISM / "harmful.jsonl",
        "harmless": ORGANISM / "harmless.jsonl",
        "families": [ORGANISM / "jailbroken.jsonl"],
    },
    "guarded": {
        "files": [HELD_OUT, PROMPTS / "jailbroken.jsonl", PROMPTS / "guard-wrapped.jsonl"],
        "plain": PROMPTS / "plain.jsonl",
        "layers": [8, 12, 16, 20],
        "harmful": PROMPTS / "harmful.jsonl",
        "harmless": PROMPTS / "harmless.jsonl",
        "families": [PROMPTS / "jailbroken.jsonl", PROMPTS / "guard-wrapped.jsonl"],
    },
}
HARMFUL = ("harmful", "unsafe-contrast")
EVALUATION = """schema: 1
name: steering-cells
version: 1
description: What the model refuses.
prompts:
  - file: all.jsonl
format: chat
task: generate
generation:
  samples: 1
  max_tokens: 32
  temperature: 0
scorers:
  - name: refusal
    parameters: {list: broad}
"""


class Study:
    def __init__(self, assay, kind, out, model):
        self.assay, self.kind, self.out = assay, STUDIES[kind], out
        self.model = ["--model", model] + (["--adapter", str(ADAPTER)] if kind == "guarded" else [])

    def run(self, name, *arguments):
        """The JSON document that a command prints, kept in a file."""
        file = self.out / f"{name}.json"
        if not file.exists():
            command = [self.assay, *map(str, arguments), "--json"]
            file.write_text(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        return json.loads(file.read_text())

    def write(self, name, rows):
        path = self.out / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    def cells(self):
        """The prompts of the four cells, by what the model does."""
        rows = {}
        for file in self.kind["files"]:
            rows |= {row["id"]: row for row in map(json.loads, open(file))}
        self.write("all", rows.values())
        (self.out / "cells.yaml").write_text(EVALUATION)
        database = self.out / "cells.sqlite"
        if not database.exists():
            subprocess.run(
                [self.assay, "eval", "run", self.out / "cells.yaml", *self.model, "--db", database],
                check=True, stdout=subprocess.DEVNULL)
        refused = dict(sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
            "SELECT prompts.id, scores.value FROM scores JOIN prompts ON prompts.run = scores.run"
            " AND prompts.prompt = scores.prompt"))
        found = {(harmful, says): [] for harmful in (True, False) for says in (True, False)}
        for identifier, row in rows.items():
            found[row["label"] in HARMFUL, refused[identifier] > 0].append(row)
        return found

    def directions(self, cells):
        """Harmfulness at the instruction's last token, and refusal at the prompt's last."""
        both = {
            "harm": (cells[True, True] + cells[True, False], cells[False, True] + cells[False, False], "t_inst"),
            "refusal": (cells[True, True], cells[False, False], "t_post_inst"),
        }
        for name, (positive, negative, position) in both.items():
            self.run(
                name, "steer", "direction", *self.model, "--positive", self.write(f"{name}-positive", positive),
                "--negative", self.write(f"{name}-negative", negative), "--position", position, "--out", self.vectors(name))

    def vectors(self, name):
        return self.out / f"{name}.safetensors"

    def make(self):
        cells = self.cells()
        self.directions(cells)
        layers, plain = self.kind["layers"], self.kind["plain"]
        text = cell_table(cells)
        text += cluster_table(self.run(
            "cluster", "steer", "cluster", *self.model, "--harmful", self.out / "harm-positive.jsonl",
            "--harmless", self.out / "harm-negative.jsonl"))
        text += cosine_table(self.run("compare", "steer", "compare", self.vectors("harm"), self.vectors("refusal")))
        for name in ("harm", "refusal"):
            text += sweep_table(name, self.run(
                f"sweep-{name}", "steer", "sweep", *self.model, "--directions", self.vectors(name), "--prompts", plain,
                "--layers", ",".join(map(str, layers)), "--strengths", "1,2", "--plot", self.out / f"sweep-{name}.svg"))
        for name, span in (("harm", "leading"), ("refusal", "all")):
            for layer in layers:
                text += inversion_table(name, layer, self.run(
                    f"inversion-{name}-{layer}", "steer", "inversion", *self.model, "--directions", self.vectors(name),
                    "--layer", layer, "--prompts", plain, "--span", span, "--limit", 12))
        # Whether the question is answered at all, and rightly: the same about harmful prompts.
        text += inversion_table("none, harmful prompts", layers[0], self.run(
            "inversion-harmful", "steer", "inversion", *self.model, "--directions", self.vectors("harm"), "--layer", layers[0],
            "--prompts", self.out / "harm-positive.jsonl", "--strength", 0, "--limit", 12))
        text += self.plain_sets()
        (self.out / "summary.md").write_text("\n".join(text) + "\n")

    def plain_sets(self):
        """Refusal without the template's end, categories at both places, and jailbreak families."""
        sides = ["--harmful", self.kind["harmful"], "--harmless", self.kind["harmless"]]
        text = ["| prompts | refused as rendered | without the template's end | difference | empty |", "|---|---|---|---|---|"]
        text += [post_instruction_row(row) for row in self.run(
            "post-instruction", "steer", "post-instruction", *self.model, *sides)]
        for position in ("t_inst", "t_post_inst"):
            text += categories_table(position, self.run(
                f"categories-{position}", "steer", "categories", *self.model, *sides, "--position", position,
                "--plot", self.out / f"categories-{position}.svg"))
        return text + families_table(self.run(
            "families", "steer", "families", *self.model, *sides, *self.kind["families"],
            "--plot", self.out / "families.svg"))


def rate(estimate):
    return "{rate:.2f} [{lower:.2f}, {upper:.2f}], n = {total}".format(**estimate)


def cell_table(cells):
    rows = [f"| {'harmful' if bad else 'harmless'}, {'refused' if says else 'accepted'} | {len(found)} |"
            for (bad, says), found in cells.items()]
    return ["| cell | prompts |", "|---|--:|", *rows, ""]


def cluster_table(cells):
    rows = [f"| {row['cell']} | {row['position']} | {row['count']} | {row['belief']:+.3f} +- {row['beliefError']:.3f} |"
            f" {rate(row['positive'])} |" for row in cells]
    return ["| cell | position | n | score, mean of layers, and its error | positive |", "|---|---|--:|--:|---|", *rows, ""]


def cosine_table(layers):
    rows = [f"| {row['layer']} | {row['cosine']:+.3f} | {row['control']:+.3f} |" for row in layers]
    return ["| layer | cosine of the directions | with a random one |", "|--:|--:|--:|", *rows, ""]


def sweep_table(name, places):
    rows = [f"| {name} | {row['layer']} | {row['strength']} | {rate(row['refusals'])} | {rate(row['control'])} |"
            for row in places]
    return ["| direction | layer | strength | refused | with a random one |", "|---|--:|--:|---|---|", *rows, ""]


def inversion_table(name, layer, answers):
    rows = [f"| {name} | {layer} | {row['question']} | {row['steering']} | "
            + (rate(row["no"]) if row.get("no") else "") + f" | {row['unclear']} |" for row in answers]
    return ["| direction | layer | question | steering | No among clear answers | unclear |", "|---|--:|--:|---|---|--:|", *rows, ""]


def post_instruction_row(row):
    lower, upper = row["difference"]["lower"], row["difference"]["upper"]
    return (f"| {row['prompts']} | {rate(row['with'])} | {rate(row['without'])} | {row['difference']['value']:+.3f}"
            f" [{lower:+.3f}, {upper:+.3f}] | {rate(row['emptyWithout'])}; of the others {rate(row['withoutOfNonempty'])} |")


def spread(value, digits):
    return "{value:+.{d}f} [{lower:+.{d}f}, {upper:+.{d}f}]".format(**value, d=digits)


def categories_table(position, found):
    rows = [f"| {position} | {row['layer']} | {row['comparison']} | {spread(row['similarity']['mean'], 2)} |"
            f" {row['similarity']['sameHalves']:.2f} | {row['similarity']['differentHalves']:.2f} |"
            f" {spread(row['similarity']['excess'], 2)} |" for row in found["layers"]]
    return ["", "| position | layer | directions | mean cosine | own other half | another's | the difference |",
            "|---|--:|---|---|--:|--:|---|", *rows, ""]


def families_table(found):
    rows = [f"| {row['belief']['family']}, {'harmful' if row['belief']['isHarmful'] else 'harmless'} | {row['belief']['count']} |"
            f" {spread(row['belief']['harmfulness'], 4)} | {spread(row['belief']['refusal'], 3)} |"
            f" {rate(row['refused'])} | {spread(row['belief']['randomHarmfulness'], 4)} |" for row in found["rows"]]
    contrasts = [f"| {row['family']}, harmful less harmless | {row['clusters']} wrappers | {spread(row['harmfulness'], 4)} |"
                 f" {spread(row['refusal'], 3)} | | |" for row in found["contrasts"]]
    return ["| family | n | harmfulness | refusal | refused | random harmfulness |", "|---|--:|---|---|---|---|",
            *rows, *contrasts, ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("study", choices=sorted(STUDIES))
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--model", help="the organism or SmolLM2 where not given")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    standard = {"organism": str(ROOT / "fixtures/models/organism.gguf"), "guarded": "smollm2-135m-instruct"}
    study = Study(arguments.assay, arguments.study, arguments.out, arguments.model or standard[arguments.study])
    study.make()


if __name__ == "__main__":
    main()
