"""Makes a tiny random model of every family, as a Hugging Face folder and as a GGUF file, and what transformers
computes with it.

    python3 scripts/reference/tiny_families.py [FAMILY ...]

writes to Tests/Fixtures/families/NAME: model.gguf, the folder, and reference.safetensors with logits and activations
by hook name. GGUF files have the names, row orders and constants that llama.cpp's converter gives them.

    python3 scripts/reference/tiny_families.py --add

adds the logits of configurations that are new here, and leaves everything else as it is.

Needs torch, transformers, safetensors, gguf; versions are in Tests/Fixtures/families/README.md.
"""

import json
import math
import pathlib
import shutil
import sys

import gguf
import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "families"
LENGTH = 40
POSITIONS = [0, 1, 8, 23, 39]
VOCABULARY = 72

COMMON = dict(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48,
    vocab_size=VOCABULARY, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0,
)

FAMILIES = {
    "llama": dict(
        config="LlamaConfig", dtype=torch.float32, shards=True,
        options=dict(
            rope_parameters=dict(
                rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=32),
            head_dim=12, rms_norm_eps=1e-5)),
    "mistral": dict(config="MistralConfig", dtype=torch.bfloat16, options=dict(sliding_window=9, head_dim=8)),
    "qwen2": dict(config="Qwen2Config", dtype=torch.float16, options=dict(tie_word_embeddings=True)),
    "qwen3": dict(config="Qwen3Config", dtype=torch.bfloat16, options=dict(head_dim=12)),
    "gemma2": dict(
        config="Gemma2Config", dtype=torch.float32,
        options=dict(
            head_dim=12, query_pre_attn_scalar=20, sliding_window=9, attn_logit_softcapping=3.0,
            final_logit_softcapping=5.0)),
    "gemma3": dict(
        config="Gemma3TextConfig", dtype=torch.bfloat16,
        options=dict(num_hidden_layers=7, head_dim=12, query_pre_attn_scalar=12, sliding_window=9)),
    "gpt2": dict(config="GPT2Config", dtype=torch.float32, options=dict()),
    "gptneox": dict(
        config="GPTNeoXConfig", dtype=torch.float16,
        options=dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    "phi3": dict(config="Phi3Config", dtype=torch.bfloat16, options=dict(sliding_window=9)),
    "olmo2": dict(config="Olmo2Config", dtype=torch.float32, options=dict(num_key_value_heads=4)),
}

# The same weights under another configuration: only logits are kept.
VARIANTS = {
    "llama": {
        "linear": dict(rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=4.0)),
        "yarn": dict(
            rope_parameters=dict(
                rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=16)),
        "yarn-tuned": dict(
            rope_parameters=dict(
                rope_type="yarn", rope_theta=5000.0, factor=8.0, original_max_position_embeddings=32, beta_fast=8.0,
                beta_slow=2.0, attention_factor=1.3, truncate=False)),
        "dynamic": dict(rope_parameters=dict(rope_type="dynamic", rope_theta=10000.0, factor=4.0)),
        "longrope-factor": dict(
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, factor=3.0,
                short_factor=[1.0, 1.2, 1.5, 2.0, 2.5, 3.0], long_factor=[2.0, 3.0, 5.0, 8.0, 9.0, 9.5],
                original_max_position_embeddings=48)),
        "ignored": dict(
            sliding_window=9,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)),
        "scaling-first": dict(
            rope_scaling=dict(rope_type="linear", factor=2.0),
            rope_parameters=dict(rope_type="linear", rope_theta=500.0, factor=4.0)),
        "yarn-outer": dict(
            original_max_position_embeddings=16,
            rope_parameters=dict(
                rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=32)),
        "longrope-outer": dict(
            original_max_position_embeddings=48,
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.2, 1.5, 2.0, 2.5, 3.0],
                long_factor=[2.0, 3.0, 5.0, 8.0, 9.0, 9.5], original_max_position_embeddings=60)),
        "no-object": dict(
            hidden_activation="gelu",
            rope_parameters=dict(full_attention=dict(rope_type="linear", rope_theta=500.0, factor=4.0))),
        "relu": dict(hidden_act="relu"),
        "relu2": dict(hidden_act="relu2"),
        "quick-gelu": dict(hidden_act="quick_gelu"),
        "gelu-fast": dict(hidden_act="gelu_fast"),
        "gelu-accurate": dict(hidden_act="gelu_accurate"),
    },
    "gpt2": {
        "relu": dict(activation_function="relu"),
        "relu2": dict(activation_function="relu2"),
        "quick-gelu": dict(activation_function="quick_gelu"),
        "gelu-pytorch-tanh": dict(activation_function="gelu_pytorch_tanh"),
    },
    "mistral": {"all-slide": dict(layer_types=["full_attention", "full_attention"], attention_bias=True)},
    "gemma2": {
        "silu": dict(hidden_activation="silu"),
        "relu2": dict(hidden_activation="relu2"),
        "other-act": dict(hidden_act="relu", hidden_activation="gelu_python"),
    },
    "gemma3": {
        "silu": dict(hidden_activation="silu", attn_logit_softcapping=3.0),
        "scaling-merged": dict(
            rope_scaling=dict(rope_type="linear", factor=8.0),
            rope_parameters=dict(
                full_attention=dict(rope_type="default", rope_theta=500.0),
                sliding_attention=dict(rope_type="default", rope_theta=300.0))),
        "flat": dict(rope_parameters=dict(rope_type="linear", rope_theta=500.0, factor=4.0)),
    },
    "gptneox": {
        "serial": dict(use_parallel_residual=False),
        "relu": dict(hidden_act="relu"),
        "quick-gelu": dict(hidden_act="quick_gelu"),
        "rotary": dict(
            rope_theta=500.0, partial_rotary_factor=0.25, rotary_emb_base=300.0, rotary_pct=0.75,
            rope_parameters=None),
    },
    "phi3": {
        "longrope": dict(
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.2, 1.5, 2.0],
                long_factor=[2.0, 3.0, 5.0, 8.0], original_max_position_embeddings=48, partial_rotary_factor=1.0),
            original_max_position_embeddings=48, sliding_window=None),
        "all-slide": dict(sliding_window=9, layer_types=["full_attention", "full_attention"]),
        "su": dict(
            rope_scaling=dict(
                type="su", short_factor=[1.0, 1.2, 1.5, 2.0], long_factor=[2.0, 3.0, 5.0, 8.0],
                original_max_position_embeddings=50),
            original_max_position_embeddings=48),
        "yarn": dict(
            rope_scaling=dict(type="yarn", short_factor=[1.0, 1.2, 1.5, 2.0], long_factor=[2.0, 3.0, 5.0, 8.0]),
            original_max_position_embeddings=48),
        "longrope-inner": dict(
            rope_scaling=dict(
                type="longrope", short_factor=[1.0, 1.2, 1.5, 2.0], long_factor=[2.0, 3.0, 5.0, 8.0],
                original_max_position_embeddings=48)),
    },
    "qwen2": {
        "windows": dict(
            use_sliding_window=True, sliding_window=9, max_window_layers=1,
            layer_types=["full_attention", "sliding_attention"]),
    },
}


# The same under configurations whose original context the text is longer than: transformers then takes the divisors of
# long texts for the whole of it.
LONG = {
    "llama": {
        "long-factor": dict(
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, factor=3.0,
                short_factor=[1.0, 1.2, 1.5, 2.0, 2.5, 3.0], long_factor=[2.0, 3.0, 5.0, 8.0, 9.0, 9.5],
                original_max_position_embeddings=16)),
        "long-attention": dict(
            rope_parameters=dict(
                rope_type="longrope", rope_theta=5000.0, attention_factor=1.2,
                short_factor=[1.0, 1.2, 1.5, 2.0, 2.5, 3.0], long_factor=[2.0, 3.0, 5.0, 8.0, 9.0, 9.5],
                original_max_position_embeddings=39)),
    },
    "phi3": {
        "long": dict(
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.2, 1.5, 2.0],
                long_factor=[2.0, 3.0, 5.0, 8.0], original_max_position_embeddings=16, partial_rotary_factor=1.0),
            original_max_position_embeddings=16, sliding_window=None),
        "long-su": dict(
            rope_scaling=dict(
                type="su", short_factor=[1.0, 1.2, 1.5, 2.0], long_factor=[2.0, 3.0, 5.0, 8.0],
                original_max_position_embeddings=50),
            original_max_position_embeddings=32),
    },
}


# The same weights under a configuration without some keys: only logits are kept.
ABSENT = {
    "llama": ["rms_norm_eps", "max_position_embeddings"],
    "mistral": ["rms_norm_eps", "max_position_embeddings"],
    "qwen2": ["rms_norm_eps", "max_position_embeddings"],
    "qwen3": ["rms_norm_eps", "max_position_embeddings"],
    "gemma2": ["rms_norm_eps", "max_position_embeddings", "attn_logit_softcapping", "final_logit_softcapping"],
    "gemma3": ["rms_norm_eps", "max_position_embeddings", "rope_parameters", "hidden_activation"],
    "gptneox": ["layer_norm_eps", "max_position_embeddings", "rope_parameters"],
    "phi3": ["rms_norm_eps", "max_position_embeddings", "original_max_position_embeddings"],
    "olmo2": ["rms_norm_eps", "max_position_embeddings"],
}

# Families whose attention may have biases that the fixture lacks: logits with those of `bias_of`.
BIASED = ["gemma2", "gemma3"]


def make_model(name, family):
    seed = 1000 + list(FAMILIES).index(name)
    config = getattr(transformers, family["config"])(**{**COMMON, **family["options"]})
    config._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    generator = torch.Generator().manual_seed(seed)
    gemma = name.startswith("gemma")
    for key, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() == 2:
            is_embedding = any(part in key for part in ("embed_tokens", "embed_in", "wte", "wpe"))
            size = 0.25 if gemma and is_embedding else 0.7 if is_embedding else 1.2 / math.sqrt(parameter.shape[-1])
            value = noise * size
        elif "bias" in key:
            value = noise * 0.3
        else:
            value = noise * 0.3 + (0 if gemma else 1)
        parameter.data = value.to(family["dtype"]).float()
    return model.eval(), config


def modules(name, model):
    """The parts of a model by our words for them."""
    if name == "gpt2":
        inner = model.transformer
        return dict(
            layers=inner.h, attention="attn", mlp="mlp", ln1="ln_1", ln2="ln_2", final=inner.ln_f, embed=inner.wte,
            pre="c_fc", post="c_proj")
    if name == "gptneox":
        inner = model.gpt_neox
        return dict(
            layers=inner.layers, attention="attention", mlp="mlp", ln1="input_layernorm",
            ln2="post_attention_layernorm", final=inner.final_layer_norm, embed=inner.embed_in, pre="dense_h_to_4h",
            post="dense_4h_to_h")
    inner = model.model
    parts = dict(
        layers=inner.layers, attention="self_attn", mlp="mlp", final=inner.norm, embed=inner.embed_tokens,
        pre="gate_proj", post="down_proj", ln1="input_layernorm", ln2="post_attention_layernorm")
    if name.startswith("gemma"):
        parts.update(
            ln1_post="post_attention_layernorm", ln2="pre_feedforward_layernorm", ln2_post="post_feedforward_layernorm")
    if name == "olmo2":
        parts.update(ln1="post_attention_layernorm", ln2="post_feedforward_layernorm")
    return parts


def first(value):
    return value[0] if isinstance(value, tuple) else value


def norm_facts(module, x):
    """What a norm divides by, and what it then multiplies with its weight."""
    epsilon = next(getattr(module, key) for key in ("variance_epsilon", "eps") if hasattr(module, key))
    if isinstance(module, torch.nn.LayerNorm):
        x = x - x.mean(-1, keepdim=True)
    scale = (x.pow(2).mean(-1, keepdim=True) + epsilon).sqrt()
    return scale, x / scale


def record(name, model, config, ids):
    """Logits and activations by TransformerLens name, for one sequence."""
    found, handles = {}, []
    parts = modules(name, model)
    heads, kv_heads = config.num_attention_heads, getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    if name in ("gpt2", "gptneox"):
        kv_heads = heads
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // heads
    after = name == "olmo2"
    sandwich = name.startswith("gemma")

    def keep(key, value, shape=None):
        value = value.detach()[0].float()
        found[key] = value.reshape(value.shape[0], *shape) if shape else value

    def on_input(module, action):
        def look(_, args, kwargs):
            action(args[0] if args else kwargs["hidden_states"])

        handles.append(module.register_forward_pre_hook(look, with_kwargs=True))

    def on_output(module, action):
        def look(_, __, out):
            action(first(out))

        handles.append(module.register_forward_hook(look))

    for i, layer in enumerate(parts["layers"]):
        prefix = f"blocks.{i}."
        attention, mlp = getattr(layer, parts["attention"]), getattr(layer, parts["mlp"])
        on_input(layer, lambda x, p=prefix: keep(p + "hook_resid_pre", x))
        on_output(layer, lambda x, p=prefix: keep(p + "hook_resid_post", x))
        for site in ("ln1", "ln2", "ln1_post", "ln2_post"):
            if site in parts:
                module = getattr(layer, parts[site])

                def keep_norm(x, p=prefix, s=site, m=module):
                    scale, normalized = norm_facts(m, x)
                    keep(f"{p}{s}.hook_scale", scale)
                    keep(f"{p}{s}.hook_normalized", normalized)

                on_input(module, keep_norm)
                if site in ("ln1", "ln2") and not after:
                    on_output(module, lambda x, p=prefix, s=site: keep(f"{p}{s}.hook_out", x))
        adds = (layer.post_attention_layernorm if after or sandwich else attention,
                layer.post_feedforward_layernorm if after or sandwich else mlp)
        if after or sandwich:
            on_output(attention, lambda x, p=prefix: keep(p + "attn.hook_out", x))
            on_output(mlp, lambda x, p=prefix: keep(p + "mlp.hook_out", x))
        on_output(adds[0], lambda x, p=prefix: keep(p + "hook_attn_out", x))
        on_output(adds[1], lambda x, p=prefix: keep(p + "hook_mlp_out", x))
        on_input(getattr(mlp, parts["post"]), lambda x, p=prefix: keep(p + "mlp.hook_post", x))
        if name == "phi3":
            width = config.intermediate_size
            on_output(mlp.gate_up_proj, lambda x, p=prefix: (
                keep(p + "mlp.hook_pre", x[..., :width]), keep(p + "mlp.hook_pre_linear", x[..., width:])))
        else:
            on_output(getattr(mlp, parts["pre"]), lambda x, p=prefix: keep(p + "mlp.hook_pre", x))
            if hasattr(mlp, "up_proj"):
                on_output(mlp.up_proj, lambda x, p=prefix: keep(p + "mlp.hook_pre_linear", x))
        if name in ("gpt2", "phi3"):
            q, kv = heads * head_dim, kv_heads * head_dim
            fused = attention.c_attn if name == "gpt2" else attention.qkv_proj
            on_output(fused, lambda x, p=prefix: [
                keep(p + f"attn.hook_{kind}", part, (-1, head_dim))
                for kind, part in zip("qkv", x.split([q, kv, kv], dim=-1))])
        elif name == "gptneox":
            on_output(attention.query_key_value, lambda x, p=prefix: [
                keep(p + f"attn.hook_{kind}", x.view(*x.shape[:2], heads, 3, head_dim)[..., k, :])
                for k, kind in enumerate("qkv")])
        else:
            for kind in "qkv":
                on_output(getattr(attention, f"{kind}_proj"),
                          lambda x, p=prefix, k=kind: keep(p + f"attn.hook_{k}", x, (-1, head_dim)))

    def final_norm(x):
        scale, normalized = norm_facts(parts["final"], x)
        keep("ln_final.hook_scale", scale)
        keep("ln_final.hook_normalized", normalized)

    on_input(parts["final"], final_norm)
    on_output(parts["final"], lambda x: keep("ln_final.hook_out", x))

    source = sys.modules[type(model).__module__]
    original = source.eager_attention_forward

    def attend(module, query, key, value, mask, *args, **kwargs):
        out, pattern = original(module, query, key, value, mask, *args, **kwargs)
        i = module.layer_idx
        scaling = kwargs.get("scaling") or query.shape[-1] ** -0.5
        repeated = key.repeat_interleave(query.shape[1] // key.shape[1], dim=1)
        scores = query @ repeated.transpose(-1, -2) * scaling
        cap = kwargs.get("softcap")
        if cap is not None:
            scores = torch.tanh(scores / cap) * cap
        scores = scores.masked_fill(pattern == 0, -math.inf)
        if name != "gpt2":
            keep(f"blocks.{i}.attn.hook_rot_q", query.transpose(1, 2))
            keep(f"blocks.{i}.attn.hook_rot_k", key.transpose(1, 2))
        keep(f"blocks.{i}.attn.hook_z", out)
        keep(f"blocks.{i}.attn.hook_attn_scores", scores)
        keep(f"blocks.{i}.attn.hook_pattern", pattern)
        return out, pattern

    source.eager_attention_forward = attend
    try:
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0]
    finally:
        source.eager_attention_forward = original
        for handle in handles:
            handle.remove()
    with torch.no_grad():
        if name == "gpt2":
            found["hook_embed"] = model.transformer.wte(torch.tensor(ids))
            found["hook_pos_embed"] = model.transformer.wpe(torch.arange(len(ids)))
        else:
            found["hook_embed"] = found["blocks.0.hook_resid_pre"]
    width = config.hidden_size
    for i, layer in enumerate(parts["layers"]):
        prefix = f"blocks.{i}."
        before = found[prefix + "hook_resid_pre"]
        for site, count in (("attn", heads), ("q", heads), ("k", kv_heads), ("v", kv_heads)):
            key = "hook_attn_in" if site == "attn" else f"hook_{site}_input"
            found[prefix + key] = before[:, None].expand(-1, count, width)
        found[prefix + "hook_mlp_in"] = before if name == "gptneox" else before + found[prefix + "hook_attn_out"]
        attention = getattr(layer, parts["attention"])
        output = next(getattr(attention, key) for key in ("o_proj", "c_proj", "dense") if hasattr(attention, key))
        matrix = output.weight.detach().float()
        matrix = matrix.T if name == "gpt2" else matrix
        by_head = matrix.reshape(width, heads, head_dim)
        found[prefix + "attn.hook_result"] = torch.einsum("phd,mhd->phm", found[prefix + "attn.hook_z"], by_head)
    if name != "gptneox":
        for i in range(len(parts["layers"])):
            found[f"blocks.{i}.hook_resid_mid"] = (
                found[f"blocks.{i}.hook_resid_pre"] + found[f"blocks.{i}.hook_attn_out"])
    chosen = {}
    for key, value in found.items():
        square = key.endswith(("hook_attn_scores", "hook_pattern"))
        chosen[key] = (value[:, POSITIONS] if square else value[POSITIONS]).contiguous()
    chosen["logits"] = logits[POSITIONS].contiguous()
    return chosen


# GGUF: names, keys and row orders of llama.cpp's convert_hf_to_gguf.py.

def permuted(weight, heads):
    """LlamaModel.permute: the rows of a head's two halves in turn."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def gguf_tensors(name, model, config):
    state = {key: value.numpy() for key, value in model.state_dict().items()}
    heads, kv_heads = config.num_attention_heads, getattr(config, "num_key_value_heads", None)
    tensors = {}
    if name == "gpt2":
        outer = {"transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm"}
        inner = {
            "ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
            "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}
        layers = "transformer.h."
    elif name == "gptneox":
        outer = {
            "gpt_neox.embed_in": "token_embd", "gpt_neox.final_layer_norm": "output_norm", "embed_out": "output",
            "lm_head": "output"}
        inner = {
            "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
            "attention.query_key_value": "attn_qkv", "attention.dense": "attn_output",
            "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down"}
        layers = "gpt_neox.layers."
    else:
        outer = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
        inner = {
            "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
            "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
            "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "self_attn.qkv_proj": "attn_qkv",
            "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
            "mlp.gate_up_proj": "ffn_up"}
        if name.startswith("gemma"):
            inner.update(pre_feedforward_layernorm="ffn_norm", post_feedforward_layernorm="post_ffw_norm",
                         post_attention_layernorm="post_attention_norm")
        if name == "olmo2":
            inner.update(post_attention_layernorm="post_attention_norm", post_feedforward_layernorm="post_ffw_norm")
        layers = "model.layers."
    for key, value in state.items():
        stem, suffix = key.rsplit(".", 1)
        if stem in ("lm_head", "embed_out") and config.tie_word_embeddings:
            continue
        if stem in outer:
            target = outer[stem]
        else:
            assert key.startswith(layers), key
            number, part = stem[len(layers):].split(".", 1)
            target = f"blk.{number}.{inner[part]}"
        if name in ("llama", "mistral"):
            if target.endswith("attn_q"):
                value = permuted(value, heads)
            if target.endswith("attn_k"):
                value = permuted(value, kv_heads)
        if name == "gpt2" and value.ndim == 2 and target.startswith("blk."):
            value = value.T
        if name == "gptneox" and target.endswith("attn_qkv"):
            width = config.hidden_size // heads
            value = value.reshape(heads, 3, width, *value.shape[1:]).swapaxes(0, 1).reshape(value.shape)
        if name.startswith("gemma") and target.endswith("norm"):
            value = value + 1
        tensors[f"{target}.{suffix}"] = np.ascontiguousarray(value)
    return tensors


def write_gguf(path, name, family, model, config):
    arch = {"mistral": "llama"}.get(name, name)
    writer = gguf.GGUFWriter(str(path), arch)
    writer.add_name(f"tiny {name}")
    heads = config.num_attention_heads
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // heads
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(getattr(config, "intermediate_size", None) if name != "gpt2" else 4 * config.hidden_size)
    writer.add_head_count(heads)
    if name not in ("gpt2", "gptneox"):
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_vocab_size(config.vocab_size)
    else:
        writer.add_layer_norm_eps(getattr(config, "layer_norm_epsilon", None) or config.layer_norm_eps)
    if name != "gpt2":
        parameters = config.rope_parameters
        parameters = parameters.get("full_attention", parameters)
        writer.add_rope_dimension_count(int(head_dim * parameters.get("partial_rotary_factor", 1)))
        writer.add_rope_freq_base(parameters["rope_theta"])
    if name not in ("gpt2", "gptneox", "phi3"):
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    if name == "gptneox":
        writer.add_parallel_residual(config.use_parallel_residual)
    if getattr(config, "sliding_window", None) is not None:
        writer.add_sliding_window(config.sliding_window)
    if name == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
        # The converter writes no scale: llama.cpp knows it from the model's size.
        writer.add_attention_scale(config.query_pre_attn_scalar ** -0.5)
    tensors = gguf_tensors(name, model, config)
    if name == "llama":
        tensors["rope_freqs.weight"] = llama3_divisors(config, head_dim)
    for key, value in tensors.items():
        if value.ndim == 1 or family["dtype"] == torch.float32:
            writer.add_tensor(key, value.astype(np.float32))
        elif family["dtype"] == torch.float16:
            writer.add_tensor(key, value.astype(np.float16))
        else:
            raw = gguf.quants.quantize(value.astype(np.float32), gguf.GGMLQuantizationType.BF16)
            writer.add_tensor(key, raw, raw_dtype=gguf.GGMLQuantizationType.BF16)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama3_divisors(config, head_dim):
    """`rope_freqs.weight`: what the converter computes for Llama 3.1."""
    parameters = config.rope_parameters
    frequencies = 1 / (parameters["rope_theta"] ** (torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim))
    factor, low, high = (parameters[key] for key in ("factor", "low_freq_factor", "high_freq_factor"))
    context = parameters["original_max_position_embeddings"]
    divisors = []
    for frequency in frequencies:
        wavelength = 2 * math.pi / frequency
        if wavelength < context / high:
            divisors.append(1)
        elif wavelength > context / low:
            divisors.append(factor)
        else:
            smooth = (context / wavelength - low) / (high - low)
            divisors.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(divisors, dtype=np.float32)


def write_folder(path, name, family, model):
    model.to(family["dtype"]).save_pretrained(path, max_shard_size="40KB" if family.get("shards") else "5GB")
    model.float()
    (path / "generation_config.json").unlink(missing_ok=True)


def variant_logits(folder, name, patch, ids):
    config = transformers.AutoConfig.from_pretrained(folder)
    values = {**config.to_dict(), **patch}
    changed = type(config)(**values)
    changed._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=changed, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0][POSITIONS].contiguous()


def absent_logits(folder, name, keys, ids):
    values = {key: value for key, value in json.loads((folder / "config.json").read_text()).items() if key not in keys}
    changed = getattr(transformers, FAMILIES[name]["config"])(**values)
    changed._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=changed, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0][POSITIONS].contiguous()


def bias_of(count, place):
    """Numbers that a test can repeat."""
    return torch.tensor([((7 * i + 3 * place) % 11 - 5) / 16 for i in range(count)])


def biased_logits(folder, ids):
    config = transformers.AutoConfig.from_pretrained(folder, attention_bias=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        for layer in model.model.layers:
            for place, part in enumerate(["q_proj", "k_proj", "v_proj", "o_proj"]):
                bias = getattr(layer.self_attn, part).bias
                bias.copy_(bias_of(bias.numel(), place))
        return model(torch.tensor([ids])).logits[0][POSITIONS].contiguous()


def add_logits():
    """Adds what the references lack, and leaves what they have."""
    for name in FAMILIES:
        path = ROOT / name
        facts = json.loads((path / "reference.json").read_text())
        reference = load_file(path / "reference.safetensors")
        found = dict(reference)
        for key, value in changed_logits(path / "folder", name, facts["ids"]):
            if key not in reference:
                found[key] = value
                print(name, key, float(value.abs().max()))
        save_file(found, path / "reference.safetensors")
        write_facts(path, name, facts["ids"])


def changed_logits(folder, name, ids):
    for variant, patch in {**VARIANTS.get(name, {}), **LONG.get(name, {})}.items():
        yield f"{variant}.logits", variant_logits(folder, name, patch, ids)
    if name in ABSENT:
        yield "absent.logits", absent_logits(folder, name, ABSENT[name], ids)
    if name in BIASED:
        yield "biased.logits", biased_logits(folder, ids)


def write_facts(path, name, ids):
    facts = {"ids": ids, "positions": POSITIONS, "variants": VARIANTS.get(name, {}), "absent": ABSENT.get(name, [])}
    if name in LONG:
        facts["long"] = LONG[name]
    (path / "reference.json").write_text(json.dumps(facts) + "\n")


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for name in sys.argv[1:] or FAMILIES:
        family = FAMILIES[name]
        path = ROOT / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        model, config = make_model(name, family)
        ids = torch.randint(0, VOCABULARY, (LENGTH,), generator=torch.Generator().manual_seed(7)).tolist()
        reference = record(name, model, config, ids)
        write_gguf(path / "model.gguf", name, family, model, config)
        write_folder(path / "folder", name, family, model)
        reference.update(changed_logits(path / "folder", name, ids))
        save_file(reference, path / "reference.safetensors")
        write_facts(path, name, ids)
        size = {file.name: file.stat().st_size for file in sorted(path.rglob("*")) if file.is_file()}
        print(name, "largest logit", round(float(reference["logits"].abs().max()), 2), size)
    print("torch", torch.__version__, "transformers", transformers.__version__)


if sys.argv[1:] == ["--add"]:
    add_logits()
else:
    main()
