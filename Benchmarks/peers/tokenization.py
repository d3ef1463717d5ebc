"""How fast text is split into tokens: Assay beside the package tokenizers, one thread each, in turn.

    peers/bin/pip install tokenizers
    peers/bin/python Benchmarks/peers/tokenization.py --assay .build/release/assay --model FOLDER --file TEXT

FOLDER holds tokenizer.json, which both sides read. Every line is a text of its own. Two sides that find another number of
tokens are an error. The figure is the median of the rounds, each the median of its runs.
"""

import argparse
import json
import os
import statistics
import subprocess
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"


def assay(arguments):
    command = [arguments.assay, "bench", "tokenization", "--model", arguments.model, "--file", arguments.file,
               "--runs", str(arguments.runs), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peer(arguments, tokenizer, texts):
    size = sum(len(text.encode()) for text in texts)
    rates = []
    for turn in range(arguments.runs + 1):
        begin = time.perf_counter()
        found = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        rates.append(size / (time.perf_counter() - begin))
    return statistics.median(rates[1:]), sum(len(each.ids) for each in found)


def main():
    from tokenizers import Tokenizer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=".build/release/assay")
    parser.add_argument("--model", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()

    with open(arguments.file, newline="\n") as lines:
        texts = [line.rstrip("\n") for line in lines if line.rstrip("\n")]
    begin = time.perf_counter()
    tokenizer = Tokenizer.from_file(os.path.join(arguments.model, "tokenizer.json"))
    loaded = time.perf_counter() - begin
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        found = assay(arguments)
        rate, tokens = peer(arguments, tokenizer, texts)
        if tokens != found["tokens"]:
            raise SystemExit(f"{found['tokens']} tokens of Assay, {tokens} of tokenizers")
        ours.append(found["bytes_per_second"][1])
        theirs.append(rate)
    own, other = statistics.median(ours), statistics.median(theirs)
    print(f"{len(texts)} texts, {found['bytes']} bytes, {tokens} tokens")
    print(f"assay {own / 1e6:.2f} MB/s, tokenizers {other / 1e6:.2f} MB/s, {own / other:.2f} x")
    print(f"loading: assay {found['load_seconds']:.3f} s, tokenizers {loaded:.3f} s")


if __name__ == "__main__":
    main()
