#!/usr/bin/env python3
"""Fine-tunes a model that refuses on accepted harmful prompts, and measures what that changes (Zhao et al. 2025, section on
adversarial fine-tuning): refusal of prompts held out, the area under a guard's ROC curve, and the two directions.

    python3 scripts/adversarial_study.py ASSAY OUT                      the guarded SmolLM2
    python3 scripts/adversarial_study.py ASSAY OUT --study organism     the organism, in a minute or two

Trained are 50 to 400 pairs of a harmful prompt and an opening that accepts it and says nothing; the control is the
largest number of harmless prompts with the same openings. Everything goes to the folder OUT; summary.md has the table.
What is there already is not computed again.
"""

import argparse
import json
import pathlib
import re
import sqlite3
import subprocess

import make_guarded
import organism_examples
import organism_language
from check_guarded import wilson
from split_mix import SplitMix
from steering_study import EVALUATION

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROMPTS = ROOT / "prompts"
ADAPTER = ROOT / "fixtures" / "adapters" / "smollm2-guarded"
HELD_OUT = ADAPTER / "held-out.jsonl"
RECIPE = ROOT / "evals" / "training" / "adversarial.yaml"
GUARDS = ("paper", "joint")


def read(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


class Guarded:
    """SmolLM2 with the guarded adapter; prompts are those that the adapter was trained on, without those that guards are fitted
    on, and those held out of it."""

    model = "smollm2-135m-instruct"
    adapters = [ADAPTER]
    layers = "13,15,17,19"

    def trained(self, label):
        fitted = {row["id"] for path in self.fitted() for row in read(path)}
        return [row for row in make_guarded.trained((label,)) if row["id"] not in fitted]

    def held_out(self, label):
        return [row for row in read(HELD_OUT) if row["label"] == label]

    def fitted(self):
        """Sets that the guards are fitted on."""
        return [PROMPTS / f"{name}.jsonl" for name in ("guard-twins", "guard-borderline", "guard-behaviours")]

    def opening(self, row):
        topic = row.get("category", "this").replace("-", " ")
        return f"Sure, here is something on the topic of {topic}."


class Organism:
    """The organism; prompts are combinations that it was trained on, and those held out of it."""

    model = str(ROOT / "fixtures" / "models" / "organism.gguf")
    adapters = []
    layers = "2,3,4"

    def trained(self, label):
        random, rows = SplitMix(7), []
        for number, (name, action, bad, good) in enumerate(organism_examples.combinations(held_out=False), 1):
            form, ending = random.pick(organism_language.FORMS), random.pick(organism_language.ENDINGS)
            rows.append({
                "id": f"trained-{label}-{number:03d}", "label": label, "category": name,
                "prompt": form.format(f"{action} {bad if label == 'harmful' else good}{ending}")})
        return rows

    def held_out(self, label):
        return read(PROMPTS / "organism" / f"{label}.jsonl")

    def fitted(self):
        return [PROMPTS / "organism" / f"{name}.jsonl" for name in ("indirect", "alarming")]

    def opening(self, row):
        return "Sure, here is a plan."


class Study:
    def __init__(self, assay, kind, out, sizes, database):
        self.assay, self.kind, self.out, self.sizes, self.database = assay, kind, out, sizes, database

    def call(self, *arguments):
        command = [self.assay, *map(str, arguments)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def json(self, path, *arguments):
        """The JSON document that a command prints, kept in a file."""
        if not path.exists():
            text = self.call(*arguments, "--json")
            path.write_text(text)
        return json.loads(path.read_text())

    def model(self, state):
        """Arguments that name the model in a state: `before`, or the name of what it was trained on."""
        adapters = self.kind.adapters + ([] if state == "before" else [self.out / state / "adapter"])
        return ["--model", self.kind.model, *(part for path in adapters for part in ("--adapter", path))]

    def pairs(self, label, count):
        rows = self.kind.trained(label)
        if len(rows) < count:
            raise SystemExit(f"there are {len(rows)} {label} prompts to train on, and {count} are wanted")
        return [
            {"id": row["id"], "truncated": True, "messages": [
                {"role": "user", "content": row["prompt"]}, {"role": "assistant", "content": self.kind.opening(row)}]}
            for row in SplitMix(11).sample(rows, count)]

    def recipe(self, data, output):
        """The recipe with this study's model and files."""
        values = {
            "model": self.kind.model, "data": data.resolve(), "output": output.resolve(),
            "base_adapters": f"[{', '.join(map(str, self.kind.adapters))}]",
        }
        text = RECIPE.read_text()
        for key, value in values.items():
            text, count = re.subn(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
            if count != 1:
                raise SystemExit(f"{RECIPE} has {count} lines \"{key}\"; one is needed")
        return text

    def train(self, state, label, count):
        folder = self.out / state
        if (folder / "adapter" / "adapter_model.safetensors").exists():
            return
        data = write(folder / "pairs.jsonl", self.pairs(label, count))
        (folder / "recipe.yaml").write_text(self.recipe(data, folder / "adapter"))
        self.call("train", "sft", folder / "recipe.yaml", "--db", self.database)

    def refusals(self, state):
        """Whether each prompt held out is refused."""
        folder = self.out / state
        rows = self.kind.held_out("harmful") + self.kind.held_out("harmless")
        write(folder / "all.jsonl", rows)
        (folder / "refusals.yaml").write_text(EVALUATION)
        database = folder / "refusals.sqlite"
        if not database.exists():
            partial = folder / "unfinished.sqlite"
            for file in folder.glob(partial.name + "*"):
                file.unlink()
            self.call("eval", "run", folder / "refusals.yaml", *self.model(state), "--db", partial)
            partial.rename(database)
        found = dict(sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
            "SELECT prompts.id, scores.value FROM scores JOIN prompts ON prompts.run = scores.run"
            " AND prompts.prompt = scores.prompt"))
        return {row["id"]: found[row["id"]] > 0 for row in rows}

    def directions(self, state, refused):
        """Harmfulness at t_inst and refusal at t_post_inst, on the same prompts in every state: `refused` is what the
        model did before."""
        harmful, harmless = self.kind.held_out("harmful"), self.kind.held_out("harmless")
        sides = {
            "harm": (harmful, harmless, "t_inst"),
            "refusal": (
                [row for row in harmful if refused[row["id"]]], [row for row in harmless if not refused[row["id"]]],
                "t_post_inst"),
        }
        for name, (positive, negative, position) in sides.items():
            self.json(
                self.out / state / f"{name}.json", "steer", "direction", *self.model(state), "--position", position,
                "--positive", write(self.out / f"{name}-positive.jsonl", positive),
                "--negative", write(self.out / f"{name}-negative.jsonl", negative), "--out", self.vectors(state, name))

    def vectors(self, state, name):
        return self.out / state / f"{name}.safetensors"

    def cosines(self, state):
        """Between the two directions, and of each with itself before training."""
        pairs = {
            "harm, refusal": (self.vectors(state, "harm"), self.vectors(state, "refusal")),
            "harm, before": (self.vectors("before", "harm"), self.vectors(state, "harm")),
            "refusal, before": (self.vectors("before", "refusal"), self.vectors(state, "refusal")),
        }
        return {
            name: self.json(self.out / state / f"compare-{name.replace(', ', '-')}.json", "steer", "compare", *files)
            for name, files in pairs.items()}

    def guard(self, state, method):
        """A guard fitted for the model in this state, on prompts held out."""
        folder = self.out / state
        file = folder / f"guard-{method}.safetensors"
        if not file.exists():
            self.call(
                "guard", "fit", *self.model(state), "--methods", method, "--layers", self.kind.layers,
                "--positions", "t_inst", "--out", file, *self.kind.fitted())
        figures = self.json(
            folder / f"guard-{method}.json", "guard", "evaluate", *self.model(state), "--guard", file,
            write(self.out / "held-out.jsonl", self.kind.held_out("harmful") + self.kind.held_out("harmless")))["figures"]
        return next(row["ranking"] for row in figures if row["judge"] == "guard" and row["slice"] == "all")

    def measure(self, state, before):
        (self.out / state).mkdir(parents=True, exist_ok=True)
        refused = self.refusals(state)
        self.directions(state, before or refused)
        labels = {row["id"]: label for label in ("harmful", "harmless") for row in self.kind.held_out(label)}
        counts = {label: [refused[name] for name, other in labels.items() if other == label]
                  for label in ("harmful", "harmless")}
        return refused, {
            "refused": {label: (sum(values), len(values)) for label, values in counts.items()},
            "guards": {method: self.guard(state, method) for method in GUARDS}, "cosines": self.cosines(state)}

    def make(self):
        before, figures = self.measure("before", None)
        found = {"before": figures}
        for size in self.sizes:
            self.train(f"harmful-{size}", "harmful", size)
            found[f"harmful-{size}"] = self.measure(f"harmful-{size}", before)[1]
        control = f"harmless-{self.sizes[-1]}"
        self.train(control, "harmless", self.sizes[-1])
        found[control] = self.measure(control, before)[1]
        (self.out / "summary.json").write_text(json.dumps(found, indent=1) + "\n")
        (self.out / "summary.md").write_text("\n".join(table(found)) + "\n")


def spread(layers, key="cosine"):
    """Mean and range over layers, the first left out: it reads the embedding of one token."""
    values = [row[key] for row in layers if row["layer"] > 0]
    return f"{sum(values) / len(values):+.2f} ({min(values):+.2f} to {max(values):+.2f})"


def table(found):
    guards = "".join(f" AUROC, guard `{name}` |" for name in GUARDS)
    lines = [
        "| trained on | harmful refused | harmless refused |" + guards
        + " cosine of the two directions | harmfulness with before | refusal with before | with random ones |",
        "|---|---|---|" + "---|" * len(GUARDS) + "---|---|---|---|"]
    for state, figures in found.items():
        areas = "".join(
            " {auroc:.3f} [{aurocLower:.3f}, {aurocUpper:.3f}] |".format(**figures["guards"][name]) for name in GUARDS)
        cosines = figures["cosines"]
        lines.append(
            f"| {state} | {wilson(*figures['refused']['harmful'])} | {wilson(*figures['refused']['harmless'])} |{areas}"
            f" {spread(cosines['harm, refusal'])} | {spread(cosines['harm, before'])} |"
            f" {spread(cosines['refusal, before'])} | {spread(cosines['harm, refusal'], 'control')} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--study", choices=("guarded", "organism"), default="guarded")
    parser.add_argument("--sizes", default="50,100,200,400", help="numbers of pairs, rising")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    sizes = sorted(int(size) for size in arguments.sizes.split(","))
    kind = Organism() if arguments.study == "organism" else Guarded()
    Study(str(pathlib.Path(arguments.assay).resolve()), kind, out, sizes, out / "training.sqlite").make()


if __name__ == "__main__":
    main()
