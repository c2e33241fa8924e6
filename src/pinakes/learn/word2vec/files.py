"""Files of word vectors: GloVe's text, word2vec's text with a first line of sizes, word2vec's binary form.

Pennington, Socher and Manning: GloVe: Global Vectors for Word Representation, EMNLP 2014.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pinakes.errors import BadVector, NoContent, TooLarge, Unreadable
from pinakes.learn.word2vec.vectors import WordVectors
from pinakes.limits import Limits
from pinakes.storage import write_whole
from pinakes.types import Floats

# Read from the start of a file to see of which form it is.
_SNIFFED = 1 << 16
_LONGEST_WORD = 4096


def open_word_vectors(
    path: Path, only: Container[str] | None = None, most: int | None = None, limits: Limits | None = None
) -> WordVectors:
    """The vectors in a file of any of the three forms; of `only` these words where given, and at most so many."""
    limits = limits or Limits()
    try:
        size = path.stat().st_size
        if size > limits.max_model_bytes:
            raise TooLarge(
                f"{path} has {size} bytes; the limit is {limits.max_model_bytes}.", "Raise it with max_model_bytes."
            )
        with path.open("rb") as file:
            shape = _sizes(file, path)
            pairs = (
                _binary(file, path, shape, size)
                if shape and _is_binary(file, shape)
                else _lines(file, path, shape, limits.max_line_bytes)
            )
            return _collected(path, pairs, only, most)
    except OSError as error:
        raise Unreadable(f"The vectors {path} can not be read: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the first line of a word2vec file tells."""

    words: int
    dim: int


def _sizes(file: BinaryIO, path: Path) -> Sizes | None:
    """The sizes of the first line, behind which the file then stands; None, and at its start, where it tells none."""
    first = file.readline(_SNIFFED)
    fields = first.split()
    if len(fields) != 2 or not all(field.isdigit() and len(field) < 19 for field in fields):
        file.seek(0)
        return None
    sizes = Sizes(*map(int, fields))
    if not sizes.words or not sizes.dim:
        raise NoContent(f"{path} tells of {sizes.words} words with vectors of {sizes.dim} numbers.")
    return sizes


def _is_binary(file: BinaryIO, sizes: Sizes) -> bool:
    """Whether what follows the sizes is not a line of a word and its numbers."""
    here = file.tell()
    line = file.read(_SNIFFED).split(b"\n", 1)[0]
    file.seek(here)
    numbers = line.split()[1:][: sizes.dim]
    # The last one may have been cut off by how much was read.
    return not numbers or not all(_is_number(number) for number in numbers[:-1] or numbers)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _lines(file: BinaryIO, path: Path, sizes: Sizes | None, longest: int) -> Iterator[tuple[str, Floats]]:
    """Words and vectors, line by line; a word may hold spaces, as some of GloVe's do."""
    dim = sizes.dim if sizes else 0
    number = 1 if sizes else 0
    while line := file.readline(longest + 1):
        number += 1
        where = f"{path}, line {number}"
        if len(line) > longest:
            raise TooLarge(
                f"{where} is longer than {longest} bytes; that is the limit.", "Raise it with max_line_bytes."
            )
        fields = line.rstrip(b"\r\n").split(b" ") if line.strip() else []
        while fields and not fields[-1]:
            fields.pop()
        if not fields:
            continue
        dim = dim or len(fields) - 1
        if len(fields) <= dim or dim < 1:
            raise BadVector(f"{where} has {len(fields) - 1} numbers behind its word, not {max(dim, 1)}.", _HINT)
        try:
            with np.errstate(over="ignore"):
                vector = np.array(fields[-dim:], np.bytes_).astype(np.float32)
        except ValueError:
            raise BadVector(f"{where} has something that is no number among its last {dim} fields.", _HINT) from None
        yield _checked(b" ".join(fields[:-dim]), vector, where)


def _binary(file: BinaryIO, path: Path, sizes: Sizes, size: int) -> Iterator[tuple[str, Floats]]:
    """Words, each followed by a space and its numbers as they lie in memory."""
    width = 4 * sizes.dim
    if sizes.words * (width + 2) > size:
        raise BadVector(
            f"{path} tells of {sizes.words} words of {sizes.dim} numbers, and is too short for them.", _HINT
        )
    for number in range(1, sizes.words + 1):
        where = f"{path}, word {number}"
        word = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            word += letter
            if len(word) > _LONGEST_WORD:
                raise BadVector(f"{where} has more than {_LONGEST_WORD} letters.", _HINT)
        numbers = file.read(width)
        if len(numbers) < width:
            raise BadVector(f"{where} is cut off; there should be {sizes.words}.", _HINT)
        yield _checked(bytes(word).lstrip(b"\n"), np.frombuffer(numbers, "<f4").astype(np.float32), where)


_HINT = "Copy the file again from where it came."


def _checked(word: bytes, vector: Floats, where: str) -> tuple[str, Floats]:
    if not np.isfinite(vector).all():
        raise BadVector(f"{where} has a vector with NaN or infinity.", "Leave that word out.")
    return word.decode("utf-8", "replace"), vector


def _collected(
    path: Path, pairs: Iterator[tuple[str, Floats]], only: Container[str] | None, most: int | None
) -> WordVectors:
    """The wanted ones; of a word that stands there twice the first."""
    found: dict[str, Floats] = {}
    for word, vector in pairs:
        if word not in found and (only is None or word in only):
            found[word] = vector
        if most is not None and len(found) >= most:
            break
    if not found:
        raise NoContent(f"{path} holds no vector of a word that is wanted.", "Check that it is a file of word vectors.")
    return WordVectors(tuple(found), np.stack(list(found.values())))


def save_word_vectors(vectors: WordVectors, path: Path) -> None:
    """Keep vectors in word2vec's binary form, which other programs read too."""
    spaced = next((word for word in vectors.words if not word or set(word) & set(" \n")), None)
    if spaced is not None:
        raise BadVector(f"The word {spaced!r} holds a space, which this form does not allow.", "Leave it out.")
    write_whole(path, _written(vectors))


def _written(vectors: WordVectors) -> Iterator[bytes]:
    yield f"{len(vectors.words)} {vectors.dim}\n".encode()
    for word, row in zip(vectors.words, vectors.vectors.astype("<f4"), strict=True):
        yield word.encode("utf-8", "replace") + b" " + row.tobytes() + b"\n"
