"""Nearest vectors among 10,000,000 of 256 dimensions, on one core, at the level of the index.

The index's packs are written directly, as one segment; the catalogue, which would take hours to fill, is left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.clustered import Truth, recall
from benchmarks.frame import Figures, Options
from benchmarks.peers.speak import memory
from benchmarks.processes import pin, run_module
from pinakes.catalogue.spaces import Space
from pinakes.encoders.hashers import Hasher, fit
from pinakes.evaluate.vectors_made import CHUNK, Mixture
from pinakes.index.packs import FilePack, Stream, write_pack
from pinakes.index.rows_build import row_sums
from pinakes.index.segment import Segment, space_pack

FULL, QUICK, DIM, QUERIES = 10_000_000, 200_000, 256, 100
PACK = space_pack(1, 1)


def run(options: Options) -> Figures:
    """Write the packs, then open and search them in a fresh process."""
    count = QUICK if options.quick else FULL
    folder = options.folder(f"scale-{count}")
    figures = Figures()
    if not (folder / "true.npy").exists():
        figures.add("generate, code and write", _write(folder, count), "s")
    told = run_module("benchmarks.scale", {"folder": str(folder)}, 1)
    full = not options.quick
    figures.add("vectors", count, "vectors")
    figures.add("open", told["open"], "s", at_most=1, judged=full)
    for name, share in told["recall"].items():
        # What the index chooses by itself is judged; the others show what is gained and paid.
        ours = name == str(told["chosen"])
        figures.add(f"{name} rescored, recall@10", share, "", judged=full, at_least=0.985 if ours else None)
        figures.add(f"{name} rescored, median", told["ms"][name], "ms", judged=full, at_most=40 if ours else None)
    figures.add("resident", told["resident"], "MB")
    figures.add("resident, anonymous", told["anonymous"], "MB")
    figures.note("The index alone, as one segment: the catalogue, words and filters are left out.")
    return figures


def _write(folder: Path, count: int) -> float:
    """The packs of one segment, the queries and their true neighbours."""
    start = time.perf_counter()
    mixture = Mixture.clustered(DIM)
    queries, _ = mixture.queries(QUERIES)
    hasher = fit("rotation", mixture.chunk(0)[0].astype(np.float32), "cosine", DIM)
    rows = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.float16, (count, DIM))
    codes, bearings, sums, found = [], [], [], Truth(queries, 10)
    for number, at in enumerate(range(0, count, CHUNK)):
        piece = mixture.chunk(number)[0][: count - at]
        rows[at : at + len(piece)] = piece
        codes.append(hasher.codes(piece.astype(np.float32)))
        bearings.append(hasher.bearings(piece.astype(np.float32)))
        sums.append(row_sums(piece))
        found.add(at, piece, {"": None})
    numbers = np.arange(count, dtype=np.uint32)
    vectors = Stream(rows.dtype, DIM, _pieces(rows))
    write_pack(
        folder / "space.pack",
        {
            "rows": numbers,
            "codes": np.concatenate(codes),
            "bearings": np.concatenate(bearings),
            "vectors": vectors,
            "sums": np.concatenate(sums),
        },
    )
    write_pack(
        folder / "rows.pack",
        {
            "items": numbers.astype(np.int64),
            "starts": np.arange(count + 1, dtype=np.uint32),
            "item_of_row": numbers,
            "parts": numbers.astype(np.int64),
            "modalities": np.ones(count, np.uint8),
            "signatures": np.zeros(count, np.uint64),
        },
    )
    (folder / "hasher").write_bytes(hasher.to_bytes())
    (folder / "rows.npy").unlink()
    np.save(folder / "queries.npy", queries)
    np.save(folder / "true.npy", found.nearest(""))
    return time.perf_counter() - start


def _pieces(rows: np.ndarray) -> Iterator[np.ndarray]:
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Open the segment and search it."""
    from pinakes.index import find_vectors
    from pinakes.index.snapshot import Deadline, Snapshot

    pin(1)
    folder = Path(request["folder"])
    hasher = Hasher.from_bytes((folder / "hasher").read_bytes())
    space = Space(1, "vectors", "", ("image",), DIM, "cosine", "active", 1, hasher)
    start = time.perf_counter()
    packs = {"rows": FilePack(folder / "rows.pack"), PACK: FilePack(folder / "space.pack")}
    snapshot = Snapshot(1, [Segment("one", packs, None, 1)], {})
    opened = time.perf_counter() - start
    selection = snapshot.select(())
    queries, true = np.load(folder / "queries.npy"), np.load(folder / "true.npy")
    chosen = find_vectors.enough(snapshot.segments[0].rows, DIM)
    told: dict[str, Any] = {"open": opened, "chosen": chosen, "recall": {}, "ms": {}}
    for candidates in (chosen, 500, 2000, chosen):
        times, found = [], []
        for query in queries:
            begun = time.perf_counter()
            near = find_vectors.find(
                snapshot, space, query, 10, selection, Deadline.after(60), precise=True, candidates=candidates
            )
            times.append(1000 * (time.perf_counter() - begun))
            found.append(near.rows)
        # The first round of all warms up; the last overwrites it.
        told["ms"][str(candidates)], told["recall"][str(candidates)] = median(times), recall(found, true)
    return told | memory()


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
