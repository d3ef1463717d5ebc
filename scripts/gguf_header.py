"""What a GGUF file of the `llama` architecture says before its tensors: sizes, tokenizer and chat template."""

import gguf

import tiny_model_tokens as tokens

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def write_header(writer, size, table, name, description, file_type):
    writer.add_type("model")
    writer.add_name(name)
    writer.add_description(description)
    writer.add_license("same as the project")
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    write_size(writer, size)
    write_tokenizer(writer, table)


def write_size(writer, size):
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


def write_tokenizer(writer, table):
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
