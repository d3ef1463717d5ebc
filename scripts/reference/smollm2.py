"""Reference values for SmolLM2-135M-Instruct, from transformers in float32 on the dequantised weights of the GGUF file.

    python3 scripts/reference/smollm2.py path/to/SmolLM2-135M-Instruct.Q4_1.gguf

Needs torch, transformers, accelerate and gguf. Writes Tests/Fixtures/smollm2/reference.json (token ids of text.txt, the
log-probability of each after the ones before it, greedy continuations) and residual.safetensors (the residual stream
after every block at a few positions, and the logits of one).
"""

import json
import pathlib
import sys

import safetensors.torch
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

POSITIONS = [0, 1, 130, 511]
PROMPTS = [
    "The capital of France is",
    "<|im_start|>user\nWhy is the sky blue?<|im_end|>\n<|im_start|>assistant\n",
    "def fibonacci(n):\n",
    "1, 2, 4, 8, 16,",
]


def main() -> None:
    torch.set_num_threads(2)
    path = pathlib.Path(sys.argv[1]).resolve()
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "smollm2"
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    model.eval()

    text = (folder / "text.txt").read_text(encoding="utf-8")
    ids = tokenizer(text, add_special_tokens=False)["input_ids"][:1001]
    with torch.no_grad():
        output = model(torch.tensor([ids]), output_hidden_states=True)
    logits = output.logits[0].double()
    logprobs = torch.log_softmax(logits[:-1], dim=-1)
    chosen = logprobs[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]

    # hidden_states[0] is the embedding, hidden_states[i] the input of block i; the last entry has the final norm in it.
    tensors = {}
    positions = torch.tensor(POSITIONS)
    captured = {}
    handles = [
        layer.register_forward_hook(
            lambda _, __, out, i=i: captured.__setitem__(i, out[0] if isinstance(out, tuple) else out)
        )
        for i, layer in enumerate(model.model.layers)
    ]
    with torch.no_grad():
        model(torch.tensor([ids[:512]]))
    for handle in handles:
        handle.remove()
    tensors["hook_embed"] = output.hidden_states[0][0, positions].contiguous()
    for i, value in captured.items():
        tensors[f"blocks.{i}.hook_resid_post"] = value.reshape(-1, value.shape[-1])[positions].contiguous()
    tensors["positions"] = positions.to(torch.int32)
    tensors["logits.511"] = output.logits[0, 511, ::16].contiguous()

    continuations = []
    for prompt in PROMPTS:
        prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            generated = model.generate(
                torch.tensor([prompt_ids]), max_new_tokens=48, do_sample=False, eos_token_id=None, pad_token_id=0
            )
        continuations.append({"prompt": prompt, "prompt_ids": prompt_ids, "ids": generated[0, len(prompt_ids):].tolist()})

    reference = {
        "made_with": {"torch": torch.__version__, "transformers": transformers.__version__},
        "ids": ids,
        "logprobs": [float(x) for x in chosen],
        "continuations": continuations,
    }
    (folder / "reference.json").write_text(json.dumps(reference) + "\n")
    safetensors.torch.save_file(tensors, folder / "residual.safetensors")
    print(len(ids), "tokens, mean log-probability", float(chosen.mean()))


main()
