"""What must hold of a library after any fault: worked out from the bare tables and files, not by what is tested."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import Connection, text

from pinakes.index.segment import Segment
from pinakes.index.snapshot import Snapshot
from pinakes.library import Library
from tests.faults.shelf import is_picture, is_whole, versions_in, word_of

_SEARCHED = 12


@dataclass(frozen=True)
class Holding:
    """A file as the library holds it: its item, its parts, and the word of the version that was stored."""

    item: int
    parts: tuple[int, ...]
    word: str


def holdings(connection: Connection) -> dict[bytes, Holding]:
    """Every file of the library; fails on one that is there twice or by half."""
    found: dict[bytes, Holding] = {}
    parts = defaultdict(list)
    for part, item, file, said in rows(connection, "SELECT id, item_id, file_id, text FROM parts ORDER BY id"):
        parts[item, file].append((part, said))
    for file, item, path in rows(connection, "SELECT id, item_id, path FROM files"):
        path = bytes(path)
        having = parts.pop((item, file), [])
        assert path not in found, f"{path!r} is in the library twice"
        assert having, f"{path!r} has no parts"
        said = " ".join(said for _, said in having)
        if not is_picture(path) and number_like(path):
            assert is_whole(said), f"only a part of {path!r} was stored: {said[:200]}"
            assert len(versions_in(said)) == 1, f"{path!r} is a mixture of versions"
        words = versions_in(said)
        found[path] = Holding(item, tuple(number for number, _ in having), min(words, default=""))
    assert not parts, f"parts without their file: {dict(parts)}"
    items = Counter(one.item for one in found.values())
    assert set(items) == {number for (number,) in rows(connection, "SELECT id FROM items")}, "items without files"
    assert set(items.values()) <= {1}, f"two files are one item: {items}"
    return found


def number_like(path: bytes) -> bool:
    """Whether a file is one of a shelf's texts."""
    return path.rpartition(b"/")[2].startswith(b"w") and path.endswith(b".txt")


def rows(connection: Connection, query: str) -> list[Any]:
    """Rows of a query in plain SQL."""
    return list(connection.execute(text(query)))


def spaces_agree(connection: Connection) -> dict[int, dict[int, tuple[bytes, bytes]]]:
    """For each space its parts with code and vector; blocks without tombstones must be exactly the codes."""
    dims: dict[int, int] = dict(map(tuple, rows(connection, "SELECT id, dim FROM spaces")))
    gone = {tuple(row) for row in rows(connection, "SELECT block_id, block_row FROM tombstones")}
    coded: dict[int, dict[int, tuple[tuple[int, int], bytes]]] = {number: {} for number in dims}
    query = "SELECT space_id, part_id, block_id, block_row, code FROM codes"
    for space, part, block, row, code in rows(connection, query):
        coded[space][part] = ((block, row), bytes(code))
    agreed: dict[int, dict[int, tuple[bytes, bytes]]] = {number: {} for number in dims}
    places = set()
    for block, space, part_ids, vectors in rows(
        connection, "SELECT id, space_id, part_ids, vectors FROM vector_blocks"
    ):
        halves = np.frombuffer(vectors, "<f2").reshape(-1, dims[space])
        assert np.isfinite(halves).all(), f"block {block} holds NaN or infinity"
        for row, part in enumerate(np.frombuffer(part_ids, "<i8").tolist()):
            places.add((block, row))
            if (block, row) in gone:
                continue
            assert part in coded[space], f"part {part} has a vector in space {space} but no code"
            place, code = coded[space][part]
            assert place == (block, row), f"part {part} has two vectors in space {space}"
            assert halves[row].any(), f"part {part} has a vector of zeros"
            agreed[space][part] = (code, halves[row].tobytes())
    assert gone <= places, f"tombstones of rows that are not there: {gone - places}"
    for space, having in coded.items():
        assert set(having) == set(agreed[space]), f"codes without vectors in space {space}"
    return agreed


def index_agrees(
    snapshot: Snapshot, library: Library, parts: set[int], spaces: dict[int, dict[int, tuple[bytes, bytes]]]
) -> None:
    """The index holds each part once, and each active space's codes and vectors as the catalogue has them."""
    assert not snapshot.damage, f"damage in the index: {snapshot.damage}"
    alive = Counter(part for segment in snapshot.segments for part in _alive_parts(segment))
    assert set(alive.values()) <= {1}, "a part is in the index twice"
    assert set(alive) == parts, f"index and catalogue differ in parts {set(alive) ^ parts}"
    for space in library.spaces:
        indexed: dict[int, tuple[bytes, bytes]] = {}
        for segment in snapshot.segments:
            pack = segment.packs.get(f"space-{space.id}-{space.code_version}")
            if pack is None:
                continue
            codes, vectors = pack.array("codes"), pack.array("vectors")
            for place, row in enumerate(pack.array("rows").tolist()):
                if segment.alive_rows is None or segment.alive_rows[row]:
                    indexed[int(segment.parts[row])] = (codes[place].tobytes(), vectors[place].tobytes())
        assert indexed == spaces[space.id], f"index and catalogue differ in space {space.name}"


def _alive_parts(segment: Segment) -> list[int]:
    parts = segment.parts if segment.alive_rows is None else segment.parts[segment.alive_rows]
    return [int(part) for part in parts]


def previewed(library: Library, held: dict[bytes, Holding]) -> None:
    """Each picture has its small picture, and it is a whole one."""
    for path, one in held.items():
        if is_picture(path):
            small = library.preview(one.parts[0])
            assert small is not None, f"{path!r} has no preview"
            with Image.open(small) as image:
                image.load()


def whole(library: Library) -> dict[bytes, Holding]:
    """Fails unless catalogue, vectors, codes, index and words agree; returns what the library holds."""
    problems = library.check()
    assert not problems, problems
    snapshot = library._index.snapshot()
    with library._catalogue.reading() as connection:
        held = holdings(connection)
        spaces = spaces_agree(connection)
    index_agrees(snapshot, library, {part for one in held.values() for part in one.parts}, spaces)
    previewed(library, held)
    return held


def found(library: Library, word: str) -> list[int]:
    """The items that a quick search for a word finds."""
    return [hit.item for hit in library.search(f'"{word}"', mode="quick", limit=100)]


def searchable(library: Library, held: dict[bytes, Holding], random: Random, count: int = _SEARCHED) -> None:
    """Words find their text and nothing else, on a sample."""
    texts = [path for path, one in sorted(held.items()) if one.word]
    for path in random.sample(texts, min(count, len(texts))):
        assert found(library, held[path].word) == [held[path].item], f"{path!r} is not found by {held[path].word}"


def gone(library: Library, path: bytes, version: int) -> None:
    """A version that was replaced or removed is not found."""
    if not is_picture(path):
        assert found(library, word_of(path, version)) == [], f"{path!r} is found in version {version}"
