"""Many readers while one writes, each in a process of its own: they see whole generations and lose no file."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from pinakes.catalogue import items
from pinakes.catalogue.catalogue import Catalogue
from pinakes.index.local import LocalIndex
from pinakes.index.packs import FilePack, write_pack
from pinakes.settings import Settings
from tests.makers import fill, text_part, work

# A generation holds items of one number of rounds alone: who sees two of them sees no whole generation.
READER = """
import json, sys
from pathlib import Path
from pinakes.library import Library
seen, odd = [], 0
with Library.open(sys.argv[1]) as library:
    print("reading", flush=True)
    while not Path(sys.argv[2]).exists():
        hits = library.search("boat", limit=100)
        rounds = {hit.snippet.split()[1] for hit in hits}
        odd += (len(rounds), len(hits), hits.total) != (1, 20, 20)
        seen.append(max(rounds, default=""))
print(json.dumps([odd, len(seen), len(set(seen)), seen == sorted(seen)]))
"""
ROUNDS = 12


def test_readers_in_other_processes_see_whole_generations_while_one_writes(tmp_path: Path, settings: Settings) -> None:
    folder, stop = tmp_path / "library", tmp_path / "stop"
    catalogue = Catalogue.open(folder, settings, create=True)
    if settings.catalogue:
        (folder / "settings.toml").write_text(f'catalogue = "{settings.catalogue}"\n', encoding="utf-8")
    index = LocalIndex(catalogue)

    def write(turn: int) -> None:
        with catalogue.writer():
            fill(catalogue, [work(f"n{n}", text_part(f"boat r{turn:03}", language="en")) for n in range(20)])
            index.publish(finish=turn % 5 == 0)

    write(0)
    command = [sys.executable, "-c", READER, str(folder), str(stop)]
    with ExitStack() as ending:
        readers = [ending.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(2)]
        ending.callback(stop.touch)
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "reading\n"
        for turn in range(1, ROUNDS):
            write(turn)
        stop.touch()
        told = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]
    for odd, searches, generations, in_order in told:
        assert (odd, in_order) == (0, True)
        assert searches >= generations > 1
    catalogue.close()


def test_a_file_that_is_replaced_stays_whole_for_who_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "one.pack"
    write_pack(path, {"numbers": np.arange(500_000)})
    opened = FilePack(path)
    write_pack(path, {"numbers": np.zeros(10, np.int64)})
    assert (opened.array("numbers") == np.arange(500_000)).all()
    assert FilePack(path).size("numbers") == 10


@pytest.mark.parametrize("finish", [False, True])
def test_a_snapshot_answers_as_before_after_its_files_are_swept_away(embedded: Catalogue, finish: bool) -> None:
    stored = fill(embedded, [work(f"n{n}", text_part("boat", language="en")) for n in range(50)])
    index = LocalIndex(embedded)
    with embedded.writer():
        index.publish(finish=True)
    held = LocalIndex(embedded).snapshot()
    files = {path.name for path in index.folder.iterdir()}
    for one in stored[:40]:
        with embedded.writer(), embedded.writing() as connection:
            items.remove(connection, [one.item_id])
    with embedded.writer():
        for _ in range(2):
            fill(embedded, [work("new", text_part("sea", language="en"))])
            index.publish(finish=finish)
    assert not files & {path.name for path in index.folder.iterdir() if path.suffix == ".pack"}
    assert held.alive_rows == 50
    assert {int(part) for segment in held.segments for part in segment.parts} == {one.part_ids[0] for one in stored}
    assert all(segment.words().lengths.sum() for segment in held.segments)
