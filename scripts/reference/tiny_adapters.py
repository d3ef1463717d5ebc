"""Adapters for the tiny models of tiny_families.py, and what peft and transformers compute with them.

    python3 scripts/reference/tiny_adapters.py

writes to Tests/Fixtures/families/NAME: adapter/ as PEFT saves it, adapter.gguf with llama.cpp's names and row orders,
control.gguf as repeng writes it, and adapters.safetensors with logits. Needs peft, gguf, torch, transformers.
"""

import json
import math
import pathlib
import shutil

import gguf
import numpy as np
import peft
import torch
import transformers
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "families"

TARGETS = {
    "llama": (["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "down_proj"], dict(use_rslora=True)),
    "gpt2": (["c_attn", "c_fc"], dict(fan_in_fan_out=True)),
    "gptneox": (["query_key_value", "dense"], dict(alpha_pattern={"attention.dense": 5})),
    "phi3": (["qkv_proj", "gate_up_proj"], dict()),
}
GGUF_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.down_proj": "ffn_down",
}


def load(name):
    return transformers.AutoModelForCausalLM.from_pretrained(
        ROOT / name / "folder", dtype=torch.float32, attn_implementation="eager").eval()


def permuted(weight, heads):
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def write_gguf_adapter(path, config, alpha, tensors):
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for key, value in tensors.items():
        number, rest = key.removeprefix("base_model.model.model.layers.").split(".", 1)
        module, half = rest.rsplit(".lora_", 1)
        value = value.numpy()
        if half.startswith("B") and module.endswith("q_proj"):
            value = permuted(value, config.num_attention_heads)
        if half.startswith("B") and module.endswith("k_proj"):
            value = permuted(value, config.num_key_value_heads)
        writer.add_tensor(
            f"blk.{number}.{GGUF_NAMES[module]}.weight.lora_{half[0].lower()}", np.ascontiguousarray(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_control_vector(path, directions):
    writer = gguf.GGUFWriter(str(path), "controlvector")
    writer.add_string("controlvector.model_hint", "llama")
    writer.add_uint32("controlvector.layer_count", len(directions))
    for layer, direction in directions.items():
        writer.add_tensor(f"direction.{layer}", direction.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for index, (name, (targets, options)) in enumerate(TARGETS.items()):
        facts = json.loads((ROOT / name / "reference.json").read_text())
        ids, positions = torch.tensor([facts["ids"]]), facts["positions"]
        base = load(name)
        config = peft.LoraConfig(r=3, lora_alpha=6, target_modules=targets, task_type="CAUSAL_LM", **options)
        model = peft.get_peft_model(base, config).eval()
        generator = torch.Generator().manual_seed(50 + index)
        for key, parameter in model.named_parameters():
            if "lora_" in key:
                parameter.data = torch.randn(parameter.shape, generator=generator) * 0.2
        folder = ROOT / name / "adapter"
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
        settings = json.loads((folder / "adapter_config.json").read_text())
        settings["base_model_name_or_path"] = name
        settings["target_modules"] = sorted(settings["target_modules"])
        (folder / "adapter_config.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n")
        with torch.no_grad():
            results = {"lora.logits": model(ids).logits[0][positions].contiguous()}
        if name == "llama":
            # GGUF has no rank-stabilised scale: alpha / sqrt(r) is alpha * sqrt(r) over r.
            write_gguf_adapter(
                ROOT / name / "adapter.gguf", base.config, 6 * math.sqrt(3),
                load_file(folder / "adapter_model.safetensors"))
            plain = load(name)
            direction = torch.randn(plain.config.hidden_size, generator=generator)
            write_control_vector(ROOT / name / "control.gguf", {1: direction, 5: direction})
            plain.model.layers[1].register_forward_hook(lambda _, __, out: (out[0] if isinstance(out, tuple) else out) + direction * 0.5)
            with torch.no_grad():
                results["control.logits"] = plain(ids).logits[0][positions].contiguous()
        save_file(results, ROOT / name / "adapters.safetensors")
        print(name, {key: round(float(value.abs().max()), 2) for key, value in results.items()})
    print("peft", peft.__version__, "torch", torch.__version__, "transformers", transformers.__version__)


main()
