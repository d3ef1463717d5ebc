"""Sizes of the small Llama models that this project makes itself."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Size:
    vocabulary: int
    width: int
    heads: int
    blocks: int = 6
    key_value_heads: int = 2
    head_width: int = 32
    feed_forward: int = 384
    context: int = 512
    rope_base: float = 10000.0
    epsilon: float = 1e-5


TINY = Size(vocabulary=1536, width=128, heads=4)
ORGANISM = Size(vocabulary=1568, width=192, heads=6)
