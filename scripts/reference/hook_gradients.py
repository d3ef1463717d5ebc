"""Gradients of the loss at hook points of four tiny models, by torch in float32: one model for each way to build a block.

    python3 scripts/reference/hook_gradients.py

writes to Tests/Fixtures/training/hooks/NAME.safetensors, by hook name, the gradient of the mean loss over the first 16 tokens
of the text of Tests/Fixtures/families/NAME: gemma2 (norms around), olmo2 (norms behind), gptneox (parallel), gpt2 (learned
positions, biases). Needs torch, transformers.
"""

import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

from training import VERSIONS, loss_of

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
TOKENS = 16
# For each family: its blocks, then in a block attention and its last matrix, feed-forward and its last matrix, what gives the
# outputs that are added, and whose input is the stream between both.
PARTS = {
    "gemma2": ("model.layers", "self_attn.o_proj", "mlp.down_proj", "post_attention_layernorm",
               "post_feedforward_layernorm", "pre_feedforward_layernorm"),
    "olmo2": ("model.layers", "self_attn.o_proj", "mlp.down_proj", "post_attention_layernorm",
              "post_feedforward_layernorm", "mlp"),
    "gptneox": ("gpt_neox.layers", "attention.dense", "mlp.dense_4h_to_h", "attention", "mlp", None),
    "gpt2": ("transformer.h", "attn.c_proj", "mlp.c_proj", "attn", "mlp", "ln_2"),
}


def watch(model, name):
    """Hooks that keep activations, and the table that they fill."""
    layers, z, post, attention, mlp, middle = PARTS[name]
    found = {}

    def keep(key, value):
        value = value[0] if isinstance(value, tuple) else value
        value.retain_grad()
        found[key] = value

    def on_input(module, key):
        module.register_forward_pre_hook(
            lambda _, args, kwargs: keep(key, args[0] if args else kwargs["hidden_states"]), with_kwargs=True)

    for index, layer in enumerate(model.get_submodule(layers)):
        prefix = f"blocks.{index}."
        on_input(layer, prefix + "hook_resid_pre")
        on_input(layer.get_submodule(z), prefix + "attn.hook_z")
        on_input(layer.get_submodule(post), prefix + "mlp.hook_post")
        if middle:
            on_input(layer.get_submodule(middle), prefix + "hook_resid_mid")
        for module, key in [(layer.get_submodule(attention), "hook_attn_out"), (layer.get_submodule(mlp), "hook_mlp_out"),
                            (layer, "hook_resid_post")]:
            module.register_forward_hook(lambda _, __, out, key=prefix + key: keep(key, out))
    return found


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    (FIXTURES / "training" / "hooks").mkdir(parents=True, exist_ok=True)
    for name in PARTS:
        folder = FIXTURES / "families" / name
        ids = json.loads((folder / "reference.json").read_text())["ids"][:TOKENS]
        model = transformers.AutoModelForCausalLM.from_pretrained(
            folder / "folder", dtype=torch.float32, attn_implementation="eager").eval()
        found = watch(model, name)
        loss_of(model, [ids]).backward()
        gradients = {key: value.grad[0].reshape(TOKENS - 1, -1).clone() for key, value in found.items()}
        # The embedding is the first block's input, up to learned positions, which are added to it.
        gradients["hook_embed"] = gradients["blocks.0.hook_resid_pre"].clone()
        save_file(gradients, FIXTURES / "training" / "hooks" / f"{name}.safetensors", metadata=VERSIONS)
        print(name, len(gradients), {key: round(float(value.abs().max()), 4) for key, value in gradients.items()})


main()
