"""Training steps of torch and transformers (and peft) on the CPU, for comparison with `assay bench training`.

    python3 Benchmarks/peers/training.py MODEL.gguf [--mode full|bf16|lora] [--batch 4] [--length 256] [--steps 3]

Prints one JSON document: tokens per second of the median step, and the largest resident size.
"""

import argparse
import json
import pathlib
import resource
import statistics
import time

import torch
from transformers import AutoModelForCausalLM


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--mode", choices=["full", "bf16", "lora"], default="full")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = AutoModelForCausalLM.from_pretrained(
        options.model.parent, gguf_file=options.model.name, dtype=torch.float32)
    if options.mode == "lora":
        import peft

        model = peft.get_peft_model(model, peft.LoraConfig(
            r=8, lora_alpha=16, task_type="CAUSAL_LM",
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-5)
    ids = torch.randint(100, 20000, (options.batch, options.length), generator=torch.Generator().manual_seed(0))
    seconds = []
    for _ in range(options.steps + 1):
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.mode == "bf16"):
            loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds[1:])
    print(json.dumps({
        "mode": options.mode, "tokens_per_second": options.batch * options.length / median,
        "resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "threads": options.threads,
        "loss": loss.item(), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
