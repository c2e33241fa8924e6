"""Merging the unstemmed forms of several segments, in pieces that are made while they are written."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from pinakes.index.inverted_merge import GONE, Numbers, Source
from pinakes.index.keys import Block, Keys, joined
from pinakes.index.packs import Array, Stream
from pinakes.index.words_build import SEPARATOR

# Columns that lie beside the keys, with the codes of their types in arrays and in packs.
_COLUMNS = {"starts": ("I", "<u4"), "count": ("I", "<u4"), "size": ("B", "u1"), "letters": ("I", "<u4")}


def merge_forms(sources: Sequence[Source], new_terms: Sequence[Numbers]) -> dict[str, Array | Stream]:
    """The forms of the terms that are left, their counts added up; the terms have been written before."""
    columns = {name: array(code) for name, (code, _) in _COLUMNS.items()}

    def column(name: str) -> Iterator[Array]:
        yield np.frombuffer(columns.pop(name), _COLUMNS[name][1])

    keys = Stream(np.dtype("u1"), 0, _keys(sources, new_terms, columns))
    beside = {f"forms.{name}": Stream(np.dtype(kind), 0, column(name)) for name, (_, kind) in _COLUMNS.items()}
    return {"forms.bytes": keys, **beside}


def _keys(sources: Sequence[Source], new_terms: Sequence[Numbers], columns: dict[str, array[int]]) -> Iterator[Array]:
    """The bytes of all keys; fills what lies beside them on the way."""
    end = 0
    columns["starts"].append(end)
    tables = [_forms_left(source, len(sources), new) for source, new in zip(sources, new_terms, strict=True)]
    for piece in joined(tables):
        counts = np.zeros(len(piece.keys), np.uint32)
        sizes, letters = np.zeros(len(piece.keys), np.uint8), np.zeros(len(piece.keys), np.uint32)
        for number, indexes, places in piece.tables:
            pack, first, last = sources[number].pack, int(indexes[0]), int(indexes[-1]) + 1
            counts[places] += pack.slice("forms.count", first, last)[indexes - first]
            sizes[places] = pack.slice("forms.size", first, last)[indexes - first]
            letters[places] = pack.slice("forms.letters", first, last)[indexes - first]
        ends = end + np.cumsum([len(key) for key in piece.keys])
        for name, values in (
            ("starts", ends.astype(np.uint32)),
            ("count", counts),
            ("size", sizes),
            ("letters", letters),
        ):
            columns[name].frombytes(values.tobytes())
        end = int(ends[-1])
        yield np.frombuffer(b"".join(piece.keys), np.uint8)
    for source in sources:
        source.pack.let_go()


def _forms_left(source: Source, tables: int, new_terms: Numbers) -> Iterator[Block]:
    """The forms whose term is left, with their indexes."""
    terms, forms = Keys(source.pack, "terms"), Keys(source.pack, "forms")
    gone = {terms[int(index)] for index in np.flatnonzero(new_terms == GONE)}
    for indexes, keys in forms.blocks(tables):
        if not gone:
            yield indexes, keys
            continue
        kept = np.array([key.partition(SEPARATOR)[2] not in gone for key in keys], np.bool_)
        if kept.any():
            yield indexes[kept], [key for key, left in zip(keys, kept.tolist(), strict=True) if left]
