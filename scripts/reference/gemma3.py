"""Reference values for Gemma 3 270M, from transformers in float32 on the dequantised weights of the GGUF file.

    python3 scripts/reference/gemma3.py path/to/gemma-3-270m.gguf

`assay model pull gemma-3-270m` brings the file; Gemma's terms apply. Needs torch, transformers, accelerate and gguf. Writes Tests/Fixtures/gemma3/reference.json (token ids of
smollm2/text.txt, longer than the sliding window, and the log-probability of each after the ones before it) and
residual.safetensors (the residual stream after every block, and logits, at a few positions).
"""

import json
import pathlib
import sys

import safetensors.torch
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

LENGTH = 640
POSITIONS = [0, 7, 511, 512, 639]


def main() -> None:
    torch.set_num_threads(2)
    path = pathlib.Path(sys.argv[1]).resolve()
    fixtures = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager").eval()
    text = (fixtures / "smollm2" / "text.txt").read_text(encoding="utf-8")
    ids = [2] + tokenizer(text, add_special_tokens=False)["input_ids"]
    ids = ids[:LENGTH]
    found = {}
    for i, layer in enumerate(model.model.layers):
        def keep(_, __, out, i=i):
            value = (out[0] if isinstance(out, tuple) else out).detach()
            found[f"blocks.{i}.hook_resid_post"] = value.reshape(-1, value.shape[-1])[POSITIONS].contiguous()
        layer.register_forward_hook(keep)
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    logprobs = torch.log_softmax(logits[:-1].double(), dim=-1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]
    found["logits"] = logits[POSITIONS, ::256].contiguous()
    folder = fixtures / "gemma3"
    folder.mkdir(exist_ok=True)
    reference = {
        "made_with": {"torch": torch.__version__, "transformers": transformers.__version__},
        "positions": POSITIONS, "ids": ids, "logprobs": [float(x) for x in logprobs],
    }
    (folder / "reference.json").write_text(json.dumps(reference) + "\n")
    safetensors.torch.save_file(found, folder / "residual.safetensors")
    print(len(ids), "tokens, mean log-probability", float(logprobs.mean()), "sliding", model.config.sliding_window,
          model.config.rope_parameters, "first ids", ids[:6])


main()
