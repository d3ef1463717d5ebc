"""The small fixture model in torch: GGUF's `llama`, with the two elements of a rotary pair side by side."""

import torch
from torch import nn
from torch.nn import functional as F


class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size.width))
        self.epsilon = size.epsilon

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        queries, keys = size.heads * size.head_width, size.key_value_heads * size.head_width
        self.attn_norm, self.ffn_norm = Norm(size), Norm(size)
        self.attn_q = nn.Linear(size.width, queries, bias=False)
        self.attn_k = nn.Linear(size.width, keys, bias=False)
        self.attn_v = nn.Linear(size.width, keys, bias=False)
        self.attn_output = nn.Linear(queries, size.width, bias=False)
        self.ffn_gate = nn.Linear(size.width, size.feed_forward, bias=False)
        self.ffn_up = nn.Linear(size.width, size.feed_forward, bias=False)
        self.ffn_down = nn.Linear(size.feed_forward, size.width, bias=False)

    def heads(self, x):
        """(batch, position, heads * width) to (batch, head, position, width)."""
        return x.unflatten(-1, (-1, self.size.head_width)).transpose(1, 2)

    def forward(self, x, rotation, dropout):
        normed = self.attn_norm(x)
        q = rotated(self.heads(self.attn_q(normed)), rotation)
        k = rotated(self.heads(self.attn_k(normed)), rotation)
        v = self.heads(self.attn_v(normed))
        shared = self.size.heads // self.size.key_value_heads
        k, v = k.repeat_interleave(shared, 1), v.repeat_interleave(shared, 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.dropout(self.attn_output(mixed.transpose(1, 2).flatten(2)), dropout, self.training)
        normed = self.ffn_norm(x)
        hidden = F.silu(self.ffn_gate(normed)) * self.ffn_up(normed)
        return x + F.dropout(self.ffn_down(hidden), dropout, self.training)


def rotated(x, rotation):
    cosine, sine = rotation
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], -1).flatten(-2)


class Network(nn.Module):
    def __init__(self, size, dropout=0.1):
        super().__init__()
        self.size, self.dropout = size, dropout
        self.token_embd = nn.Embedding(size.vocabulary, size.width)
        self.blk = nn.ModuleList(Block(size) for _ in range(size.blocks))
        self.output_norm = Norm(size)
        for name, value in self.named_parameters():
            if value.dim() == 2:
                scale = 0.02 if name.startswith("token_embd") else value.shape[1] ** -0.5
                if name.endswith(("attn_output.weight", "ffn_down.weight")):
                    scale /= (2 * size.blocks) ** 0.5
                nn.init.normal_(value, std=scale)

    def forward(self, ids):
        """Token ids (batch, position) to logits (batch, position, vocabulary)."""
        x = F.dropout(self.token_embd(ids), self.dropout, self.training)
        pairs = torch.arange(0, self.size.head_width, 2) / self.size.head_width
        angles = torch.arange(ids.shape[1])[:, None] * self.size.rope_base**-pairs
        rotation = angles.cos(), angles.sin()
        for block in self.blk:
            x = block(x, rotation, self.dropout)
        return F.linear(self.output_norm(x), self.token_embd.weight)
