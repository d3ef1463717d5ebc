"""Blocks of every readable GGUF element type, with the float32 elements they stand for.

Writes to Tests/Fixtures/checkpoints/blocks one file per type. A type that is only read: the blocks, then the elements
that the `gguf` package (the format's own Python library) decodes from them; Q8_K, which that package leaves out, is
decoded here from its definition, x = d * q. A type that is also written: in quantized/ the elements, then the blocks
that the package encodes. Block bytes are random, so scales take every kind of half-precision value but NaN and
infinity. Two small whole files, reference.gguf and reference.safetensors, come from the formats' own writers. Seeded;
the same versions give the same bytes.

    python scripts/reference/gguf_blocks.py            (numpy 2.4.6, gguf 0.19.0, safetensors 0.8.0)
"""

import pathlib

import gguf
import numpy as np
import safetensors.numpy

FOLDER = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/checkpoints"
TYPE = gguf.GGMLQuantizationType

# Where the half-precision scales of a block lie.
HALF_SCALES = {
    TYPE.Q4_0: [0], TYPE.Q4_1: [0, 2], TYPE.Q5_0: [0], TYPE.Q5_1: [0, 2], TYPE.Q8_0: [0],
    TYPE.Q2_K: [80, 82], TYPE.Q3_K: [108], TYPE.Q4_K: [0, 2], TYPE.Q5_K: [0, 2], TYPE.Q6_K: [208],
}


def finite_halves(random, count):
    """Random bit patterns of finite half-precision numbers: zeros, subnormals, both signs."""
    bits = random.integers(0, 1 << 16, count, dtype=np.uint16)
    exponents = np.array([0, 0x0400, 0x3C00, 0x7800], dtype=np.uint16)
    infinite = (bits & 0x7C00) == 0x7C00
    bits[infinite] = (bits[infinite] & 0x83FF) | random.choice(exponents, infinite.sum())
    bits[:4] = [0x0000, 0x8000, 0x0001, 0x83FF]
    return bits


def random_blocks(random, kind, count):
    blocks = random.integers(0, 256, (count, gguf.GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)
    for place in HALF_SCALES.get(kind, []):
        blocks[:, place:place + 2] = finite_halves(random, count).view(np.uint8).reshape(count, 2)
    return blocks


def decode_q8_k(blocks):
    scales = blocks[:, :4].copy().view(np.float32)
    return scales * blocks[:, 4:260].view(np.int8).astype(np.float32)


def write_blocks(random):
    for kind in HALF_SCALES:
        blocks = random_blocks(random, kind, 48 if gguf.GGML_QUANT_SIZES[kind][0] == 32 else 8)
        save("blocks", kind, blocks, gguf.quants.dequantize(blocks, kind))
    blocks = random_blocks(random, TYPE.Q8_K, 4)
    blocks[:, :4] = (random.standard_normal((4, 1)) * 10.0 ** random.integers(-6, 3, (4, 1))) \
        .astype(np.float32).view(np.uint8)
    save("blocks", TYPE.Q8_K, blocks, decode_q8_k(blocks))
    halves = finite_halves(random, 1000)
    halves[4:6] = [0x7C00, 0xFC00]
    save("blocks", TYPE.F16, halves, halves.view(np.float16).astype(np.float32))
    brains = random.integers(0, 1 << 16, 1000, dtype=np.uint16)
    brains[(brains & 0x7F80) == 0x7F80] &= 0x8000
    brains[:3] = [0x7F80, 0xFF80, 0x0001]
    save("blocks", TYPE.BF16, brains, (brains.astype(np.uint32) << 16).view(np.float32))


def write_quantized(random):
    for kind in [TYPE.Q4_0, TYPE.Q4_1, TYPE.Q8_0]:
        elements = random.standard_normal((48, 32)) * 10.0 ** random.integers(-6, 4, (48, 1))
        elements[0] = 0
        elements[1] = 3.5
        elements[2] = np.tile([-1, 1], 16)
        elements[3] = np.arange(32) - 15.5
        elements = elements.astype(np.float32)
        save("quantized", kind, elements, gguf.quants.quantize(elements, kind))
    elements = random.standard_normal(1000) * 10.0 ** random.integers(-9, 6, 1000)
    elements[:12] = [0, -0.0, 65504, 65519.99, 65520, -1e9, 2.0**-24, 2.0**-25, 1.5 * 2.0**-25, 1 + 2.0**-11,
                     1 + 3 * 2.0**-11, 2.0**-14 - 2.0**-26]
    elements = elements.astype(np.float32)
    with np.errstate(over="ignore"):
        save("quantized", TYPE.F16, elements, gguf.quants.quantize(elements, TYPE.F16))
    save("quantized", TYPE.BF16, elements, gguf.quants.quantize(elements, TYPE.BF16))


def write_gguf():
    writer = gguf.GGUFWriter(FOLDER / "reference.gguf", "llama")
    for name, value in {"uint8": 200, "int8": -100, "uint16": 60000, "int16": -30000, "uint32": 4_000_000_000,
                        "int32": -2_000_000_000, "uint64": 1 << 63, "int64": -(1 << 62), "float32": 0.1,
                        "float64": 0.1, "bool": True, "string": "na\u00efve \u2713"}.items():
        getattr(writer, f"add_{name}")(f"test.{name}", value)
    writer.add_array("test.strings", ["<s>", "", "\u0120the"])
    writer.add_array("test.integers", [1, -2, 3])
    writer.add_array("test.floats", [0.5, -0.25])
    writer.add_array("test.nested", [[1, 2], [3]])
    writer.add_tensor("matrix", np.arange(6, dtype=np.float32).reshape(2, 3))
    writer.add_tensor("half", np.array([[0.5, -1.5]], dtype=np.float16))
    writer.add_tensor("blocks", gguf.quants.quantize(np.arange(128, dtype=np.float32).reshape(2, 64), TYPE.Q8_0),
                      raw_dtype=TYPE.Q8_0)
    writer.add_tensor("counts", np.array([7, -8], dtype=np.int32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_safetensors():
    tensors = {"matrix": np.arange(6, dtype=np.float32).reshape(2, 3), "half": np.array([0.5, -1.5], dtype=np.float16),
               "ids": np.array([3, -4], dtype=np.int64), "scalar": np.array(2.5, dtype=np.float32),
               "empty": np.zeros((0, 4), dtype=np.float32), "flags": np.array([1, 0, 255], dtype=np.uint8)}
    safetensors.numpy.save_file(tensors, FOLDER / "reference.safetensors", metadata={"\"q\"": "\n"})


def save(folder, kind, first, second):
    path = FOLDER / folder / f"{kind.name}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(np.ascontiguousarray(first).tobytes() + np.ascontiguousarray(second).tobytes())


if __name__ == "__main__":
    generator = np.random.default_rng(20240611)
    write_blocks(generator)
    write_quantized(generator)
    write_gguf()
    write_safetensors()
