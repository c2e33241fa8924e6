"""Long texts for encoders that read no more than some sentences at once: one vector as before, and one a sentence.

What is asked stands in one sentence of a passage more often than in its first ones, which are all that such an encoder
reads of it. A part is as near to a question as its nearest sentence. What stands for the whole, where the text itself
asks, stays what the encoder makes of its beginning: the mean of all sentences found less by the labels of the sample
library, and on Cranfield and CISI no more (benchmarks/builtin_texts.py).
"""

from __future__ import annotations

import numpy as np

from pinakes.media.passages import sentence_ends

# Raised whenever texts are cut in another way: it goes into the fingerprints of encoders that read sentences.
RECIPE = 1
# Shorter sentences go together with the next; longer ones are read to where an encoder of 64 pieces stops. Of 40 to 200
# the best on the judgements of the sample library, and no worse than others on those of CISI and Cranfield.
SHORTEST = 40
# Vectors of one part: where there are more sentences, several make up a stretch.
MOST = 32
# A letter of a script without spaces says as much as three of others.
_DENSE, _DENSELY = "\u2e80", 3
# Which letters are space: the last of them is 3000.
_SPACES = np.array([chr(number).isspace() for number in range(0x3002)])


def stretches(text: str) -> list[str]:
    """The sentences of a text, short ones together with what follows; a short end belongs to what comes before it."""
    return [text[start:stop].strip() for start, stop in spans(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the stretches of a text begin and end."""
    ruler = _Ruler(text)
    least = max(SHORTEST, ruler.length(0, len(text)) // MOST)
    found: list[tuple[int, int]] = []
    start = 0
    for end in sentence_ends(text):
        if ruler.length(start, end) >= least:
            found.append((start, end))
            start = end
    rest = ruler.length(start, len(text))
    if rest and found and 2 * rest < least:
        found[-1] = (found[-1][0], len(text))
    elif rest:
        found.append((start, len(text)))
    return found


class _Ruler:
    """How long pieces of a text are, without the space around them, letters of scripts without spaces counted more."""

    def __init__(self, text: str) -> None:
        letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        spaces = _SPACES[np.minimum(letters, len(_SPACES) - 1)]
        dense = letters >= ord(_DENSE)
        places = np.arange(len(text))
        self._counted = np.concatenate([[0], np.cumsum(1 + (_DENSELY - 1) * dense)])
        # Of each place the first letter from it on, and the last one up to it.
        later = np.where(spaces, len(text), places)[::-1]
        self._first = np.minimum.accumulate(later)[::-1]
        self._last = np.maximum.accumulate(np.where(spaces, -1, places))

    def length(self, start: int, end: int) -> int:
        """The length of text[start:end]."""
        if start >= end or self._first[start] >= end:
            return 0
        return int(self._counted[self._last[end - 1] + 1] - self._counted[self._first[start]])
