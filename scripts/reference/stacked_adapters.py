"""Adapters of all modules of the tiny Phi-3, GPT-2 and GPT-NeoX, written by hand, and what peft computes with them.

    python3 scripts/reference/stacked_adapters.py

writes to Tests/Fixtures/training/adapters/NAME: adapter_config.json and adapter_model.safetensors with the keys, names and
shapes that this program writes, and reference.safetensors with the log-probability of each token of the family's text. Fails
where peft leaves a tensor of the file aside, warns of the configuration, or changes nothing. Needs peft, torch, transformers.
"""

import json
import math
import pathlib
import shutil
import warnings

import peft
import torch
import transformers
from safetensors.torch import save_file

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
RANK, ALPHA = 3, 6
MODULES = {
    "phi3": ["o_proj", "down_proj", "qkv_proj", "gate_up_proj"],
    "gpt2": ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"],
    "gptneox": ["query_key_value", "attention.dense", "dense_h_to_4h", "dense_4h_to_h"],
}


def load(name):
    return transformers.AutoModelForCausalLM.from_pretrained(
        FIXTURES / "families" / name / "folder", dtype=torch.float32, attn_implementation="eager").eval()


def log_probabilities(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double()
    return torch.log_softmax(logits, -1)[range(len(ids) - 1), ids[1:]]


def sizes(module):
    """Inputs and outputs; GPT-2's modules hold their matrices transposed."""
    shape = module.weight.shape
    return shape if isinstance(module, transformers.pytorch_utils.Conv1D) else shape[::-1]


def write(folder, name, model, generator):
    tensors = {}
    for module_name, module in model.named_modules():
        if not any(module_name.endswith("." + end) for end in MODULES[name]):
            continue
        inputs, outputs = sizes(module)
        for half, shape in [("A", (RANK, inputs)), ("B", (outputs, RANK))]:
            tensors[f"base_model.model.{module_name}.lora_{half}.weight"] = (
                torch.randn(shape, generator=generator) * 0.2)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    settings = {
        "base_model_name_or_path": name, "bias": "none", "fan_in_fan_out": name == "gpt2", "inference_mode": True,
        "lora_alpha": ALPHA, "lora_dropout": 0, "peft_type": "LORA", "r": RANK, "target_modules": MODULES[name],
        "task_type": "CAUSAL_LM", "use_dora": False, "use_rslora": False,
    }
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n")
    return tensors


def check_loaded(model, tensors):
    """Every tensor of the file is one of the model's, and the other way round."""
    held = {key.replace(".default", ""): value for key, value in model.state_dict().items() if "lora_" in key}
    assert held.keys() == tensors.keys(), held.keys() ^ tensors.keys()
    assert all(torch.equal(held[key], tensors[key]) for key in tensors)


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for index, name in enumerate(MODULES):
        folder = FIXTURES / "training" / "adapters" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ids = json.loads((FIXTURES / "families" / name / "reference.json").read_text())["ids"]
        base = load(name)
        plain = log_probabilities(base, ids)
        tensors = write(folder, name, base, torch.Generator().manual_seed(80 + index))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            model = peft.PeftModel.from_pretrained(base, folder).eval()
        assert not [w for w in said if "LoraConfig" in str(w.message) or "fan_in" in str(w.message)], said
        check_loaded(model, tensors)
        found = log_probabilities(model, ids)
        assert (found - plain).abs().max() > 0.1
        merged = log_probabilities(model.merge_and_unload(), ids)
        assert math.isclose((merged - found).abs().max().item(), 0, abs_tol=1e-4)
        save_file({"logprobs": found.float()}, folder / "reference.safetensors", metadata={
            "peft": peft.__version__, "torch": torch.__version__, "transformers": transformers.__version__})
        print(name, len(tensors), "tensors; largest change", round((found - plain).abs().max().item(), 3))


main()
