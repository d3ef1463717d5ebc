"""Loads what `assay train` has written with the tools it is meant for, and compares logits.

    python3 scripts/reference/check_exports.py BASE.gguf ADAPTER_FOLDER [--merged HF_FOLDER] [--gguf MERGED.gguf]

The adapter is applied by peft to the base model; the merged folder is loaded by transformers, the merged GGUF file by
transformers' own reader and, where it is installed, by llama-cpp-python. All logits must agree with peft's.
"""

import argparse
import pathlib

import peft
import torch
from transformers import AutoModelForCausalLM

IDS = [[1, 504, 3575, 282, 4649, 314, 7042, 30, 2]]


def logits(model):
    with torch.no_grad():
        return model(torch.tensor(IDS)).logits[0]


def compare(name, found, expected, tolerance):
    error = ((found - expected).abs().max() / expected.abs().max()).item()
    print(f"{name}: off by {error:.2e} of the largest")
    if error > tolerance:
        raise SystemExit(f"{name} disagrees")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=pathlib.Path)
    parser.add_argument("adapter", type=pathlib.Path)
    parser.add_argument("--merged", type=pathlib.Path)
    parser.add_argument("--gguf", type=pathlib.Path)
    options = parser.parse_args()
    base = AutoModelForCausalLM.from_pretrained(
        options.base.parent, gguf_file=options.base.name, dtype=torch.float32)
    plain = logits(base)
    adapted = peft.PeftModel.from_pretrained(base, options.adapter).eval()
    expected = logits(adapted)
    print(f"the adapter moves logits by {(expected - plain).abs().max().item():.3f}")
    if options.merged:
        compare("transformers, folder", logits(AutoModelForCausalLM.from_pretrained(options.merged)), expected, 1e-4)
    if options.gguf:
        model = AutoModelForCausalLM.from_pretrained(
            options.gguf.parent, gguf_file=options.gguf.name, dtype=torch.float32)
        compare("transformers, GGUF", logits(model), expected, 1e-4)
        try:
            import llama_cpp
        except ImportError:
            return print("llama-cpp-python is not installed: the GGUF file was not checked with it")
        model = llama_cpp.Llama(str(options.gguf), n_ctx=64, logits_all=True, verbose=False)
        model.eval(IDS[0])
        compare("llama.cpp, GGUF", torch.tensor(model.scores[: len(IDS[0])]), expected, 1e-2)


if __name__ == "__main__":
    main()
