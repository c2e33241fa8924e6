"""The whole sample library, written into a folder from one seed."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pinakes import __version__
from pinakes.errors import UsageError
from pinakes.sources.sample.difficult import difficult
from pinakes.sources.sample.judgements import as_lines, judged
from pinakes.sources.sample.made import Made, moving, plates, sounds
from pinakes.sources.sample.work import TABLE_COLUMNS, Work
from pinakes.sources.sample.writings import books, texts
from pinakes.storage import explained

FEWEST, MOST = 40, 4_000
DIFFICULT = 9

# Searches for a first look, in the language of queries; paths are relative to the collection's folder.
DEMO_QUERIES: tuple[str, ...] = (
    "red boat",
    "plates/harbour-suite/013-red-boat-sea.png + snow",
    "sounds/whale-1.mp3",
)
# What was written, so that it need not be written again.
MADE = "made.json"
READ_ME = """The sample library of Pinakes
=============================

Everything in this folder was drawn, written and composed by a program from one number.
The artists and writers never lived. The Pinakes project dedicates all of it to the public
domain under CC0 1.0: do with it what you like.

collection/   what you add to a library: plates, texts, sounds, films, books, and works.csv,
              a table that describes those works which do not describe themselves
judgements/   queries.jsonl and qrels.tsv (TREC form): questions, and which works answer them
              (2: all that was asked for; 1: the thing, but in another colour or place)
"""


@dataclass(frozen=True, slots=True)
class SampleLibrary:
    """What was written: the folders, and all works with what their generator knows of them."""

    folder: Path
    collection: Path
    judgements: Path
    works: tuple[Work, ...]

    def work(self, path: str) -> Work:
        """The work that lies at a path of the collection."""
        return next(work for work in self.works if work.path == path)


def shares(works: int) -> dict[str, int]:
    """How many works of each kind there are among so many."""
    films = max(1, min(6, works * 6 // 400))
    bound = max(2, min(9, works * 9 // 400))
    sounded = works * 12 // 100
    english, chinese = works * 32 // 100 - 5, works * 18 // 100 - 2
    rest = works - films - bound - sounded - english - chinese - DIFFICULT
    return {"plates": rest, "english": english, "chinese": chinese, "sounds": sounded, "films": films, "books": bound}


def everything(seed: int, works: int) -> Iterator[Made]:
    """All works with their bytes, one after the other."""
    count = shares(works)
    drawn: list[Made] = []
    for plate in plates(seed, count["plates"]):
        drawn.append(plate)
        yield plate
    yield from sounds(seed, count["sounds"])
    english = list(texts(seed, count["english"], drawn, "en"))
    chinese = list(texts(seed, count["chinese"], drawn, "zh"))
    yield from english
    yield from chinese
    yield from books(seed, count["books"], drawn)
    yield from difficult(seed, drawn, english, chinese)
    yield from moving(seed, count["films"])


def generate(
    folder: Path, seed: int = 1, works: int = 400, progress: Callable[[int, int], None] | None = None
) -> SampleLibrary:
    """Write the sample library; the same seed and number give the same works."""
    if not FEWEST <= works <= MOST:
        raise UsageError(f"A sample library can have {FEWEST} to {MOST} works, not {works}.")
    collection, judgements = folder / "collection", folder / "judgements"
    written: list[Work] = []
    with explained(folder):
        _clear(folder)
        for made in everything(seed, works):
            _write(collection, made)
            written.append(made.work)
            if progress is not None:
                progress(len(written), works)
        (collection / "works.csv").write_text(_table(written), encoding="utf-8", newline="")
        queries, qrels = as_lines(judged(written, seed))
        judgements.mkdir(parents=True, exist_ok=True)
        (judgements / "queries.jsonl").write_text(queries, encoding="utf-8", newline="")
        (judgements / "qrels.tsv").write_text(qrels, encoding="utf-8", newline="")
        (folder / "README.txt").write_text(READ_ME, encoding="utf-8", newline="")
        # Last: what was interrupted before is made again.
        (folder / MADE).write_text(json.dumps(_mark(seed, works)), encoding="utf-8")
    return SampleLibrary(folder, collection, judgements, tuple(written))


def is_made(folder: Path, seed: int, works: int) -> bool:
    """Whether this very sample lies in a folder, written to its end by this version."""
    try:
        found = json.loads((folder / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(found == _mark(seed, works))


def _mark(seed: int, works: int) -> dict[str, str | int]:
    return {"version": __version__, "seed": seed, "works": works}


def _clear(folder: Path) -> None:
    """Remove a sample of another seed or number, but never a folder that is not one of ours."""
    if (folder / MADE).is_file():
        (folder / MADE).unlink()
        shutil.rmtree(folder / "collection", ignore_errors=True)


def _write(collection: Path, made: Made) -> None:
    """A work's file, and its sidecar where its metadata stand there."""
    path = collection.joinpath(*made.work.path.split("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.data)
    if made.work.told == "sidecar":
        sidecar = json.dumps(made.work.record(), ensure_ascii=False, indent=1) + "\n"
        path.with_name(path.name + ".json").write_text(sidecar, encoding="utf-8", newline="")


def _table(works: list[Work]) -> str:
    """The table of those works whose metadata stand there; several values are set apart by semicolons."""
    out = io.StringIO()
    rows = csv.DictWriter(out, TABLE_COLUMNS, extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    for work in works:
        if work.told == "table":
            record = {
                name: "; ".join(value) if isinstance(value, list) else value for name, value in work.record().items()
            }
            rows.writerow({"path": work.path, **record})
    return out.getvalue()
