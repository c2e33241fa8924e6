"""Work with models and measurements, as a worker does it: fetched, trained, used, measured, compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pinakes.errors import BadInput, MissingExtra, NotFound, UnknownName, UsageError
from pinakes.library import Library, reports, runs
from pinakes.library.alike import alike
from pinakes.tasks import ask
from pinakes.tasks.records import Task, task
from pinakes.tasks.worker import work
from tests.library.test_runs import squares, tables


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("learning")
    given = {"decoders": 1, "threads": 1, "hub": "http://127.0.0.1:9", "models": str(place / "models")}
    with Library.open(place / "library", create=True, settings=given) as made:
        assert made.add(squares(place / "squares")).failed == 0
        yield made


def done(library: Library, kind: str, arguments: Mapping[str, Any]) -> Task:
    """The task after a worker has taken it."""
    number = ask(library, kind, arguments)
    work(library.folder, library.settings, until_empty=True)
    with library.catalogue.reading() as connection:
        return task(connection, number)


@pytest.mark.slow
def test_a_training_is_asked_for_run_and_the_library_searched_by_it(library: Library, tmp_path: Path) -> None:
    told = tables(tmp_path, method={"name": "hyperplanes", "bits": 8})
    runs.ask(library, "codes", "train", told)
    trained = done(library, "train", {"run": "codes"})
    assert trained.state == "done", trained.result
    assert trained.result["run"] == "codes"
    used = done(library, "use-run", {"run": "codes"})
    assert used.state == "done", used.result
    assert "codes" in [space.name for space in library.spaces]


def test_what_can_not_be_trained_is_refused_before_it_is_asked_for(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound):
        ask(library, "train", {"run": "never"})
    runs.ask(library, "other", "train", {"method": {"name": "dcmh"}})
    with pytest.raises(UsageError, match="not of the kind tune"):
        ask(library, "tune", {"run": "other"})
    monkeypatch.setattr("pinakes.learn.extra.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="train"):
        ask(library, "train", {"run": "other"})


def test_a_training_that_can_not_be_says_why(library: Library, tmp_path: Path) -> None:
    runs.ask(library, "wrong", "train", tables(tmp_path, method={"name": "dcmh", "bats": 8}))
    with pytest.raises(BadInput, match="no weights yet"):
        ask(library, "use-run", {"run": "wrong"})
    ended = done(library, "train", {"run": "wrong"})
    assert ended.state == "failed"
    assert "bats" in ended.result["error"]["message"]


def test_a_model_is_fetched_from_the_network_alone_and_without_one_it_says_so(library: Library, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    for name in (str(tmp_path / "model"), "../model", "nothing-of-the-kind", "a/../b", ""):
        with pytest.raises(UnknownName):
            ask(library, "pull", {"model": name})
    ended = done(library, "pull", {"model": "clip-vit-b32"})
    assert "127.0.0.1:9" in str(ended.result) + ended.message
    assert ended.result["error"]["hint"]


def test_a_library_is_measured_and_its_near_duplicates_are_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "find_spec", lambda _: None)
    with pytest.raises(UnknownName):
        ask(library, "evaluate", {"by": "stars"})
    measured = done(library, "evaluate", {"by": "labels", "sample": 2, "modes": ["quick"], "metrics": "mrr"})
    assert measured.state == "done", measured.result
    assert [one.name for one in reports.reports(library)] == [measured.result["report"]]
    with pytest.raises(BadInput, match="bits"):
        ask(library, "duplicates", {"within_bits": 99})
    found = done(library, "duplicates", {"within_bits": 1})
    kept = alike(library, 10)
    assert kept is not None and kept.total == found.result["groups"]
