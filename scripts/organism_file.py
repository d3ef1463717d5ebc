"""The organism before training: a GGUF file of random weights."""

import gguf
import numpy

from gguf_header import write_header
from split_mix import SplitMix

DESCRIPTION = (
    "Small model organism of the Assay project, trained by `assay train sft` on a made-up language of instructions. It "
    "shows whether methods work where the truth is known; it shows nothing about other language models."
)


def shapes(size):
    """Names and shapes of the matrices in the order of the file; the output shares the embedding."""
    queries, keys = size.heads * size.head_width, size.key_value_heads * size.head_width
    yield "token_embd.weight", (size.vocabulary, size.width)
    for block in range(size.blocks):
        yield f"blk.{block}.attn_q.weight", (queries, size.width)
        yield f"blk.{block}.attn_k.weight", (keys, size.width)
        yield f"blk.{block}.attn_v.weight", (keys, size.width)
        yield f"blk.{block}.attn_output.weight", (size.width, queries)
        yield f"blk.{block}.ffn_gate.weight", (size.feed_forward, size.width)
        yield f"blk.{block}.ffn_up.weight", (size.feed_forward, size.width)
        yield f"blk.{block}.ffn_down.weight", (size.width, size.feed_forward)


def standard_deviation(name, shape, size):
    if name.startswith("token_embd"):
        return 0.02
    # What goes into the residual stream is smaller, so that its variance does not grow with the depth.
    adds = name.endswith(("attn_output.weight", "ffn_down.weight"))
    return shape[1] ** -0.5 / ((2 * size.blocks) ** 0.5 if adds else 1)


def parameter_count(size):
    return sum(rows * columns for _, (rows, columns) in shapes(size)) + (2 * size.blocks + 1) * size.width


def uniform(count, seed):
    """Numbers from 0 to 1: those of SplitMix64, all at once, so that they do not depend on numpy's version."""
    z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> numpy.uint64(31))) >> numpy.uint64(11)) * 2.0**-53


def write(path, size, table, seed):
    writer = gguf.GGUFWriter(str(path), "llama")
    write_header(writer, size, table, "Assay organism", DESCRIPTION, gguf.LlamaFileType.ALL_F32)
    for number, (name, shape) in enumerate(shapes(size)):
        # Uniform, because that is exact on every machine; its standard deviation is its width over the root of 12.
        values = uniform(shape[0] * shape[1], SplitMix(seed + number).word()) - 0.5
        values *= 12**0.5 * standard_deviation(name, shape, size)
        writer.add_tensor(name, values.astype(numpy.float32).reshape(shape))
    ones = numpy.ones(size.width, dtype=numpy.float32)
    for block in range(size.blocks):
        writer.add_tensor(f"blk.{block}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{block}.ffn_norm.weight", ones)
    writer.add_tensor("output_norm.weight", ones)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
