"""How far quantised arithmetic is from float32 on the same weights: Assay's native mode beside llama.cpp.

    peers/bin/pip install llama-cpp-python torch transformers gguf
    peers/bin/python Benchmarks/peers/divergence.py --assay .build/release/assay --model A.gguf [--model B.gguf ...]

The text is read in one piece. The reference of llama.cpp is transformers in float32 on the file's dequantised weights,
and that of Assay its own float32, which is within 1e-3 of transformers'. Divergence is KL(float32 || quantised) of the
next token, in nats, over all positions; the interval is that of the mean, by 2,000 bootstrap samples of positions.
"""

import argparse
import json
import os
import subprocess

import numpy as np


def tokens(arguments, model):
    command = [arguments.assay, "tokenize", "--model", model, "--file", arguments.text, "--json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found["ids"][:1024]


def log_softmax(logits):
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def exact(model, ids):
    import torch
    from transformers import AutoModelForCausalLM, logging

    logging.disable_progress_bar()
    folder, name = os.path.split(os.path.abspath(model))
    network = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
    with torch.inference_mode():
        return network(torch.tensor([ids])).logits[0].double().numpy()


def llama(arguments, model, ids, **options):
    import llama_cpp

    network = llama_cpp.Llama(model, n_ctx=1024, n_batch=1024, n_threads=arguments.threads, logits_all=True,
                              n_threads_batch=arguments.threads, verbose=False, **options)
    network.eval(ids)
    return np.array(network.scores[:len(ids)], dtype=np.float64)


def divergences(expected, found):
    p, q = log_softmax(expected), log_softmax(found)
    return (np.exp(p) * (p - q)).sum(-1), (p.argmax(-1) == q.argmax(-1)).mean()


def interval(values):
    choices = np.random.default_rng(0).integers(0, len(values), (2000, len(values)))
    return np.quantile(values[choices].mean(1), [0.025, 0.975])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=".build/release/assay")
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--text", default=os.path.join(os.path.dirname(__file__), "..", "text.txt"))
    arguments = parser.parse_args()

    print(f"{'file':28} {'side':22} {'mean, nat':>10} {'95% interval':>22} {'largest':>9} {'same token':>11}")
    for model in arguments.model:
        ids = tokens(arguments, model)
        name = os.path.basename(model)
        command = [arguments.assay, "bench", "inference", "--model", model, "--mode", "native", "--runs", "1",
                   "--prompt-tokens", "8", "--samples", "1", "--max-tokens", "2", "--text", arguments.text, "--json"]
        own = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["divergence"]
        if own["positions"] != len(ids):
            raise SystemExit(f"{own['positions']} positions of Assay, {len(ids)} ids")
        print(f"{name:28} {'assay native':22} {own['mean']:10.6f} {'':>22} {own['largest']:9.5f} {own['agreement']:11.4f}")
        reference = exact(model, ids)
        for side, options in [("llama.cpp", {}), ("llama.cpp, f32 cache", {"type_k": 0, "type_v": 0})]:
            values, agreement = divergences(reference, llama(arguments, model, ids, **options))
            low, high = interval(values)
            print(f"{name:28} {side:22} {values.mean():10.6f} {f'[{low:.6f}, {high:.6f}]':>22} {values.max():9.5f}"
                  f" {agreement:11.4f}", flush=True)


if __name__ == "__main__":
    main()
