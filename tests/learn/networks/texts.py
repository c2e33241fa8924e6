"""Text networks so small, and texts so few, that a test of each takes a moment."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from pinakes.learn.networks.base import NETWORKS, Tower

WORDS = 50
TEXTS = [name for name in NETWORKS if NETWORKS.get(name).modality == "text"]
# One of each kind, each recurrent one as deep and as wide as it gets.
KINDS: dict[str, dict[str, Any]] = {
    "bag_of_words": {},
    "rnn": {"layers": 2, "pooling": "last"},
    "lstm": {"layers": 2, "pooling": "attention"},
    "gru": {"both": False, "pooling": "max"},
    "transformer": {"depth": 2},
    "bert_tiny": {"longest": 16, "width": 0.25},
}


def small(name: str, **settings: Any) -> Tower:
    """The network of that name over 50 words, narrow."""
    torch.manual_seed(0)
    tower = NETWORKS.get(name).build(**{"width": 0.1, "vocabulary": WORDS} | KINDS[name] | settings)
    # With the small weights that some begin with, nothing would tell texts apart.
    with torch.no_grad():
        for value in tower.parameters():
            if value.ndim > 1:
                value.mul_(3)
    return tower


def texts(n: int, longest: int = 9, seed: int = 1) -> Tensor:
    """Texts (n, longest) of chance lengths from 1 up to the longest, which the first has."""
    random = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, WORDS, (n, longest), generator=random)
    lengths = torch.randint(1, longest + 1, (n, 1), generator=random)
    lengths[0] = longest
    return torch.where(torch.arange(longest) < lengths, ids, 0)
