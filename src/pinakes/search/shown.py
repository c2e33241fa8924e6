"""What the catalogue says of the hits on a page, also where it has gone on since the index was made."""

from __future__ import annotations

from collections import defaultdict
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.entries import item_entries, part_entries, parts_of
from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.index.snapshot import Snapshot

Shown: TypeAlias = tuple[ItemEntry, PartEntry]


def entries(catalogue: Catalogue, snapshot: Snapshot, rows: NDArray[np.int64]) -> list[Shown | None]:
    """Item and part of each row, of one state of the catalogue; None for what was removed since the snapshot.

    While another process writes, a file may have been read again and its parts have new numbers: then the part that
    stands where the found one stood.
    """
    numbers, item_ids = snapshot.parts(rows).tolist(), snapshot.items(rows).tolist()
    anew: dict[int, list[PartEntry]] = defaultdict(list)
    with catalogue.reading() as connection:
        parts = part_entries(connection, numbers)
        items = item_entries(connection, item_ids)
        late = {item for number, item in zip(numbers, item_ids, strict=True) if number not in parts and item in items}
        for part in parts_of(connection, sorted(late)) if late else ():
            anew[part.item_id].append(part)
    result: list[Shown | None] = []
    for number, item, order in zip(numbers, item_ids, snapshot.order_in_item(rows).tolist(), strict=True):
        there = parts.get(number) or next(iter(anew[item][min(order, len(anew[item]) - 1) :]), None)
        result.append((items[item], there) if item in items and there else None)
    return result
