"""Long texts for encoders that read no more than some sentences at once: one vector as before, and one a sentence.

What is asked stands in one sentence of a passage more often than in its first ones, which are all that such an encoder
reads of it. A part is as near to a question as its nearest sentence. What stands for the whole, where the text itself
asks, stays what the encoder makes of its beginning: the mean of all sentences found less by the labels of the sample
library, and on Cranfield and CISI no more (benchmarks/builtin_texts.py).
"""

from __future__ import annotations

from pinakes.media.passages import sentence_ends

# Shorter sentences go together with the next; longer ones are read to where an encoder of 64 pieces stops. Of 40 to 200
# the best on the judgements of the sample library, and no worse than others on those of CISI and Cranfield.
SHORTEST = 40
# Vectors of one part: where there are more sentences, several make up a stretch.
MOST = 32
# A letter of a script without spaces says as much as three of others.
_DENSE, _DENSELY = "\u2e80", 3


def stretches(text: str) -> list[str]:
    """The sentences of a text, short ones together with what follows; a short end belongs to what comes before it."""
    return [text[start:stop].strip() for start, stop in spans(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the stretches of a text begin and end."""
    least = max(SHORTEST, _length(text) // MOST)
    found: list[tuple[int, int]] = []
    start = 0
    for end in sentence_ends(text):
        if _length(text[start:end].strip()) >= least:
            found.append((start, end))
            start = end
    rest = text[start:].strip()
    if rest and found and 2 * _length(rest) < least:
        found[-1] = (found[-1][0], len(text))
    elif rest:
        found.append((start, len(text)))
    return found


def _length(text: str) -> int:
    """Letters, those of scripts without spaces counted more often."""
    return len(text) + (_DENSELY - 1) * sum(letter >= _DENSE for letter in text)
