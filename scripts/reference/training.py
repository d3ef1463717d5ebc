"""Reference values of training, by torch and transformers in float32.

    python3 scripts/reference/training.py tiny                 writes Tests/Fixtures/training/tiny-llama.*
    python3 scripts/reference/training.py families             writes Tests/Fixtures/training/families/*
    python3 scripts/reference/training.py activations          writes Tests/Fixtures/training/activations.safetensors
    python3 scripts/reference/training.py smollm2 FILE.gguf    writes Tests/Fixtures/training/smollm2.json

Written with the versions that each file names.
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests" / "Fixtures" / "training"
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__}
STEPS = 20


def loss_of(model, sequences):
    """The mean over all targets of all sequences, each sequence by itself."""
    total, count = 0, 0
    for ids in sequences:
        logits = model(torch.tensor([ids[:-1]])).logits[0]
        total = total + torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="sum")
        count += len(ids) - 1
    return total / count


def train(model, sequences, rate):
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
        lr=rate, betas=(0.9, 0.999), eps=1e-8, foreach=False)
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(model, sequences)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
        optimizer.step()
        losses.append(loss.item())
        print(len(losses), losses[-1], norms[-1], flush=True)
    return losses, norms


def gguf_name(name):
    for old, new in [
        ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"),
        ("model.layers.", "blk."), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"), ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
    ]:
        name = name.replace(old, new)
    return name


def gguf_rows(name, tensor, config):
    """llama.cpp keeps the rows of queries and keys so that rotated components lie next to each other."""
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    for part, count in heads.items():
        if part in name:
            rows = tensor.shape[0]
            return tensor.reshape(count, 2, rows // count // 2, -1).swapaxes(1, 2).reshape(tensor.shape).contiguous()
    return tensor.contiguous()


def tiny():
    torch.manual_seed(7)
    config = LlamaConfig(
        hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        vocab_size=64, max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=True,
        initializer_range=0.3, attn_implementation="eager")
    model = LlamaForCausalLM(config)
    for parameter in model.parameters():
        if parameter.ndim == 1:
            parameter.data += 0.2 * torch.randn_like(parameter)
    sequences = [torch.randint(0, 64, (length,)).tolist() for length in (13, 7, 20)]
    tensors = {}
    for name, parameter in model.named_parameters():
        tensors["weights/" + gguf_name(name)] = gguf_rows(gguf_name(name), parameter.data.clone(), config)
    loss_of(model, sequences).backward()
    for name, parameter in model.named_parameters():
        tensors["gradients/" + gguf_name(name)] = gguf_rows(gguf_name(name), parameter.grad.clone(), config)
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file(tensors, FOLDER / "tiny-llama.safetensors")
    losses, norms = train(model, sequences, rate=1e-2)
    document = {"versions": VERSIONS, "sequences": sequences, "losses": losses, "norms": norms, "rate": 1e-2}
    (FOLDER / "tiny-llama.json").write_text(json.dumps(document) + "\n")


def families():
    """Gradients of the mean loss on the text of each tiny model of Tests/Fixtures/families, by transformers' names."""
    (FOLDER / "families").mkdir(parents=True, exist_ok=True)
    for folder in sorted((FOLDER.parent / "families").iterdir()):
        if not folder.is_dir():
            continue
        ids = json.loads((folder / "reference.json").read_text())["ids"]
        model = AutoModelForCausalLM.from_pretrained(
            folder / "folder", dtype=torch.float32, attn_implementation="eager").eval()
        # torch leaves the row of the padding token out; the texts hold that token as any other.
        model.get_input_embeddings().padding_idx = None
        loss = loss_of(model, [ids])
        loss.backward()
        # GPT-NeoX's files call their head otherwise than transformers does.
        files = {"lm_head.weight": "embed_out.weight"} if folder.name == "gptneox" else {}
        tensors = {files.get(name, name): parameter.grad.contiguous() for name, parameter in model.named_parameters()}
        tensors["loss"] = loss.detach().reshape(1)
        save_file(tensors, FOLDER / "families" / f"{folder.name}.safetensors", metadata=VERSIONS)


# By family: the key of the function in the feed-forward layer, and the embedding's name.
ACTIVATIONS = {
    "gpt2": ("activation_function", "transformer.wte.weight"), "llama": ("hidden_act", "model.embed_tokens.weight")}


def activations():
    """The loss and the gradient of the embedding of tiny models with other functions in their feed-forward layers."""
    tensors = {}
    for name, (key, embedding) in ACTIVATIONS.items():
        folder = FOLDER.parent / "families" / name
        ids = json.loads((folder / "reference.json").read_text())["ids"]
        for activation in ["relu", "relu2", "quick_gelu", "gelu_fast"]:
            model = AutoModelForCausalLM.from_pretrained(
                folder / "folder", dtype=torch.float32, attn_implementation="eager", **{key: activation}).eval()
            model.get_input_embeddings().padding_idx = None
            loss = loss_of(model, [ids])
            loss.backward()
            tensors[f"{name}.{activation}.loss"] = loss.detach().reshape(1)
            tensors[f"{name}.{activation}.gradient"] = dict(model.named_parameters())[embedding].grad.contiguous()
    save_file(tensors, FOLDER / "activations.safetensors", metadata=VERSIONS)


def smollm2(path):
    torch.set_num_threads(2)
    path = pathlib.Path(path)
    model = AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager")
    generator = torch.Generator().manual_seed(3)
    start = [504, 3575, 282, 4649, 314]
    sequences = [
        start + torch.randint(100, 20000, (length,), generator=generator).tolist() for length in (27, 43, 19)]
    losses, norms = train(model, sequences, rate=2e-5)
    document = {"versions": VERSIONS, "sequences": sequences, "losses": losses, "norms": norms, "rate": 2e-5}
    (FOLDER / "smollm2.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["tiny"]:
        tiny()
    elif sys.argv[1:2] == ["families"]:
        families()
    elif sys.argv[1:2] == ["activations"]:
        activations()
    else:
        smollm2(sys.argv[2])
