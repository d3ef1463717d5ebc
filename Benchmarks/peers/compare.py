"""Assay beside its peers, in one run on one machine.

    python3 -m venv peers && peers/bin/pip install llama-cpp-python torch transformers transformer-lens gguf
    peers/bin/python Benchmarks/peers/compare.py --assay .build/release/assay --model MODEL.gguf [--threads 2]

Sides take turns, round by round, so that what else the machine does weighs on both. A figure is the median of its
rounds, each the median of its runs; the ratio is that of the two. A peer that is not installed is left out and named.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time


def assay(arguments, mode):
    command = [arguments.assay, "bench", "inference", "--model", arguments.model, "--mode", mode, "--json",
               "--threads", str(arguments.threads), "--runs", str(arguments.runs)]
    if mode != "f32":
        command += ["--text", arguments.text]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def median_seconds(runs, body):
    body()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        body()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def prompt(count):
    return [(index * 7919 + 13) % 40_000 for index in range(count)]


def transformers_figures(arguments):
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(arguments.threads)
    folder, name = os.path.split(os.path.abspath(arguments.model))
    begin = time.perf_counter()
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
    ids = torch.tensor([prompt(512)])
    figures = {}
    with torch.inference_mode():
        model(ids[:, :8])
        figures["first_token_seconds"] = time.perf_counter() - begin

        def rate(**options):
            return 512 / median_seconds(arguments.runs, lambda: model(ids, logits_to_keep=1, **options))

        figures["prefill_f32"] = rate()
        figures["capture_f32"] = rate(output_hidden_states=True)
        model = model.to(torch.bfloat16)
        figures["prefill_bf16"] = rate()
    return figures


def transformer_lens_figures(arguments):
    """The same reading with the residual stream behind every block kept by hooks."""
    import torch
    from transformer_lens.model_bridge import TransformerBridge
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(arguments.threads)
    folder, name = os.path.split(os.path.abspath(arguments.model))
    with tempfile.TemporaryDirectory() as copy:
        model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
        model.config.save_pretrained(copy)
        tokenizer.save_pretrained(copy)
        bridge = TransformerBridge.boot_transformers(copy, hf_model=model, tokenizer=tokenizer, device="cpu",
                                                     dtype=torch.float32)
    ids = torch.tensor([prompt(512)])

    def read():
        _, cache = bridge.run_with_cache(
            ids, names_filter=lambda name: name.endswith("hook_resid_post"), return_type=None, logits_to_keep=1)
        if len(cache) != model.config.num_hidden_layers:
            raise RuntimeError(f"{len(cache)} residual streams of {model.config.num_hidden_layers}")

    with torch.inference_mode():
        return {"capture_f32": 512 / median_seconds(arguments.runs, read)}


def llama_figures(arguments):
    import llama_cpp

    begin = time.perf_counter()
    model = llama_cpp.Llama(arguments.model, n_ctx=16_384, n_threads=arguments.threads, n_batch=512, verbose=False,
                            n_threads_batch=arguments.threads)
    model.eval(prompt(8))
    figures = {"first_token_seconds": time.perf_counter() - begin}

    def read(count):
        model.reset()
        model.eval(prompt(count))

    def stream():
        read(128)
        for _ in range(64):
            model.eval([model.sample(temp=0)])

    figures["prefill_native"] = 512 / median_seconds(arguments.runs, lambda: read(512))
    figures["stream_native"] = 64 / median_seconds(arguments.runs, stream)
    figures["batch_native"] = 64 * 64 / llama_batch(llama_cpp, model.model, arguments.threads)
    return figures


def llama_batch(api, model, threads, samples=64, tokens=64):
    """64 sequences that share one prompt's cells, decoded together; greedy choice, so sampling costs llama nothing."""
    ids = prompt(128)
    settings = api.llama_context_default_params()
    settings.n_seq_max = samples
    settings.n_ctx = len(ids) + samples * tokens
    settings.n_batch = settings.n_ubatch = 512
    settings.n_threads = settings.n_threads_batch = threads
    settings.kv_unified = True
    context = api.llama_init_from_model(model, settings)
    memory = api.llama_get_memory(context)
    batch = api.llama_batch_init(512, 0, samples)

    def decode(rows):
        fill(batch, rows)
        if api.llama_decode(context, batch) != 0:
            raise RuntimeError("llama_decode failed")

    def run():
        api.llama_memory_clear(memory, True)
        decode([(token, place, [0], place == len(ids) - 1) for place, token in enumerate(ids)])
        for sample in range(1, samples):
            api.llama_memory_seq_cp(memory, 0, sample, -1, -1)
        for step in range(tokens):
            place = len(ids) + step
            decode([((step * 64 + sample) % 40_000, place, [sample], True) for sample in range(samples)])

    seconds = median_seconds(1, run)
    api.llama_batch_free(batch)
    api.llama_free(context)
    return seconds


def fill(batch, rows):
    batch.n_tokens = len(rows)
    for index, (token, place, sequences, wants_logits) in enumerate(rows):
        batch.token[index] = token
        batch.pos[index] = place
        batch.n_seq_id[index] = len(sequences)
        for slot, sequence in enumerate(sequences):
            batch.seq_id[index][slot] = sequence
        batch.logits[index] = wants_logits


def medians(rounds):
    """Of every number; other values are those of the first round."""
    found = {}
    for key, value in rounds[0].items():
        if isinstance(value, dict):
            found[key] = medians([each[key] for each in rounds])
        elif isinstance(value, (int, float)):
            found[key] = statistics.median(each[key] for each in rounds)
        else:
            found[key] = value
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=".build/release/assay")
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--text", default=os.path.join(os.path.dirname(__file__), "..", "text.txt"))
    arguments = parser.parse_args()

    ours, peers = {}, {}
    for number in range(arguments.rounds):
        for mode in ["f32", "bf16", "native"]:
            ours.setdefault(mode, []).append(assay(arguments, mode))
        for name, measure in [("transformers", transformers_figures), ("transformer-lens", transformer_lens_figures),
                              ("llama.cpp", llama_figures)]:
            try:
                peers.setdefault(name, []).append(measure(arguments))
            except ImportError as error:
                print(f"{name} is left out: {error}")
            gc.collect()
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
    ours = {mode: medians(rounds) for mode, rounds in ours.items()}
    peers = {name: medians(rounds) for name, rounds in peers.items() if rounds}
    print(f"{arguments.threads} threads, {arguments.rounds} rounds of {arguments.runs} runs, {ours['f32']['backend']}")

    def line(what, own, peer, key, inverse=False):
        theirs = peers.get(peer, {}).get(key)
        if theirs:
            ratio = theirs / own if inverse else own / theirs
            print(f"{what:44} {own:10.3f} {theirs:10.3f} {ratio:7.2f} x {peer}")
        else:
            print(f"{what:44} {own:10.3f}")

    line("prefill 512, f32", ours["f32"]["prefill_tokens_per_second"], "transformers", "prefill_f32")
    line("prefill 512, bf16", ours["bf16"]["prefill_tokens_per_second"], "transformers", "prefill_bf16")
    line("prefill 512, residual streams kept", ours["f32"]["capture_tokens_per_second"], "transformers", "capture_f32")
    line("the same", ours["f32"]["capture_tokens_per_second"], "transformer-lens", "capture_f32")
    line("prefill 512, native", ours["native"]["prefill_tokens_per_second"], "llama.cpp", "prefill_native")
    for mode in ["f32", "bf16", "native"]:
        line(f"64 samples of one prompt, {mode}", ours[mode]["batch_tokens_per_second"], "llama.cpp", "batch_native")
    line("one stream, native", ours["native"]["stream_tokens_per_second"], "llama.cpp", "stream_native")
    line("first token, s", ours["f32"]["first_token_seconds"], "transformers", "first_token_seconds", inverse=True)
    for mode in ["bf16", "native"]:
        print(f"mean KL divergence of {mode}: {ours[mode]['divergence']['mean']:.6f} nat")
    for mode in ["f32", "bf16", "native"]:
        print(f"resident, {mode}: {ours[mode]['resident_bytes'] / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
