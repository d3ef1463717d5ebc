#!/usr/bin/env python3
"""Checks with llama.cpp that it reads what Assay writes, and computes the same with it.

    peers/bin/python scripts/check_exports.py ASSAY MODEL.gguf     (needs llama-cpp-python and numpy)

The model is written in every element type, and trained for two steps with an adapter that is written as GGUF LoRA and
merged. llama.cpp's log-probabilities of a text are compared with Assay's own for the same file. It rounds keys, values and
activations where Assay does not, so that the figures differ a little; a wrong order of rows or a wrong scale is hundreds
of times more.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import llama_cpp
import numpy

TEXT = "The river rose in the night, and in the morning the bridge was gone. Nobody in the village was surprised."
# Mean absolute difference of log-probabilities that rounding explains, in nats.
ALLOWED = {"f32": 0.01, "f16": 0.01, "bf16": 0.02, "q8_0": 0.05, "q4_0": 0.15, "q4_1": 0.15}


def assay(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def ours(binary, model, ids):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(" ".join(map(str, ids)))
        file.flush()
        scored = json.loads(assay(binary, "score", "--model", model, "--ids", file.name, "--json"))
    return numpy.array(scored["logprobs"])


def theirs(model, ids, lora=None):
    llama = llama_cpp.Llama(str(model), n_ctx=512, logits_all=True, verbose=False, n_threads=1, seed=0,
                            lora_path=str(lora) if lora else None)
    llama.eval(ids)
    logits = numpy.array(llama.scores[: len(ids)], dtype=numpy.float64)
    logits -= logits.max(axis=1, keepdims=True)
    logits -= numpy.log(numpy.exp(logits).sum(axis=1, keepdims=True))
    return logits[numpy.arange(len(ids) - 1), ids[1:]]


def check(name, found, expected, allowed):
    difference = float(numpy.abs(found - expected).mean())
    verdict = "ok" if difference <= allowed else "DIFFERS"
    print(f"{name:28} mean |difference| {difference:.5f} nat, allowed {allowed}: {verdict}")
    return difference <= allowed


def trained(binary, model, folder):
    """Two steps of an adapter, large enough to be seen: its GGUF file, and the model merged with it."""
    data = folder / "data.jsonl"
    data.write_text("\n".join(json.dumps({"text": f"{TEXT} {n}"}) for n in range(4)))
    recipe = folder / "recipe.yaml"
    recipe.write_text(
        f"model: {model}\ndata: {data}\noutput: {folder / 'out'}\nsteps: 2\nbatch: 4\nlearning_rate: 0.02\n"
        "adapter: {rank: 4, alpha: 8}\nwrite: [gguf-lora, gguf-f32]\n")
    assay(binary, "train", "sft", recipe, "--db", folder / "runs.sqlite")
    return folder / "out" / "adapter.gguf", folder / "out" / "model-f32.gguf"


def main():
    binary, model = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    base = llama_cpp.Llama(str(model), vocab_only=True, verbose=False)
    ids = base.tokenize(TEXT.encode(), add_bos=False)
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for kind, allowed in ALLOWED.items():
            out = folder / f"{kind}.gguf"
            assay(binary, "model", "convert", "--model", model, "--type", kind, "--out", out)
            fine &= check(kind, theirs(out, ids), ours(binary, out, ids), allowed)
        lora, merged = trained(binary, model, folder)
        expected = ours(binary, merged, ids)
        plain = theirs(folder / "f32.gguf", ids)
        print(f"{'the adapter moves it by':28} {numpy.abs(plain - expected).mean():.5f} nat")
        fine &= check("merged", theirs(merged, ids), expected, ALLOWED["f32"])
        fine &= check("base with GGUF LoRA", theirs(folder / "f32.gguf", ids, lora), expected, ALLOWED["f32"])
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
