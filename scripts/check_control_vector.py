#!/usr/bin/env python3
"""Checks with llama.cpp that a control vector of Assay acts at the layer that was meant.

    peers/bin/python scripts/check_control_vector.py ASSAY MODEL.gguf     (needs llama-cpp-python, gguf and numpy)

A harmfulness direction is measured at one layer, written as a control vector, and read with the gguf package. llama.cpp
adds it to the output of a block; Assay does the same with the file. Their log-probabilities of a text must agree where
both act at the same layer, and by far less where llama.cpp acts one layer below or above.
"""

import ctypes
import json
import pathlib
import subprocess
import sys
import tempfile

import gguf
import llama_cpp
import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = "The river rose in the night, and in the morning the bridge was gone. Nobody in the village was surprised."
LAYERS = (4, 15, 24)
# Mean absolute difference of log-probabilities that rounding explains, in nats.
ALLOWED = 0.01


def gguf_layers(path):
    fields = gguf.GGUFReader(path).fields
    return next(int(field.contents()) for name, field in fields.items() if name.endswith(".block_count"))


def assay(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def ours(binary, model, ids, vector=None):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(" ".join(map(str, ids)))
        file.flush()
        steered = ["--adapter", vector] if vector else []
        scored = json.loads(assay(binary, "score", "--model", model, *steered, "--ids", file.name, "--json"))
    return numpy.array(scored["logprobs"])


class Theirs:
    def __init__(self, model, ids):
        self.llama = llama_cpp.Llama(str(model), n_ctx=512, logits_all=True, verbose=False, n_threads=1, seed=0)
        self.ids = ids
        self.width = self.llama.n_embd()
        self.layers = llama_cpp.llama_model_n_layer(self.llama._model.model)

    def log_probabilities(self, direction, layer):
        """With a direction added to the output of a block, counted from 0; llama.cpp's buffer begins with block 1."""
        buffer = numpy.zeros((self.layers - 1, self.width), dtype=numpy.float32)
        buffer[layer - 1] = direction
        data = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        context = self.llama._ctx.ctx
        if llama_cpp.llama_set_adapter_cvec(context, data, buffer.size, self.width, 1, self.layers - 1):
            sys.exit("llama.cpp refuses the control vector")
        self.llama.reset()
        self.llama._ctx.kv_cache_clear()
        self.llama.eval(self.ids)
        logits = numpy.array(self.llama.scores[: len(self.ids)], dtype=numpy.float64)
        logits -= logits.max(axis=1, keepdims=True)
        logits -= numpy.log(numpy.exp(logits).sum(axis=1, keepdims=True))
        return logits[numpy.arange(len(self.ids) - 1), self.ids[1:]]


def exported(binary, model, layer, folder):
    """The control vector of one layer, and the direction that its file holds."""
    directions, out = folder / f"{layer}.safetensors", folder / f"{layer}.gguf"
    prompts = ROOT / "prompts"
    assay(
        binary, "steer", "direction", "--model", model, "--positive", prompts / "harmful.jsonl", "--negative",
        prompts / "harmless.jsonl", "--site", "hook_resid_post", "--layers", layer, "--limit", 24, "--out", directions)
    assay(binary, "steer", "export", "--model", model, "--directions", directions, "--strength", 4, "--out", out)
    tensors = gguf.GGUFReader(out).tensors
    assert [tensor.name for tensor in tensors] == [f"direction.{layer}"], [tensor.name for tensor in tensors]
    return out, numpy.array(tensors[0].data)


def main():
    binary, model = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    if gguf_layers(model) <= max(LAYERS) + 1:
        sys.exit(f"{model} has too few layers for {LAYERS}")
    ids = llama_cpp.Llama(str(model), vocab_only=True, verbose=False).tokenize(TEXT.encode(), add_bos=False)
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        # Decoded once: llama.cpp rounds activations where weights are quantised, and Assay does not.
        decoded = folder / "f32.gguf"
        assay(binary, "model", "convert", "--model", model, "--type", "f32", "--out", decoded)
        peer = Theirs(decoded, ids)
        plain = ours(binary, decoded, ids)
        for layer in LAYERS:
            vector, direction = exported(binary, decoded, layer, folder)
            steered = ours(binary, decoded, ids, vector)
            apart = {
                near: float(numpy.abs(peer.log_probabilities(direction, near) - steered).mean())
                for near in (layer - 1, layer, layer + 1)}
            moved = float(numpy.abs(steered - plain).mean())
            holds = apart[layer] <= ALLOWED and all(apart[near] > 5 * apart[layer] for near in apart if near != layer)
            fine &= holds
            found = ", ".join(f"{near}: {value:.4f}" for near, value in apart.items())
            print(f"layer {layer:2}: moves log-probabilities by {moved:.4f} nat; apart from llama.cpp's at layer {found}"
                  f" -> {'ok' if holds else 'DIFFERS'}")
    sys.exit(0 if fine else 1)


main()
