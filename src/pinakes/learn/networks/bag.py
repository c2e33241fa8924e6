"""A bag of words: the mean of the words' vectors and full layers over it; the order of the words does not count.

Iyyer, Manjunatha, Boyd-Graber and Daumé: Deep Unordered Composition Rivals Syntactic Methods for Text Classification,
ACL 2015. With one layer it is a full layer over the shares of the words in a text, as hashing papers have it.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.networks.base import Network, Tower, file
from pinakes.learn.networks.layers import scaled
from pinakes.learn.networks.text import VOCABULARY, Embed, mean, real_ones
from pinakes.types import Floats


class Bag(Tower):
    """Texts (n, t) as numbers of words to vectors (n, dim); the words' own vectors are the tokens."""

    def __init__(self, words: Embed, dim: int, layers: int = 1, dropout: float = 0.0, *, classes: int = 0) -> None:
        inner = words.embedding_dim
        super().__init__(classes or (dim if layers else inner), inner)
        if layers < 0:
            raise BadInput(f"A bag of words can not have {layers} layers.", "Give 0 or more.")
        self.words = words
        widths = [inner, *[dim] * layers]
        self.layers = nn.Sequential()
        for number, (before, after) in enumerate(pairwise(widths), 1):
            self.layers.append(nn.Linear(before, after))
            if number < layers:
                self.layers.extend([nn.ReLU(), nn.Dropout(dropout)])
        self.head = nn.Linear(widths[-1], classes) if classes else nn.Identity()

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim), or with a head scores (n, classes)."""
        vectors: Tensor = self.head(self.layers(mean(*self.tokens(inputs))))
        return vectors

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The vectors of the words (n, t, token_dim), and which are real."""
        real = real_ones(inputs)
        return self.words(inputs), real


def bag(
    width: float = 1.0,
    dim: int = 512,
    layers: int = 2,
    vocabulary: int = VOCABULARY,
    inner: int = 300,
    vectors: Floats | None = None,
    frozen: bool = False,
    dropout: float = 0.0,
    classes: int = 0,
) -> Bag:
    """A bag of words, its vectors new or given; given ones keep their width."""
    words = Embed.begun(vocabulary, scaled(inner, width), vectors, frozen=frozen)
    return Bag(words, scaled(dim, width), layers, dropout, classes=classes)


file(
    Network(
        "bag_of_words",
        "text",
        bag,
        "Iyyer, Manjunatha, Boyd-Graber and Daumé: Deep Unordered Composition Rivals Syntactic Methods for Text "
        "Classification, ACL 2015",
        None,
        0,
        "the mean of the words' vectors and full layers over it",
    )
)
