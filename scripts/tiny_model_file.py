"""The small fixture model as a GGUF file, and back."""

import gguf
import numpy
import torch

import tiny_model_tokens as tokens

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def write(path, network, table, description):
    size = network.size
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_type("model")
    writer.add_name("Assay tiny")
    writer.add_description(description)
    writer.add_license("same as the project")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(size.context)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.blocks)
    writer.add_feed_forward_length(size.feed_forward)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.key_value_heads)
    writer.add_layer_norm_rms_eps(size.epsilon)
    writer.add_rope_freq_base(size.rope_base)
    writer.add_rope_dimension_count(size.head_width)
    writer.add_vocab_size(size.vocabulary)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(table.texts)
    kinds = [gguf.TokenType.CONTROL if text in tokens.CONTROL else gguf.TokenType.NORMAL for text in table.texts]
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in table.merges])
    writer.add_bos_token_id(tokens.TURN_START)
    writer.add_eos_token_id(tokens.TURN_END)
    writer.add_unk_token_id(tokens.END)
    writer.add_pad_token_id(tokens.END)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)
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
