"""A small text tower: words beside their neighbours, and of all of them a weighted mean and the largest numbers.

After Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014, with Lin and others, "A Structured
Self-attentive Sentence Embedding", ICLR 2017, for the weights. What is padding costs nothing while it learns.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.text import Embed, real_ones


class Beside(nn.Module):
    """Each word with the one before and the one after it, added to what it was (m, dim)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.join = nn.Linear(3 * dim, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, words: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """Words (m + 1, dim) of which the last is nothing, with the places of their neighbours (m,)."""
        normed = self.norm(words)
        normed = torch.cat([normed[:-1], torch.zeros_like(normed[:1])])
        return words + functional.pad(self._joined(normed[before], normed[:-1], normed[after]), (0, 0, 0, 1))

    def padded(self, words: Tensor, real: Tensor) -> Tensor:
        """The same of words (n, t, dim) of which some are padding."""
        normed = self.norm(words).masked_fill(~real[:, :, None], 0)
        before, after = functional.pad(normed[:, :-1], (0, 0, 1, 0)), functional.pad(normed[:, 1:], (0, 0, 0, 1))
        return words + self._joined(before, normed, after)

    def looked_up(self, vocabulary: Tensor, inputs: Tensor) -> Tensor:
        """The same of numbers of words (n, t), by what each word (v, dim) gives to its place and to those beside it.

        That is worked out once, when a graph is opened: of three quarters of all work a look-up is left.
        """
        normed = self.norm(vocabulary)
        normed = torch.cat([torch.zeros_like(normed[:1]), normed[1:]])
        before, here, after = (normed @ part.T for part in self.join.weight.chunk(3, 1))
        earlier, later = functional.pad(inputs[:, :-1], (1, 0)), functional.pad(inputs[:, 1:], (0, 1))
        joined = functional.embedding(inputs, here + self.join.bias)
        joined = functional.embedding(earlier, before) + joined + functional.embedding(later, after)
        # Written out in the order in which runtimes know it for what it is, and make one step of it.
        bent = joined * (1 + torch.erf(joined / 2**0.5)) * 0.5
        # What is taken away is turned round: of a sum before a norm runtimes make one step, and a slow one.
        return functional.embedding(inputs, vocabulary + self.out.bias) - functional.linear(bent, -self.out.weight)

    def _joined(self, before: Tensor, words: Tensor, after: Tensor) -> Tensor:
        found: Tensor = self.out(functional.gelu(self.join(torch.cat([before, words, after], -1))))
        return found


class Phrases(Tower):
    """Texts (n, t) as numbers of pieces to vectors (n, 2 dim); `for_many` is quicker, and takes longer to open."""

    for_many = False

    def __init__(self, vocabulary: int, dim: int, layers: int = 1, dropout: float = 0.1) -> None:
        super().__init__(2 * dim, dim)
        self.words = Embed(vocabulary, dim)
        nn.init.normal_(self.words.weight, std=dim**-0.5)
        self.layers = nn.ModuleList(Beside(dim) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)
        self.score = nn.Linear(dim, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, 2 dim)."""
        tokens, real = self.tokens(inputs)
        if self.for_many and not self.training:
            # By a product and a sum, which pass over the words less often.
            missing = torch.where(real, 0.0, -torch.inf)[:, :, None]
            weights = (self.score(tokens) + missing).softmax(1)
            return torch.cat([(weights.transpose(1, 2) @ tokens)[:, 0], (tokens + missing).amax(1)], 1)
        weights = self.score(tokens).masked_fill(~real[:, :, None], -torch.inf).softmax(1)
        largest = tokens.masked_fill(~real[:, :, None], -torch.inf).amax(1)
        return torch.cat([(weights * tokens).sum(1), largest], 1)

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The words beside their neighbours (n, t, dim), and which are real."""
        real = real_ones(inputs)
        if not self.training:
            # Graphs have no room for shapes that depend on what is in them.
            layers = list(self.layers)
            if self.for_many and layers:
                words = layers.pop(0).looked_up(self.words.weight, inputs)  # type: ignore[operator]
            else:
                words = self.words(inputs)
            for layer in layers:
                words = layer.padded(words, real)  # type: ignore[operator]
            return self.norm(words), real
        rows, length = inputs.shape
        # While it learns only what is real is computed.
        kept = real.flatten().nonzero()[:, 0]
        count = kept.shape[0]
        place = torch.full((rows * length,), count, device=inputs.device)
        place = place.scatter(0, kept, torch.arange(count, device=inputs.device))
        place = place.masked_fill(~real.flatten(), count).view(rows, length)
        before = functional.pad(place[:, :-1], (1, 0), value=count).flatten()[kept]
        after = functional.pad(place[:, 1:], (0, 1), value=count).flatten()[kept]
        words = self.dropout(self.words(inputs.flatten()[kept]))
        words = functional.pad(words, (0, 0, 0, 1))
        for layer in self.layers:
            words = layer(words, before, after)
        words = self.norm(words)
        return words[place.flatten()].view(rows, length, -1), real
