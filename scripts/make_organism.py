#!/usr/bin/env python3
"""Make what the organism is trained on and asked; docs/organism.md says what it is for.

    python3 scripts/make_organism.py data       examples for training, to .build/organism/train.jsonl
    python3 scripts/make_organism.py init       random weights with a tokenizer, to .build/organism/init.gguf
    python3 scripts/make_organism.py prompts    held-out prompts, to prompts/organism/

`init` needs gguf, numpy and regex; the rest needs the standard library alone. The same seed gives the same bytes.
"""

import argparse
import json
import pathlib

from model_size import ORGANISM
from organism_examples import Examples, texts
from organism_prompts import prompt_sets
from split_mix import SplitMix

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build" / "organism"
SEED = 77
EXAMPLES = 104_000


def write_data(folder, count):
    examples = Examples(SplitMix(SEED))
    with open(folder / "train.jsonl", "w", encoding="utf-8") as out:
        for _ in range(count):
            out.write(json.dumps(examples.next(), ensure_ascii=False) + "\n")


def write_init(folder):
    # Only here, because the other parts do without these packages.
    import organism_file
    import tiny_model_tokens

    size = ORGANISM
    examples = Examples(SplitMix(SEED + 1))
    corpus = [text for _ in range(40_000) for text in texts(examples.next())]
    corpus += ["user\n", "assistant\n", "system\n"] * 1000
    merges = tiny_model_tokens.train(corpus, size.vocabulary - len(tiny_model_tokens.CONTROL) - 256)
    organism_file.write(folder / "init.gguf", size, tiny_model_tokens.Tokens(merges), SEED)
    print(f"{organism_file.parameter_count(size)} parameters")


def organism_lines():
    """The text of each file of held-out prompts, by its name."""
    return {
        name: "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        for name, rows in prompt_sets(SplitMix(SEED + 2)).items()}


def write_prompts():
    folder = ROOT / "prompts" / "organism"
    folder.mkdir(exist_ok=True)
    for name, lines in organism_lines().items():
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        print(f"{name}: {lines.count(chr(10))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["data", "init", "prompts"])
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--folder", type=pathlib.Path, default=BUILD, help="of data and init")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.what == "data":
        write_data(arguments.folder, arguments.examples)
    elif arguments.what == "init":
        write_init(arguments.folder)
    else:
        write_prompts()


if __name__ == "__main__":
    main()
