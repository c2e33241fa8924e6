"""From texts to numbers of words or of their pieces, trained on a library's own texts; needs no torch."""

from pinakes.learn.vocabulary.base import PADDING, UNKNOWN, Vocabulary, open_vocabulary, padded, remade, save_vocabulary
from pinakes.learn.vocabulary.pieces import Pieces
from pinakes.learn.vocabulary.words import Words

__all__ = [
    "PADDING",
    "UNKNOWN",
    "Pieces",
    "Vocabulary",
    "Words",
    "open_vocabulary",
    "padded",
    "remade",
    "save_vocabulary",
]
