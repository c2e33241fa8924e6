"""Merging segments: fewer to look through, and what is gone leaves no trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.index.forms_merge import merge_forms
from pinakes.index.inverted_merge import GONE, Numbers, Source, merge_inverted
from pinakes.index.packs import Array, Pack, Stream

_ROWS_AT_A_TIME = 16_384
# Of long rows, such as vectors, no more than so many bytes at a time; and the system takes back what was read.
_BYTES_AT_A_TIME = 1 << 20
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
    packs = [part.packs["rows"] for part in parts]
    items, rows = [part.alive for part in parts], [part.rows_alive() for part in parts]

    def starts() -> Iterator[Array]:
        yield np.zeros(1, np.uint32)
        end = 0
        for counts in _counts(packs, items):
            yield (end + np.cumsum(counts)).astype(np.uint32)
            end += int(counts.sum())

    def item_of_row() -> Iterator[Array]:
        item = 0
        for counts in _counts(packs, items):
            yield np.repeat(np.arange(item, item + len(counts), dtype=np.uint32), counts)
            item += len(counts)

    return {
        "items": _stream(packs, items, "items"),
        "starts": Stream(np.dtype("<u4"), 0, starts()),
        "item_of_row": Stream(np.dtype("<u4"), 0, item_of_row()),
        "parts": _stream(packs, rows, "parts"),
        "modalities": _stream(packs, rows, "modalities"),
        "signatures": _stream(packs, rows, "signatures"),
    }, {}


def _counts(packs: Sequence[Pack], alive: Sequence[NDArray[np.bool_]]) -> Iterator[NDArray[np.int64]]:
    """How many rows each item has that is left."""
    for pack, mask in zip(packs, alive, strict=True):
        for start in range(0, len(mask), _ROWS_AT_A_TIME):
            stop = min(start + _ROWS_AT_A_TIME, len(mask))
            starts = pack.slice("starts", start, stop + 1).astype(np.int64)
            yield (starts[1:] - starts[:-1])[mask[start:stop]]


def _stream(packs: Sequence[Pack], masks: Sequence[NDArray[np.bool_]], name: str) -> Stream:
    """What is left of one array of all packs, in order."""
    first = packs[0].raw(name)
    return Stream(first.dtype, first.shape[1] if first.ndim == 2 else 0, _left(packs, masks, name))


def _left(packs: Sequence[Pack], masks: Sequence[NDArray[np.bool_]], name: str) -> Iterator[Array]:
    for pack, mask in zip(packs, masks, strict=True):
        at_a_time = min(_ROWS_AT_A_TIME, max(1, _BYTES_AT_A_TIME // pack.raw(name).strides[0]))
        for start in range(0, len(mask), at_a_time):
            chosen = mask[start : start + at_a_time]
            yield pack.slice(name, start, start + len(chosen))[chosen]
            pack.let_go()


def _renumbered(masks: Sequence[NDArray[np.bool_]]) -> list[Numbers]:
    """The new number of everything that is alive, counted through all masks."""
    result, base = [], 0
    for mask in masks:
        numbers = np.cumsum(mask, dtype=np.int32)
        numbers += np.int32(base - 1)
        numbers[~mask] = GONE
        result.append(numbers)
        base += int(mask.sum())
    return result


def _merge_columns(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    new_ids = _renumbered([part.alive for part in parts])
    sources = [Source(part.packs[pack], ids) for part, ids in zip(parts, new_ids, strict=True)]
    arrays, new_values = merge_inverted("values", sources, positions=False)
    return arrays | _merge_forward(sources, new_values), {}


def _merge_forward(sources: Sequence[Source], new_values: Sequence[Numbers]) -> Arrays:
    """For each item that is left the new numbers of its values."""

    def starts() -> Iterator[Array]:
        yield np.zeros(1, np.uint32)
        end = 0
        for source in sources:
            counts = np.diff(source.pack.array("items.starts").astype(np.int64))[source.new_ids != GONE]
            yield (end + np.cumsum(counts)).astype(np.uint32)
            end += int(counts.sum())

    def values() -> Iterator[Array]:
        for source, new in zip(sources, new_values, strict=True):
            bounds = source.pack.array("items.starts").astype(np.int64)
            for first in range(0, len(source.new_ids), _ROWS_AT_A_TIME):
                last = min(first + _ROWS_AT_A_TIME, len(source.new_ids))
                left = np.repeat(source.new_ids[first:last] != GONE, np.diff(bounds[first : last + 1]))
                old = source.pack.slice("items.values", int(bounds[first]), int(bounds[last]))
                yield new[old[left]].astype(np.uint32)
            source.pack.let_go()

    return {
        "items.starts": Stream(np.dtype("<u4"), 0, starts()),
        "items.values": Stream(np.dtype("<u4"), 0, values()),
    }


def _merge_words(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    masks = [part.rows_alive() for part in parts]
    new_rows = _renumbered(masks)
    sources = [Source(part.packs[pack], rows) for part, rows in zip(parts, new_rows, strict=True)]
    arrays, new_terms = merge_inverted("terms", sources, positions=True)
    packs = [source.pack for source in sources]
    arrays |= {name: _stream(packs, masks, name) for name in ("lengths", "text_ends")}
    fields = sorted({name for source in sources for name in source.pack.extra["fields"]})
    arrays |= _merge_borders(sources, fields)
    arrays |= merge_forms(sources, new_terms)
    languages: Counter[str] = Counter()
    for source in sources:
        languages.update(source.pack.extra["languages"])
    extra = sources[0].pack.extra | {"fields": fields, "languages": dict(languages)}
    return arrays, extra


def _merge_borders(sources: Sequence[Source], fields: list[str]) -> Arrays:
    """The borders of one field after the other; rows ascend from segment to segment."""

    def column(name: str) -> Iterator[Array]:
        for number, field in enumerate(fields):
            for source in sources:
                if field not in source.pack.extra["fields"]:
                    continue
                old = source.pack.extra["fields"].index(field)
                first, last = np.searchsorted(source.pack.array("borders.field"), [old, old + 1]).tolist()
                rows = source.new_ids[source.pack.slice("borders.row", first, last)]
                kept = rows != GONE
                if name == "field":
                    yield np.full(np.count_nonzero(kept), number, np.uint16)
                elif name == "row":
                    yield rows[kept].astype(np.uint32)
                else:
                    yield source.pack.slice(f"borders.{name}", first, last)[kept]

    kinds = {"field": "<u2", "row": "<u4", "start": "<u2", "end": "<u2"}
    return {f"borders.{name}": Stream(np.dtype(kind), 0, column(name)) for name, kind in kinds.items()}


def _merge_space(parts: Sequence[Part], pack: str) -> tuple[Arrays, dict[str, object]]:
    renumbered = _renumbered([part.rows_alive() for part in parts])
    # A segment none of whose rows has a vector in the space has no pack for it.
    having = [(part.packs[pack], rows) for part, rows in zip(parts, renumbered, strict=True) if pack in part.packs]
    packs = [found for found, _ in having]
    kept = [rows[found.array("rows")] for found, rows in having]
    left = [rows != GONE for rows in kept]
    rows = (new[mask].astype(np.uint32) for new, mask in zip(kept, left, strict=True))
    streams = {name: _stream(packs, left, name) for name in ("codes", "bearings", "vectors", "sums")}
    return {"rows": Stream(np.dtype("<u4"), 0, rows), **streams}, {}


_MERGERS: dict[str, Callable[[Sequence[Part], str], tuple[Arrays, dict[str, object]]]] = {
    "rows": _merge_rows,
    "columns": _merge_columns,
    "words": _merge_words,
}
