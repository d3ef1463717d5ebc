#!/usr/bin/env python3
"""Checks with llama.cpp and peft that they compute what Assay does with adapters that it has trained, for every family.

    peers/bin/python scripts/check_family_exports.py ASSAY MODEL.gguf [FAMILY ...]

Needs llama-cpp-python, numpy, peft, torch and transformers. Of MODEL.gguf, a plain Llama, only the tokenizer is used.
Each family's model is small and random. It is trained for some steps with an adapter of all modules, which is written
as PEFT keeps it and as GGUF LoRA, and merged as a GGUF file. The log-probabilities of lists of random tokens under
the model with the adapter are compared: peft's and llama.cpp's with those of Assay for the merged file. The GGUF file
also becomes a folder again, with which transformers has to compute what it computes with the one that it made.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import numpy
import peft
import torch
import transformers

from check_exports import ALLOWED, TEXT, assay, check, ours, theirs

COMMON = dict(
    hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=96,
    max_position_embeddings=128, initializer_range=0.2)
FAMILIES = {
    "llama": ("LlamaConfig", {}),
    "qwen2": ("Qwen2Config", {}),
    "qwen3": ("Qwen3Config", dict(head_dim=16)),
    "gemma2": ("Gemma2Config", dict(head_dim=16, query_pre_attn_scalar=16)),
    "gemma3": ("Gemma3TextConfig", dict(head_dim=16, query_pre_attn_scalar=16, num_hidden_layers=7)),
    "gpt2": ("GPT2Config", {}),
    "gptneox": ("GPTNeoXConfig", dict(
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    "phi3": ("Phi3Config", {}),
    "olmo2": ("Olmo2Config", dict(num_key_value_heads=4)),
}
LENGTHS = (7, 40, 100)


def make(family, tokenizer, folder):
    """A random model of a family in a folder, beside the files of a tokenizer."""
    shutil.copytree(tokenizer, folder, ignore=shutil.ignore_patterns("*.safetensors", "config.json"))
    name, more = FAMILIES[family]
    plain = json.loads((tokenizer / "config.json").read_text())
    ids = {key: plain.get(key) for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    config = getattr(transformers, name)(vocab_size=plain["vocab_size"], **ids, **COMMON | more)
    torch.manual_seed(1)
    model = transformers.AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        # Biases, and norms that are not one, so that none can be left out unnoticed.
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter += torch.randn(parameter.shape) * 0.1
    model.save_pretrained(folder)


def trained(binary, model, folder):
    """An adapter as PEFT keeps it and as GGUF LoRA, and the merged model."""
    data = folder / "data.jsonl"
    data.write_text("\n".join(json.dumps({"text": f"{TEXT} {n}"}) for n in range(4)))
    recipe = folder / "recipe.yaml"
    recipe.write_text(
        f"model: {model}\ndata: {data}\noutput: {folder / 'out'}\nsteps: 4\nbatch: 4\nlearning_rate: 0.02\n"
        "adapter: {rank: 4, alpha: 8}\nwrite: [adapter, gguf-lora, gguf-f32]\n")
    assay(binary, "train", "sft", recipe, "--db", folder / "runs.sqlite")
    return folder / "out", folder / "out" / "adapter.gguf", folder / "out" / "model-f32.gguf"


def log_probabilities(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double()
    return torch.log_softmax(logits, -1)[range(len(ids) - 1), ids[1:]].numpy()


def comes_back(binary, base, folder, lists, expected):
    """Whether transformers computes the same with the folder that is made of a GGUF file."""
    assay(binary, "model", "convert", "--model", base, "--type", "huggingface", "--out", folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
    found = [log_probabilities(model, ids) for ids in lists]
    return check("  folder of the GGUF file", numpy.concatenate(found), numpy.concatenate(expected), 1e-6)


def check_family(binary, family, tokenizer, folder):
    model = folder / family
    make(family, tokenizer, model)
    base = folder / f"{family}.gguf"
    assay(binary, "model", "convert", "--model", model, "--type", "f32", "--out", base)
    adapter, lora, merged = trained(binary, model, folder)
    plain = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, attn_implementation="eager")
    vocabulary = plain.config.vocab_size
    random = numpy.random.default_rng(2)
    lists = [random.integers(3, vocabulary - 3, size).tolist() for size in LENGTHS]
    unchanged = [log_probabilities(plain.eval(), ids) for ids in lists]
    adapted = peft.PeftModel.from_pretrained(plain, adapter).eval()
    fine = comes_back(binary, base, folder / "back", lists, unchanged)
    for ids, before in zip(lists, unchanged):
        name = f"{family}, {len(ids)} tokens"
        expected = ours(binary, merged, ids)
        moved = numpy.abs(before - expected).mean()
        print(f"{name}: the adapter moves it by {moved:.3f} nat")
        fine &= bool(moved > 0.1)
        fine &= check("  peft", log_probabilities(adapted, ids), expected, 1e-4)
        fine &= check("  llama.cpp, base", theirs(base, ids), ours(binary, base, ids), ALLOWED["f32"])
        fine &= check("  llama.cpp, merged", theirs(merged, ids), expected, ALLOWED["f32"])
        fine &= check("  llama.cpp, GGUF LoRA", theirs(base, ids, lora), expected, ALLOWED["f32"])
    return fine


def main():
    binary, source, chosen = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:] or list(FAMILIES)
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        tokenizer = pathlib.Path(temporary) / "tokenizer"
        assay(binary, "model", "convert", "--model", source, "--type", "huggingface", "--out", tokenizer)
        for family in chosen:
            folder = pathlib.Path(temporary) / f"of-{family}"
            folder.mkdir()
            fine &= check_family(binary, family, tokenizer, folder)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
