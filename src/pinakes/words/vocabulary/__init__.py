"""From texts to numbers of words or of their pieces, trained on a library's own texts; needs no torch."""

from pinakes.words.vocabulary.base import PADDING, UNKNOWN, Vocabulary, open_vocabulary, padded, remade, save_vocabulary
from pinakes.words.vocabulary.pieces import Pieces
from pinakes.words.vocabulary.words import Words

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
