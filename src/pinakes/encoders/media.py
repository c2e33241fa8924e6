"""What an encoder takes of a decoded part, and the vectors that it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from pinakes.encoders.base import Encoder, unit_rows
from pinakes.encoders.readable import ReadingEncoder
from pinakes.encoders.sentences import stretches
from pinakes.types import Floats, Modality
from pinakes.words.languages import guess

if TYPE_CHECKING:
    from pinakes.media.base import DecodedPart

# In what language so many characters are is certain: of 2,522 abstracts in English none was taken for another. Shorter
# texts are at times, and can be read where so much of them is known, which is less than of a query: of 5,000 captions
# nine were, and of eight of these more is known; of texts in five other languages no more than a quarter was.
_CERTAIN, _KNOWN = 400, 0.3


def medium(part: DecodedPart, encoder: Encoder) -> Any:
    """A part's text, or its picture or sound as the encoder wants it; None where there is nothing for it."""
    if part.modality not in encoder.description.modalities:
        return None
    if part.modality == "text":
        return part.text or None
    want = encoder.description.image if part.modality == "image" else encoder.description.audio
    return part.arrays.get(want.key) if want else None


def is_for(part: DecodedPart, encoder: Encoder) -> bool:
    """Whether there is something in a part for an encoder, and it can read it where it is a text.

    What it can not read would lie somewhere all the same, and be found by whatever lies there.
    """
    if medium(part, encoder) is None:
        return False
    reader = _choosy(encoder) if part.modality == "text" else None
    return reader is None or _can_read(reader, encoder.description.languages, part.text)


def _choosy(encoder: Encoder) -> ReadingEncoder | None:
    """An encoder that has learned some languages, and knows what it can not read."""
    return encoder if encoder.description.languages and isinstance(encoder, ReadingEncoder) else None


def _can_read(reader: ReadingEncoder, languages: Sequence[str], text: str) -> bool:
    # How much of a text it knows costs more to find out than what language it is in, which settles it mostly.
    told = guess(text)
    return not told or told in languages or (len(text) < _CERTAIN and reader.reading(text).share >= _KNOWN)


def vectors_where_read(encoder: Encoder, modality: Modality, media: Sequence[Any]) -> list[Floats]:
    """The vectors of each medium as `vectors_of` makes them; none of texts that the encoder can not read."""
    reader = _choosy(encoder) if modality == "text" else None
    if reader is None:
        return vectors_of(encoder, modality, media)
    read = [_can_read(reader, encoder.description.languages, text) for text in media]
    made = iter(vectors_of(encoder, "text", list(compress(media, read))))
    none = np.zeros((0, encoder.description.dim), np.float32)
    return [next(made) if one else none for one in read]


def vectors_of(encoder: Encoder, modality: Modality, media: Sequence[Any]) -> list[Floats]:
    """The vectors (n, dim) of each medium, the first for the whole of it; none where there was nothing to encode."""
    by_sentence = modality == "text" and encoder.description.sentences
    cut = [_whole_and_sentences(one) if by_sentence else [one] for one in media]
    every = [one for several in cut for one in several]
    if not every:
        return [np.zeros((0, encoder.description.dim), np.float32) for _ in media]
    vectors = encoder.encode(modality, every)
    vectors[~np.isfinite(vectors).all(axis=1)] = 0
    cosine = encoder.description.metric == "cosine"
    pieces = np.split(unit_rows(vectors) if cosine else vectors, np.cumsum([len(several) for several in cut])[:-1])
    return [_told(piece, unit=cosine) for piece in pieces]


def _told(vectors: Floats, *, unit: bool) -> Floats:
    """The vectors of one medium: as many as there are, or none where all say that there was nothing to encode.

    Zeros say so. A sentence without a word of its own stands where the whole stands, so that each keeps its number, and
    a beginning without one where the sentences stand.
    """
    read = np.asarray(vectors.any(axis=1), np.bool_)
    if read.all() or not read.any():
        return vectors[read]
    whole = vectors[:1] if read[0] else vectors[read].mean(axis=0, keepdims=True)
    return np.where(read[:, None], vectors, unit_rows(whole) if unit else whole)


def _whole_and_sentences(text: str) -> list[str]:
    sentences = stretches(text)
    return [text, *sentences] if len(sentences) > 1 else sentences
