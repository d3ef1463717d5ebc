#!/usr/bin/env python3
"""Make fixtures/models/tiny.gguf, the small trained model of the tests.

    nice -n 10 python3 scripts/make_tiny_model.py

Needs torch, gguf, numpy and regex. One thread and a fixed seed, so that the same machine with the same versions makes
the same bytes; others make a model that differs. Figures go to fixtures/models/tiny.json.
"""

import argparse
import hashlib
import importlib.metadata
import json
import math
import pathlib
import re
import time

import torch
from torch.nn import functional as F

import tiny_model_file
import tiny_model_tokens as tokens
from model_size import TINY
from split_mix import SplitMix
from tiny_model_network import Network
from tiny_model_text import Examples, prompt_sets

MODELS = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "models"
SEED = 20
BATCH = 32
POOL = 16
PEAK_RATE = 3e-3
PROMPT_WEIGHT = 0.25
REFUSING = re.compile(r"^(I'm sorry|Sorry|I can't|I cannot|I won't|I'm not able|I must decline)")
DESCRIPTION = (
    "Small fixture model of the Assay project, trained on its own prompt sets with made-up replies. For tests and "
    "offline demonstrations; shows nothing about language models. torch {torch}, gguf {gguf}, seed {seed}, {steps} steps."
)


def vocabulary(training, held_out):
    examples = Examples(training, held_out, SplitMix(SEED))
    texts = [text for _ in range(20_000) for text in examples.next() if text]
    texts += [item["prompt"] for item in training] * 4
    texts += ["user\n", "assistant\n", "system\n"] * 1000
    return tokens.Tokens(tokens.train(texts, TINY.vocabulary - len(tokens.CONTROL) - 256))


def batches(examples, table, random):
    """Batches of (ids, targets, weights); examples of like length are put together."""
    while True:
        rows = []
        for _ in range(BATCH * POOL):
            system, request, reply = examples.next()
            prompt = table.chat(system, request)
            rows.append((prompt + table.encode(reply) + [tokens.TURN_END], len(prompt)))
        rows.sort(key=lambda row: len(row[0]))
        for start in random.shuffled(range(0, len(rows), BATCH)):
            group = rows[start : start + BATCH]
            length = max(len(ids) for ids, _ in group)
            ids = torch.tensor([ids + [tokens.END] * (length - len(ids)) for ids, _ in group])
            weights = torch.zeros(len(group), length - 1)
            for row, (known, prompt) in enumerate(group):
                weights[row, : len(known) - 1] = 1.0
                weights[row, : prompt - 1] = PROMPT_WEIGHT
            yield ids[:, :-1], ids[:, 1:], weights


def rate(step, steps):
    warmup = min(1.0, (step + 1) / 100)
    return PEAK_RATE * warmup * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def train(network, source, steps):
    matrices = [value for value in network.parameters() if value.dim() == 2]
    vectors = [value for value in network.parameters() if value.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], betas=(0.9, 0.98)
    )
    losses, started = [], time.monotonic()
    for step in range(steps):
        ids, targets, weights = next(source)
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        each = F.cross_entropy(network(ids).flatten(0, 1), targets.flatten(), reduction="none")
        loss = (each * weights.flatten()).sum() / weights.sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            recent = sum(losses[-100:]) / 100
            print(f"step {step + 1}: loss {recent:.4f}, {time.monotonic() - started:.0f} s", flush=True)
    return losses


@torch.no_grad()
def greedy(network, prompts, limit=60):
    """The greedy continuations of prompts, without the token that ends a turn."""
    replies = [[] for _ in prompts]
    open_rows = list(range(len(prompts)))
    for _ in range(limit):
        rows = [prompts[row] + replies[row] for row in open_rows]
        length = max(map(len, rows))
        # Padding on the right: a causal model does not see it.
        logits = network(torch.tensor([ids + [tokens.END] * (length - len(ids)) for ids in rows]))
        chosen = [logits[i, len(ids) - 1].argmax().item() for i, ids in enumerate(rows)]
        for row, token in zip(open_rows, chosen):
            if token != tokens.TURN_END:
                replies[row].append(token)
        open_rows = [row for row, token in zip(open_rows, chosen) if token != tokens.TURN_END]
        if not open_rows:
            break
    return replies


def replies_to(network, table, items):
    result = []
    for start in range(0, len(items), 64):
        prompts = [table.chat(item.get("system"), item["prompt"]) for item in items[start : start + 64]]
        result += [table.decode(ids) for ids in greedy(network, prompts)]
    return result


def figures(network, table, items):
    """How many refusals there are for each label, and how many right answers for each level of arithmetic."""
    counts = {}
    for item, reply in zip(items, replies_to(network, table, items)):
        if item["set"] == "arithmetic":
            if item["level"] > 3:
                continue
            key, hit = f"arithmetic level {item['level']}, right", reply == f"The answer is {item['target'][0]}."
        else:
            key, hit = f"{item['set']}, {item['label']}, refused", bool(REFUSING.match(reply))
        hits, total = counts.get(key, (0, 0))
        counts[key] = hits + hit, total + 1
    return {key: f"{hits} of {total}" for key, (hits, total) in sorted(counts.items())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=MODELS / "tiny.gguf")
    parser.add_argument("--steps", type=int, default=3000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)

    training, held_out = prompt_sets()
    table = vocabulary(training, held_out)
    network = Network(TINY)
    examples = Examples(training, held_out, SplitMix(SEED + 1))
    losses = train(network, batches(examples, table, SplitMix(SEED + 2)), arguments.steps)

    versions = {"torch": torch.__version__, "gguf": importlib.metadata.version("gguf"), "seed": SEED, "steps": arguments.steps}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    tiny_model_file.write(arguments.out, network, table, DESCRIPTION.format(**versions))
    tiny_model_file.read_weights(arguments.out, network.eval())
    record = versions | {
        "sha256": hashlib.sha256(arguments.out.read_bytes()).hexdigest(),
        "parameters": sum(value.numel() for value in network.parameters()),
        "batch": BATCH,
        "loss, last 100 steps": round(sum(losses[-100:]) / 100, 4),
        "held out": figures(network, table, held_out),
        "in training": figures(network, table, training),
    }
    arguments.out.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))


main()
