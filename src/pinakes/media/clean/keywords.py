"""Keywords of a text: the terms that are frequent in it and rare in the library (TF-IDF)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence


def keywords(
    terms: Sequence[str], document_frequency: Callable[[str], int], documents: int, top: int
) -> tuple[tuple[str, float], ...]:
    """The `top` terms by count x ln((1 + documents) / (1 + frequency)), with their scores, best first.

    A term that every document holds scores nothing and is left out; ties are in the order of the alphabet.
    """
    if top <= 0:
        return ()
    scored = []
    for term, count in Counter(terms).items():
        weight = math.log((1 + documents) / (1 + max(0, document_frequency(term))))
        if weight > 0:
            scored.append((term, count * weight))
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(scored[:top])
