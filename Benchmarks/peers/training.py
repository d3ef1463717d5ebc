"""Training steps of `assay bench training` beside torch and transformers (and peft), in turn, on the CPU.

    pip install torch transformers peft gguf
    python3 Benchmarks/peers/training.py .build/release/assay MODEL.gguf [--modes full,bf16,lora] [--rounds 2] [--steps 3]

Both take whole steps of AdamW on random tokens; one step warms up, and the median of the others counts. Prints one JSON
document: for each mode the tokens per second of either, in each round, the ratio of the medians, and the largest resident
sizes. torch's bfloat16 is autocast over float32 weights; adapters have rank 8 on all projections.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ASSAY_FLAGS = {"full": [], "bf16": ["--mode", "bf16", "--tokens-per-pass", "1024"], "lora": ["--lora"]}


def torch_model(options):
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(options.threads)
    model = AutoModelForCausalLM.from_pretrained(
        options.model.parent, gguf_file=options.model.name, dtype=torch.float32)
    if options.peer != "lora":
        return model
    import peft

    return peft.get_peft_model(model, peft.LoraConfig(
        r=8, lora_alpha=16, task_type="CAUSAL_LM",
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]))


def run_peer(options):
    """Steps of torch in this process, which holds nothing else."""
    import torch

    model = torch_model(options)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-5)
    ids = torch.randint(100, 20000, (options.batch, options.length), generator=torch.Generator().manual_seed(0))
    seconds = []
    for _ in range(options.steps + 1):
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.peer == "bf16"):
            loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "tokens_per_second": options.batch * options.length / statistics.median(seconds[1:]),
        "resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "torch": torch.__version__}))


def measured(command):
    found = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(found.stdout.splitlines()[-1])


def compare(options, mode):
    shared = ["--batch", options.batch, "--length", options.length, "--steps", options.steps, "--threads", options.threads]
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(measured([
            options.assay, "bench", "training", "--model", options.model, *shared, *ASSAY_FLAGS[mode], "--json"]))
        theirs.append(measured([sys.executable, __file__, options.assay, options.model, "--peer", mode, *shared]))
    rates = [[run["tokens_per_second"] for run in runs] for runs in (ours, theirs)]
    return {
        "mode": mode, "assay": rates[0], "torch": rates[1],
        "ratio": statistics.median(rates[0]) / statistics.median(rates[1]),
        "assay_resident_bytes": max(run["resident_bytes"] for run in ours),
        "torch_resident_bytes": max(run["resident_bytes"] for run in theirs), "backend": ours[0]["backend"],
        "torch_version": theirs[0]["torch"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--modes", default="full,bf16,lora")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer", choices=sorted(ASSAY_FLAGS), help="measure torch alone, in this process")
    options = parser.parse_args()
    if options.peer:
        return run_peer(options)
    print(json.dumps([compare(options, mode) for mode in options.modes.split(",")], indent=1))


if __name__ == "__main__":
    main()
