"""What the pages of the text networks share: words as vectors, which tokens are real, and one vector from many."""

from __future__ import annotations

from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput, BadVector
from pinakes.types import Floats
from pinakes.words.vocabulary import PADDING

# As BERT's English vocabulary has it.
VOCABULARY = 30_522

Pooling: TypeAlias = Literal["last", "mean", "max", "attention"]
POOLINGS: tuple[Pooling, ...] = ("last", "mean", "max", "attention")


class Embed(nn.Embedding):
    """A vector for each number of a vocabulary; that of padding is zero and stays so.

    With vectors (numbers, dim), as `WordVectors.rows` gives them, it begins with these; frozen ones are not trained.
    """

    def __init__(self, vocabulary: int, dim: int, vectors: Floats | None = None, *, frozen: bool = False) -> None:
        if vocabulary < 2:
            raise BadInput(f"A vocabulary of {vocabulary} numbers has no room.", "0 is padding, and 1 is unknown.")
        if vectors is not None and vectors.shape != (vocabulary, dim):
            raise BadVector(
                f"Vectors of shape {vectors.shape} do not fit {vocabulary} numbers of words and a width of {dim}.",
                "Build the network with the vocabulary's length, and with the vectors' own width.",
            )
        super().__init__(vocabulary, dim, padding_idx=PADDING)
        if vectors is not None:
            with torch.no_grad():
                self.weight.copy_(torch.from_numpy(vectors))
                self.weight[PADDING] = 0
        self.weight.requires_grad_(not frozen)

    @classmethod
    def begun(cls, vocabulary: int, dim: int, vectors: Floats | None, *, frozen: bool) -> Embed:
        """New vectors of a width, or given ones, which keep theirs."""
        return cls(vocabulary, dim if vectors is None else vectors.shape[1], vectors, frozen=frozen)


class Pool(nn.Module):
    """One vector (n, dim) from tokens (n, t, dim) of which some are real (n, t)."""

    def __init__(self, how: Pooling, dim: int) -> None:
        super().__init__()
        check_pooling(how)
        self.how = how
        self.score = nn.Linear(dim, 1, bias=False) if how == "attention" else None

    def forward(self, tokens: Tensor, real: Tensor) -> Tensor:
        """The last real token, the mean or the largest numbers of all real ones, or their sum by learned weights."""
        if self.how == "last":
            return at(tokens, lengths(real) - 1)
        if self.how == "max":
            return tokens.masked_fill(~real[:, :, None], -torch.inf).amax(1)
        if self.score is not None:
            weights: Tensor = self.score(tokens).masked_fill(~real[:, :, None], -torch.inf).softmax(1)
            return (weights * tokens).sum(1)
        return mean(tokens, real)


def check_pooling(how: str) -> None:
    """Refuse a way to pool that there is not."""
    if how not in POOLINGS:
        raise BadInput(f"Tokens can not be pooled by {how!r}.", f"Choose one of {', '.join(POOLINGS)}.")


def mean(tokens: Tensor, real: Tensor) -> Tensor:
    """The mean of the real tokens (n, dim)."""
    weights = real[:, :, None].to(tokens.dtype)
    return (tokens * weights).sum(1) / weights.sum(1)


def real_ones(ids: Tensor) -> Tensor:
    """Which tokens are no padding (n, t); of a text without any the first, so that every text has a vector."""
    check_ids(ids)
    first = torch.arange(ids.shape[1], device=ids.device) == 0
    real = ids != PADDING
    return real | (first & ~real.any(1, keepdim=True))


def check_ids(ids: Tensor) -> None:
    """Refuse what is no batch of numbers of words."""
    if ids.ndim != 2 or ids.dtype not in (torch.int64, torch.int32):
        raise BadInput(
            f"A network for texts was given {ids.dtype} of shape {tuple(ids.shape)}.",
            "It takes the numbers of words as integers (texts, words), with 0 behind the end of a text.",
        )


def lengths(real: Tensor) -> Tensor:
    """How many tokens each text has (n,); padding stands behind them."""
    return real.sum(1)


def at(tokens: Tensor, places: Tensor) -> Tensor:
    """The token at one place of each row: from (n, t, dim) and (n,) to (n, dim)."""
    return tokens.gather(1, places[:, None, None].expand(-1, 1, tokens.shape[2]))[:, 0]
