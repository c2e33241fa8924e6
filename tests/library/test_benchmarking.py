"""Measuring the cost of a library: what is asked, what is counted, what is refused. No time is judged."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import DiskFull, NoContent, PinakesError, UnknownName, UsageError
from pinakes.evaluate import generated, published
from pinakes.evaluate.cost import Cost, Loaded, Timing
from pinakes.evaluate.load import Load
from pinakes.evaluate.questions import Question, given, of_generated, of_library
from pinakes.library import Library
from pinakes.library.benchmarking import Plan, loaded, measured, stored
from pinakes.library.clients import Clients
from pinakes.library.making import beside_published, by_size
from pinakes.settings import Settings
from tests.cli.conftest import fill

# Enough to see that all is counted, and done in a second.
SHORT = Load(rate=40, seconds=0.5, clients=6, warmup=0.2, timeout=30)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Two pictures and two texts."""
    place = tmp_path_factory.mktemp("measured")
    with Library.open(place / "lib", create=True) as made:
        made.add(fill(place))
        yield made


@pytest.fixture(scope="module")
def cost(library: Library) -> Cost:
    """What it costs, measured once."""
    return measured(library, Plan(searches=3, load=SHORT, processes=2, seed=5))


def test_every_kind_of_question_is_timed_in_both_modes(cost: Cost) -> None:
    kinds = [(timing.asked, timing.mode) for timing in cost.timings]
    assert sorted(kinds) == sorted((kind, mode) for kind in ("words", "items", "both") for mode in ("quick", "precise"))
    for timing in cost.timings:
        assert timing.size == 4
        assert timing.searches == 3
        assert 0 < timing.p50 <= timing.p95 <= timing.p99 <= timing.worst


def test_a_load_is_counted_whole_with_what_the_machine_gave(cost: Cost) -> None:
    (load,) = cost.loads
    assert load.scheduled == int((SHORT.schedule() >= 0).sum())
    assert load.answered + load.failed + load.timed_out == load.scheduled
    assert load.failed == 0
    assert (load.clients, load.processes, load.rate) == (6, 2, 40)
    assert 0 < load.p50 <= load.p95 <= load.p99 <= load.worst
    if Path("/proc/self/smaps_rollup").exists():
        # Two processes with the whole of Pinakes in each, and this one.
        assert load.memory_mb > 60
        assert load.processor_percent > 0


def test_sizes_on_disk_are_those_of_the_files_by_their_kind(library: Library, cost: Cost) -> None:
    found = {one.kind: one.bytes for one in cost.stored}
    files = [path for path in library.folder.rglob("*") if path.is_file()]
    assert sum(found.values()) == sum(path.stat().st_size for path in files)
    assert found["previews"] == sum(path.stat().st_size for path in files if "previews" in path.parts)
    words = sum(path.stat().st_size for path in files if path.name.endswith("-words.pack"))
    assert found["index: words"] == words > 0
    assert found["index: space"] > 0
    assert found["catalogue"] >= (library.folder / "catalogue.sqlite").stat().st_size


def test_it_is_said_where_when_and_from_which_seed(cost: Cost) -> None:
    assert cost.seed == 5
    assert cost.machine["cores"] >= 1
    assert cost.machine["versions"]["numpy"] == np.__version__
    assert Cost.from_records(map(json.loads, map(json.dumps, cost.records()))).loads[0].p50 == cost.loads[0].p50


def test_nothing_in_the_library_is_changed(library: Library, cost: Cost) -> None:
    before = library.status()
    measured(library, Plan(searches=1, load=None))
    assert library.status() == before


def test_the_same_seed_asks_the_same_of_a_library(library: Library) -> None:
    asked = of_library(library._catalogue, 10, 1)
    assert asked == of_library(library._catalogue, 10, 1)
    assert Counter(question.asked for question in asked) == {"words": 10, "items": 10, "both": 10}
    titles = " ".join(library.item(number).title for number in {one.item for one in asked if one.item})
    assert all(word in titles for question in asked for word in question.words.split())


def test_titles_with_signs_of_the_query_language_are_asked_for_in_plain_words(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib", create=True) as made:
        vectors = np.eye(3, dtype=np.float32)
        made.add_vectors("mine", vectors, titles=["-", 'date>=19"00 (x) -night', "item:7 + no:such|field~"])
        for question in of_library(made._catalogue, 30, 2):
            made.search(**question.terms())


def test_own_questions_are_asked_as_they_are_written(library: Library) -> None:
    cost = measured(library, Plan(searches=2, questions=["boat - red", " ", "modality=image"], load=None))
    assert {timing.asked for timing in cost.timings} == {"given"}
    assert [question.words for question in given([" boat ", ""])] == ["boat"]
    with pytest.raises(NoContent):
        given(["", " "])


def test_an_empty_library_has_nothing_to_be_asked_for(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib", create=True) as empty, pytest.raises(NoContent, match="pinakes add"):
        measured(empty, Plan())


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"searches": 0}, UsageError),
        ({"modes": ()}, UsageError),
        ({"modes": ("fast",)}, UnknownName),
        ({"processes": -1}, UsageError),
        ({"processes": 1_025}, UsageError),
        ({"seed": -1}, UsageError),
        ({"fastest_ms": math.nan}, UsageError),
        ({"load": None, "at_once": True}, UsageError),
        ({"load": Load(rate=0)}, UsageError),
        ({"load": Load(rate=0.001, seconds=1, warmup=0)}, UsageError),
    ],
)
def test_a_plan_that_measures_nothing_is_refused(
    library: Library, wrong: dict[str, object], error: type[PinakesError]
) -> None:
    plan = Plan(**{"searches": 1, "processes": 1, **wrong})  # type: ignore[arg-type]
    with pytest.raises(error):
        measured(library, plan)


def test_a_generated_library_is_as_large_as_was_asked_for_and_finds_what_lies_in_it(tmp_path: Path) -> None:
    told: list[int] = []
    with Library.open(tmp_path / "lib", create=True) as made:
        taken = generated.fill(made._catalogue, made._index, 4_200, 3, told.append)
        assert taken > 0
        assert told == [4_096, 4_200]
        assert made.status()["parts"] == 4_200
        kinds = of_generated(5, 3)
        assert Counter(question.asked for question in kinds) == {"words": 5, "vectors": 5, "both": 5}
        for question in kinds:
            if question.asked != "words":
                assert len(made.search(**question.terms()))
        title = made.item(4_100).title
        assert 4_100 in {hit.item for hit in made.search(f'"{title}"')}


def test_libraries_are_made_by_size_and_thrown_away(tmp_path: Path) -> None:
    cost = by_size([30, 90], Plan(searches=2, load=None), tmp_path / "made")
    assert [(growth.items, growth.parts) for growth in cost.growths] == [(30, 30), (90, 90)]
    assert {timing.size for timing in cost.timings} == {30, 90}
    assert {one.size for one in cost.stored} == {30, 90}
    assert any("invented words" in note for note in cost.notes)
    assert len(set(cost.notes)) == len(cost.notes)
    assert not list((tmp_path / "made").iterdir())


@pytest.mark.parametrize("sizes", [[], [0], [100, -1]])
def test_a_library_of_nothing_is_not_made(sizes: list[int], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one part at least"):
        by_size(sizes, Plan(), tmp_path)


def test_a_library_larger_than_the_disk_is_refused_before_it_is_begun(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="--folder"):
        by_size([10**12], Plan(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_searches_that_fail_and_time_out_are_counted_not_hidden(library: Library) -> None:
    questions = [Question("words", "boat"), Question("words", "(nosuchfield:boat"), Question("items", item=999)]
    with Clients(library.folder, library.settings, [Question("words", "boat")], "precise", 1) as clients:
        # Nobody can answer in no time.
        found = clients.run(np.zeros(5), 2, 1e-9)
        assert found.timed_out.all()
    good = replace(SHORT, rate=30)
    plan = Plan(load=good, processes=1)
    with pytest.raises(PinakesError, match="client"):
        # What can not be asked at all is an error before the load, in the words of the search.
        loaded(library, questions, 4, plan)


def test_a_client_that_is_killed_is_an_error_of_ours(library: Library) -> None:
    with Clients(library.folder, library.settings, [Question("words", "boat")], "precise", 1) as clients:
        clients._children[0].kill()
        with pytest.raises(PinakesError, match="ended"):
            clients.run(np.zeros(3), 2, 5.0)


def test_clients_end_with_the_process_that_began_them(library: Library, tmp_path: Path) -> None:
    code = f"""
import os, sys, time
from pathlib import Path
from pinakes.evaluate.questions import Question
from pinakes.library.clients import Clients
from pinakes.settings import Settings
clients = Clients(Path({str(library.folder)!r}), Settings(), [Question("words", "boat")], "quick", 1)
clients.__enter__()
print(clients._children[0].pid, flush=True)
os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    stat = Path(f"/proc/{done.stdout.strip()}/stat")
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        # It reads the end of its pipe and goes.
        time.sleep(0.01)


def test_the_most_at_once_and_the_highest_rate_are_looked_for(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinakes.library.benchmarking._MOST_AT_ONCE", 12)
    monkeypatch.setattr("pinakes.library.benchmarking._FASTEST", 50.0)
    monkeypatch.setattr("pinakes.library.benchmarking._TRIAL_SECONDS", 0.5)
    monkeypatch.setattr("pinakes.library.benchmarking._TRIAL_WARMUP", 0.1)
    plan = Plan(load=SHORT, processes=1, fastest_ms=60_000, at_once=True)
    fixed, fastest, at_once = loaded(library, [Question("words", "boat")], 4, plan)
    assert (fixed.what, fastest.what, at_once.what) == ("fixed", "fastest", "at once")
    assert fastest.rate == 50
    assert at_once.clients == at_once.answered == at_once.most_at_once == 12
    assert math.isnan(at_once.rate)


def test_the_published_table_stands_beside_ours_the_better_the_larger() -> None:
    blank = dict.fromkeys(Loaded.__dataclass_fields__, 1)
    fixed = Loaded(**blank | {"processor_percent": 22.7, "memory_percent": 3.63, "success_percent": 100.0})  # type: ignore[arg-type]
    at_once = Loaded(**blank | {"clients": 184})  # type: ignore[arg-type]
    few = [Timing(100, "quick", "words", 9, 1, 2, 51, 60), Timing(100, "precise", "both", 9, 1, 2, 102, 110)]
    rows = published.compared(fixed, at_once, few, from_files=5.1)
    assert [(row.published, round(row.times, 3)) for row in rows] == [
        (45.4, 2.0),
        (36.3, 10.0),
        (92, 2.0),
        (96.7, round(100 / 96.7, 3)),
        (10.2, 100.0),
        (10.2, 2.0),
    ]
    cost = Cost("", "", 1, {}, compared=rows)
    assert published.beats(cost)
    assert not published.beats(replace(cost, compared=(*rows[:-1], replace(rows[-1], times=0.9))))
    assert not published.beats(Cost("", "", 1, {}))
    assert asdict(published.LOAD) | {"rate": 10.0, "seconds": 60.0, "clients": 92} == asdict(published.LOAD)


@pytest.mark.slow
def test_the_sample_library_is_measured_beside_the_published_table(tmp_path: Path) -> None:
    plan = Plan(searches=3, load=replace(SHORT, timeout=5, seconds=2))
    cost = beside_published(plan, tmp_path, items=60, few=40)
    assert [growth.items for growth in cost.growths] == [39, 59]
    assert cost.compared[0].what == "processor"
    assert len(cost.compared) == 6
    assert len({timing.size for timing in cost.timings}) == 2
    assert any("neither its machine" in note for note in cost.notes)
    assert not list(tmp_path.iterdir())


def test_a_catalogue_on_a_server_counts_among_the_sizes(settings: Settings, tmp_path: Path) -> None:
    chosen = {"catalogue": settings.catalogue} if settings.catalogue else {}
    text = tmp_path / "long.txt"
    text.write_text("".join(f"a red boat, number {number}\n" for number in range(20_000)))
    with Library.open(tmp_path / "library", create=True, settings=chosen) as library:
        before = {one.kind: one.bytes for one in stored(library, 0)}
        library.add(text)
        after = {one.kind: one.bytes for one in stored(library, 1)}
        served = "catalogue, PostgreSQL"
        # Where a server keeps the catalogue there is no file of it, and the other way round.
        assert (served in after) == (library._catalogue.dialect == "postgresql") == ("catalogue" not in after)
        kind = served if served in after else "catalogue"
        assert after[kind] > before[kind] > 0
