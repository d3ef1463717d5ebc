"""The small fixture model as a GGUF file, and back."""

import gguf
import numpy
import torch

from gguf_header import write_header

def write(path, network, table, description):
    writer = gguf.GGUFWriter(str(path), "llama")
    write_header(writer, network.size, table, "Assay tiny", description, gguf.LlamaFileType.MOSTLY_Q8_0)
    for name, value in network.state_dict().items():
        value = value.numpy().astype(numpy.float32)
        if value.ndim == 2:
            packed = gguf.quants.quantize(value, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_weights(path, network):
    """Gives `network` the dequantised weights of the file."""
    reader = gguf.GGUFReader(str(path))
    state = {}
    for tensor in reader.tensors:
        value = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        state[tensor.name] = torch.from_numpy(numpy.array(value, dtype=numpy.float32))
    network.load_state_dict(state)
