"""RNN, LSTM and GRU: a text is read word by word, and a state is carried on from each to the next.

Elman: Finding Structure in Time, Cognitive Science 1990. Hochreiter and Schmidhuber: Long Short-Term Memory, Neural
Computation 1997. Cho and others: Learning Phrase Representations using RNN Encoder-Decoder, EMNLP 2014. Both ways:
Schuster and Paliwal: Bidirectional Recurrent Neural Networks, IEEE Transactions on Signal Processing 1997.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.cells import CELLS, Cell, read
from pinakes.learn.networks.layers import scaled
from pinakes.learn.networks.text import VOCABULARY, Embed, Pool, Pooling, at, check_pooling, lengths, real_ones
from pinakes.types import Floats


class Stacked(nn.Module):
    """Recurrent layers one above the other, each reading forwards, or forwards and backwards side by side.

    Torch's packed sequences can not be exported. Instead the backward layer is given each row with its real part
    turned round, so that padding always comes last, and no state that is used has seen any.
    """

    def __init__(self, cell: Cell, inputs: int, hidden: int, layers: int, dropout: float, *, both: bool) -> None:
        super().__init__()
        if cell not in CELLS or layers < 1:
            raise BadInput(
                f"{layers} layers of {cell!r} can not be built.", f"Choose from {', '.join(CELLS)}, and 1 up."
            )
        self.hidden, self.both = hidden, both
        self.dim = hidden * (2 if both else 1)
        widths = [inputs, *[self.dim] * (layers - 1)]
        self.forwards = nn.ModuleList(CELLS[cell](each, hidden, batch_first=True) for each in widths)
        self.backwards = nn.ModuleList(CELLS[cell](each, hidden, batch_first=True) for each in widths if both)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor, real: Tensor) -> Tensor:
        """States (n, t, dim) for tokens (n, t, inputs); behind the end of a row they mean nothing."""
        order = turned(real)
        for number, layer in enumerate(self.forwards):
            tokens = self.dropout(tokens) if number else tokens
            states = read(layer, tokens)
            if self.both:
                back = read(self.backwards[number], _in_order(tokens, order))
                states = torch.cat([states, _in_order(back, order)], 2)
            tokens = states
        return tokens

    def last(self, states: Tensor, real: Tensor) -> Tensor:
        """What each direction knows at its end (n, dim): forwards at the last real token, backwards at the first."""
        ends = at(states[:, :, : self.hidden], lengths(real) - 1)
        return torch.cat([ends, states[:, 0, self.hidden :]], 1) if self.both else ends


def turned(real: Tensor) -> Tensor:
    """For each place of a row (n, t) the one that stands there when the real part is turned round."""
    places = torch.arange(real.shape[1], device=real.device)[None]
    count = lengths(real)[:, None]
    return torch.where(places < count, count - 1 - places, places)


def _in_order(tokens: Tensor, order: Tensor) -> Tensor:
    return tokens.gather(1, order[:, :, None].expand(-1, -1, tokens.shape[2]))


class Recurrent(Tower):
    """Texts (n, t) as numbers of words to vectors (n, dim); the states at the words are the tokens."""

    def __init__(
        self,
        words: Embed,
        cell: Cell,
        hidden: int,
        layers: int = 1,
        *,
        both: bool = True,
        pooling: Pooling = "mean",
        dropout: float = 0.0,
        classes: int = 0,
    ) -> None:
        stacked = Stacked(cell, words.embedding_dim, hidden, layers, dropout, both=both)
        super().__init__(classes or stacked.dim, stacked.dim)
        check_pooling(pooling)
        self.words = words
        self.states = stacked
        self.pool = None if pooling == "last" else Pool(pooling, stacked.dim)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(stacked.dim, classes) if classes else nn.Identity()

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        states, real = self.tokens(inputs)
        pooled = self.states.last(states, real) if self.pool is None else self.pool(states, real)
        vectors: Tensor = self.head(self.dropout(pooled))
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The states (n, t, token_dim), and which stand at real words."""
        real = real_ones(inputs)
        return self.states(self.dropout(self.words(inputs)), real), real


def recurrent(
    width: float = 1.0,
    cell: Cell = "lstm",
    hidden: int = 256,
    layers: int = 1,
    both: bool = True,
    pooling: Pooling = "mean",
    vocabulary: int = VOCABULARY,
    inner: int = 300,
    vectors: Floats | None = None,
    frozen: bool = False,
    dropout: float = 0.0,
    classes: int = 0,
) -> Recurrent:
    """A recurrent network over words, whose vectors are new or given; given ones keep their width."""
    words = Embed.begun(vocabulary, scaled(inner, width), vectors, frozen=frozen)
    return Recurrent(
        words, cell, scaled(hidden, width), layers, both=both, pooling=pooling, dropout=dropout, classes=classes
    )


_PAPERS: dict[Cell, str] = {
    "rnn": "Elman: Finding Structure in Time, Cognitive Science 1990",
    "lstm": "Hochreiter and Schmidhuber: Long Short-Term Memory, Neural Computation 1997",
    "gru": (
        "Cho, van Merrienboer, Gulcehre, Bahdanau, Bougares, Schwenk and Bengio: Learning Phrase Representations using "
        "RNN Encoder-Decoder for Statistical Machine Translation, EMNLP 2014"
    ),
}
for _cell, _paper in _PAPERS.items():
    file(
        Network(
            _cell,
            "text",
            partial(recurrent, cell=_cell),
            _paper,
            None,
            0,
            "reads a text word by word, by default forwards and backwards",
        )
    )
