#!/usr/bin/env python3
"""Checks with llama.cpp that a GGUF file that Assay makes of a folder splits texts as the folder's tokenizer.json.

    peers/bin/python scripts/check_tokenizer_exports.py ASSAY tokenizer.json [...]

Needs llama-cpp-python, tokenizers, torch and transformers. Around each tokenizer.json a random Llama of one layer is
made, which Assay writes as a GGUF file; the ids of random texts, special tokens among them, are compared with those
that `tokenizers` gives. A tokenizer that Assay refuses is reported with its reason.
"""

import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import llama_cpp
import tokenizers
import torch
import transformers

TEXTS = 3000
RANGES = [(0x20, 0x7E)] * 4 + [(0xA0, 0x24F), (0x370, 0x52F), (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x9FFF),
                               (0x1F300, 0x1F64F)]


def text(generator, pieces):
    """Some of the vocabulary's own spellings, spaces, and characters by chance."""
    parts = []
    for _ in range(generator.randint(1, 12)):
        kind = generator.random()
        if kind < 0.6:
            parts.append(generator.choice(pieces).replace("\u2581", " "))
        elif kind < 0.75:
            parts.append(" " * generator.randint(1, 20) + generator.choice(["", "\n", "\t"]))
        else:
            low, high = generator.choice(RANGES)
            parts.append("".join(chr(generator.randint(low, high)) for _ in range(generator.randint(1, 5))))
    return "".join(parts)


def converted(binary, tokenizer, folder):
    """The GGUF file, or None for a refused tokenizer."""
    size = tokenizers.Tokenizer.from_file(str(tokenizer)).get_vocab_size()
    config = transformers.LlamaConfig(
        vocab_size=size, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=64)
    torch.manual_seed(0)
    transformers.LlamaForCausalLM(config).save_pretrained(folder / "model")
    shutil.copy(tokenizer, folder / "model" / "tokenizer.json")
    out = folder / "model.gguf"
    done = subprocess.run(
        [binary, "model", "convert", "--model", folder / "model", "--type", "f16", "--out", out],
        capture_output=True, text=True)
    if done.returncode:
        print(f"{tokenizer}: refused: {done.stderr.strip()}")
        return None
    return out


def differences(tokenizer, model):
    expected = tokenizers.Tokenizer.from_file(str(tokenizer))
    found = llama_cpp.Llama(str(model), vocab_only=True, verbose=False)
    pieces = [piece for piece in expected.get_vocab() if not piece.startswith("<0x")]
    generator = random.Random(7)
    for _ in range(TEXTS):
        line = text(generator, pieces)
        ids = found.tokenize(line.encode(), add_bos=False, special=True)
        if ids != expected.encode(line, add_special_tokens=False).ids:
            yield line


def main():
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    fine = True
    for tokenizer in map(pathlib.Path, sys.argv[2:]):
        with tempfile.TemporaryDirectory() as temporary:
            model = converted(sys.argv[1], tokenizer.resolve(), pathlib.Path(temporary))
            if model is None:
                continue
            others = list(differences(tokenizer, model))
            print(f"{tokenizer}: {len(others)} of {TEXTS} texts differ", *map(repr, others[:3]))
            fine &= not others
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
