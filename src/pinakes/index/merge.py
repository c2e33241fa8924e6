"""Merging segments: fewer to look through, and what is gone leaves no trace."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pinakes.index.inverted_merge import GONE, Source, merge_inverted
from pinakes.index.keys import Keys
from pinakes.index.packs import Array, Pack, Stream
from pinakes.index.words_build import SEPARATOR, shape

_ROWS_AT_A_TIME = 16_384
Arrays = dict[str, Array | Stream]


@dataclass(frozen=True, slots=True)
class Part:
    """A segment to be merged: its packs, and which of its items are alive."""

    packs: dict[str, Pack]
    alive: NDArray[np.bool_]

    def rows_alive(self) -> NDArray[np.bool_]:
        """Which of its rows are alive."""
        return self.alive[self.packs["rows"].array("item_of_row")]


def merge(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    """The arrays and the extra data of one pack of the merged segment."""
    return _MERGERS.get(pack, _merge_space)(parts, pack)


def _merge_rows(parts: Sequence[Part], _: str) -> tuple[Arrays, dict[str, object]]:
    items, counts, numbers, modalities, signatures = [], [], [], [], []
    for part in parts:
        rows, alive = part.packs["rows"], part.rows_alive()
        items.append(rows.array("items")[part.alive])
        starts = rows.array("starts").astype(np.int64)
        counts.append((starts[1:] - starts[:-1])[part.alive])
        numbers.append(rows.array("parts")[alive])
        modalities.append(rows.array("modalities")[alive])
        signatures.append(rows.array("signatures")[alive])
    count = np.concatenate(counts)
    return {
        "items": np.concatenate(items),
        "starts": np.concatenate([[0], np.cumsum(count)]).astype(np.uint32),
        "item_of_row": np.repeat(np.arange(len(count), dtype=np.uint32), count),
        "parts": np.concatenate(numbers),
        "modalities": np.concatenate(modalities),
        "signatures": np.concatenate(signatures),
    }, {}


def _renumbered(masks: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    """The new number of everything that is alive, counted through all masks."""
    result, base = [], 0
    for mask in masks:
        result.append(np.where(mask, np.cumsum(mask) - 1 + base, GONE))
        base += int(mask.sum())
    return result


def _merge_columns(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    new_ids = _renumbered([part.alive for part in parts])
    sources = [Source(part.packs[pack], ids) for part, ids in zip(parts, new_ids, strict=True)]
    arrays, new_values = merge_inverted("values", sources, positions=False)
    return arrays | _merge_forward(sources, new_values), {}


def _merge_forward(sources: Sequence[Source], new_values: Sequence[NDArray[np.int64]]) -> Arrays:
    """For each item that is left the new numbers of its values."""
    counts, numbers = [], []
    for source, new in zip(sources, new_values, strict=True):
        starts = source.pack.array("items.starts").astype(np.int64)
        left = source.new_ids != GONE
        lengths = starts[1:] - starts[:-1]
        counts.append(lengths[left])
        numbers.append(new[source.pack.array("items.values")[np.repeat(left, lengths)]].astype(np.uint32))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return {"items.starts": starts.astype(np.uint32), "items.values": np.concatenate(numbers)}


def _merge_words(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    masks = [part.rows_alive() for part in parts]
    new_rows = _renumbered(masks)
    sources = [Source(part.packs[pack], rows) for part, rows in zip(parts, new_rows, strict=True)]
    arrays, new_terms = merge_inverted("terms", sources, positions=True)
    for name in ("lengths", "text_ends"):
        arrays[name] = np.concatenate([s.pack.array(name)[mask] for s, mask in zip(sources, masks, strict=True)])
    fields = sorted({name for source in sources for name in source.pack.extra["fields"]})
    arrays |= _merge_borders(sources, fields)
    arrays |= _merge_forms(sources, new_terms)
    languages: Counter[str] = Counter()
    for source in sources:
        languages.update(source.pack.extra["languages"])
    extra = sources[0].pack.extra | {"fields": fields, "languages": dict(languages)}
    return arrays, extra


def _merge_borders(sources: Sequence[Source], fields: list[str]) -> Arrays:
    columns: dict[str, list[Array]] = {"field": [], "row": [], "start": [], "end": []}
    for source in sources:
        number = np.array([fields.index(name) for name in source.pack.extra["fields"]], np.uint16)
        rows = source.new_ids[source.pack.array("borders.row")]
        kept = rows != GONE
        columns["field"].append(number[source.pack.array("borders.field")[kept]])
        columns["row"].append(rows[kept].astype(np.uint32))
        columns["start"].append(source.pack.array("borders.start")[kept])
        columns["end"].append(source.pack.array("borders.end")[kept])
    joined = {name: np.concatenate(values) for name, values in columns.items()}
    order = np.lexsort((joined["row"], joined["field"]))
    return {f"borders.{name}": values[order] for name, values in joined.items()}


def _merge_forms(sources: Sequence[Source], new_terms: Sequence[NDArray[np.int64]]) -> Arrays:
    """The forms of the terms that are left, their counts added up."""
    tables = [_forms_left(source, new_keys) for source, new_keys in zip(sources, new_terms, strict=True)]
    key_bytes, starts, counts = bytearray(), array("I", [0]), array("I")
    sizes, letters = array("B"), array("I")
    for key, group in groupby(heapq.merge(*tables), key=lambda entry: entry[0]):
        key_bytes += key
        starts.append(len(key_bytes))
        counts.append(sum(count for _, count in group))
        form_size, form_letters = shape(key.partition(SEPARATOR)[0].decode("utf-8"))
        sizes.append(form_size)
        letters.append(form_letters)
    return {
        "forms.bytes": np.frombuffer(bytes(key_bytes), np.uint8),
        "forms.starts": np.array(starts, np.uint32),
        "forms.count": np.array(counts, np.uint32),
        "forms.size": np.array(sizes, np.uint8),
        "forms.letters": np.array(letters, np.uint32),
    }


def _forms_left(source: Source, new_keys: NDArray[np.int64]) -> Iterator[tuple[bytes, int]]:
    terms = Keys(source.pack, "terms")
    gone = {terms[int(index)] for index in np.flatnonzero(new_keys == GONE)}
    for key, count in zip(Keys(source.pack, "forms"), source.pack.array("forms.count").tolist(), strict=True):
        if not gone or key.partition(SEPARATOR)[2] not in gone:
            yield key, count


def _merge_space(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    renumbered = _renumbered([part.rows_alive() for part in parts])
    # A segment none of whose rows has a vector in the space has no pack for it.
    having = [(part.packs[pack], rows) for part, rows in zip(parts, renumbered, strict=True) if pack in part.packs]
    kept = [(found, rows[found.array("rows")]) for found, rows in having]

    def stream(name: str) -> Stream:
        first = kept[0][0].raw(name)
        width = first.shape[1] if first.ndim == 2 else 0
        return Stream(first.dtype, width, _kept_rows(kept, name))

    rows = np.concatenate([new[new != GONE] for _, new in kept]).astype(np.uint32)
    return {"rows": rows, **{name: stream(name) for name in ("codes", "bearings", "vectors", "sums")}}, {}


def _kept_rows(kept: Sequence[tuple[Pack, NDArray[np.int64]]], name: str) -> Iterator[Array]:
    for pack, new in kept:
        for start in range(0, len(new), _ROWS_AT_A_TIME):
            chosen = new[start : start + _ROWS_AT_A_TIME] != GONE
            yield pack.slice(name, start, start + len(chosen))[chosen]


_MERGERS: dict[str, Callable[[Sequence[Part], str], tuple[Arrays, dict[str, object]]]] = {
    "rows": _merge_rows,
    "columns": _merge_columns,
    "words": _merge_words,
}
