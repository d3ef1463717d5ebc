"""Adapters of embeddings and heads, whole matrices, and patterns, for tiny models of tiny_families.py.

    python3 scripts/reference/end_adapters.py

writes to Tests/Fixtures/families/NAME/adapters: a folder for each case as PEFT saves it (with patterns in an order of
their own, which PEFT's own writing would sort), ends.gguf with llama.cpp's names, and reference.safetensors with the
logits that peft gives for each folder, computed beside the weights. Needs peft, gguf, torch, transformers.
"""

import json
import pathlib
import shutil
import warnings

import gguf
import numpy as np
import peft
import torch
import transformers
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "families"

# Of each model: cases with PEFT's settings. Llama and GPT-NeoX have two matrices; the others share one.
CASES = {
    "llama": {
        "ends": dict(
            target_modules=["embed_tokens", "lm_head", "q_proj"], rank_pattern={"embed_tokens": 2, "^lm_head": 4},
            alpha_pattern={"lm_head": 3}),
        "saved": dict(target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"]),
        "patterns": dict(
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj"],
            # The first that matches counts; a dot is any character; names are matched by whole parts at their end.
            alpha_pattern={
                r"layers\.[01]\..*q_proj": 3, "q_proj": 5, "^model.layers.0.self_attn.k_proj": 16, "o_proj": 11, "(v|o)_proj": 7,
                "roj": 100, "mlp?gate_proj": 100, "mlp.gate.proj": 2, r"model\.layers\.\d+\.self_attn\.k_proj": 9,
            },
            rank_pattern={r"layers\.\d\.self_attn\.v_proj": 5, "o_proj": 1}),
    },
    "gptneox": {"ends": dict(target_modules=["embed_in", "lm_head", "dense"], use_rslora=True)},
    "gemma2": {
        "ends": dict(target_modules=["embed_tokens", "lm_head"]),
        "saved": dict(target_modules=["q_proj"], modules_to_save=["lm_head"]),
    },
    "qwen2": {"embedding": dict(target_modules=["embed_tokens"]), "head": dict(target_modules=["lm_head"])},
    "gpt2": {
        "ends": dict(target_modules=["wte", "lm_head", "c_fc"], fan_in_fan_out=True),
        "saved": dict(target_modules=["c_fc"], modules_to_save=["wte"]),
    },
}


def load(name):
    return transformers.AutoModelForCausalLM.from_pretrained(
        ROOT / name / "folder", dtype=torch.float32, attn_implementation="eager").eval()


def logits(model, facts):
    with torch.no_grad():
        return model(torch.tensor([facts["ids"]])).logits[0][facts["positions"]].contiguous()


def write_folder(folder, name, options, generator):
    model = peft.get_peft_model(load(name), peft.LoraConfig(r=3, lora_alpha=6, task_type="CAUSAL_LM", **options)).eval()
    for key, parameter in model.named_parameters():
        if "lora_" in key or "modules_to_save" in key:
            parameter.data = torch.randn(parameter.shape, generator=generator) * 0.2
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = name
    settings["target_modules"] = sorted(settings["target_modules"])
    for key in ["alpha_pattern", "rank_pattern"]:
        settings[key] = options.get(key, {})
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=1) + "\n")


def permuted(weight, heads):
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def write_gguf(path, model, tensors):
    """One alpha for all: what a module's scale is beside alpha / rank goes into its B."""
    alpha = 6.0
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, module in model.base_model.model.named_modules():
        if not isinstance(module, peft.tuners.lora.LoraLayer):
            continue
        rank, scale = module.r["default"], module.scaling["default"]
        key = f"base_model.model.{name}."
        if name == "model.embed_tokens":
            # Rows of A are looked up.
            target, a, b = "token_embd", tensors[key + "lora_embedding_A"].T, tensors[key + "lora_embedding_B"]
        else:
            target, a, b = "output", tensors[key + "lora_A.weight"], tensors[key + "lora_B.weight"]
            if name != "lm_head":
                target = f"blk.{name.split('.')[2]}.attn_q"
                b = permuted(b, model.config.num_attention_heads)
        for half, value in [("a", a), ("b", b * (scale * rank / alpha))]:
            writer.add_tensor(f"{target}.weight.lora_{half}", np.ascontiguousarray(value.numpy()))
    # As mergekit's extraction has them; llama.cpp leaves them aside.
    writer.add_tensor("blk.0.attn_norm.weight", np.full(model.config.hidden_size, 3, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    for index, (name, cases) in enumerate(CASES.items()):
        facts = json.loads((ROOT / name / "reference.json").read_text())
        root = ROOT / name / "adapters"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        generator = torch.Generator().manual_seed(90 + index)
        plain, results = logits(load(name), facts), {}
        for case, options in cases.items():
            write_folder(root / case, name, options, generator)
            model = peft.PeftModel.from_pretrained(load(name), root / case).eval()
            tensors = load_file(root / case / "adapter_model.safetensors")
            if name == "llama" and case == "ends":
                write_gguf(root / "ends.gguf", model, tensors)
            results[case] = logits(model, facts)
            assert (results[case] - plain).abs().max() > 0.1
            print(name, case, round(float(results[case].abs().max()), 2), sorted(tensors)[:1])
        save_file(results, root / "reference.safetensors", metadata={
            "made_by": f"peft {peft.__version__}, torch {torch.__version__}, transformers {transformers.__version__}"})


main()
