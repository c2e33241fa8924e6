"""Measurements that a library keeps, groups of works that are almost the same, coverage, and health."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.errors import BadInput, NoContent, NotFound, UnknownName
from pinakes.library import Library, reports
from pinakes.library.alike import FILE, alike, find
from pinakes.library.coverage import coverage, failed, failing_sources, vanished
from pinakes.library.health import health
from tests.library.test_adding import RED, picture
from tests.library.test_runs import squares


def fill(library: Library, place: Path) -> None:
    """Squares with labels, two pictures that are the same, one that can not be read, and a text that has gone."""
    folder = place / "pictures"
    folder.mkdir()
    picture(folder / "one.png", RED)
    picture(folder / "two.png", RED)
    (folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (folder / "gone.txt").write_text("It will be gone.")
    assert library.add(squares(place / "squares", 8)).failed == 0
    assert library.add(folder, collection="pictures").failed == 1
    (folder / "gone.txt").unlink()
    library.add(folder, collection="pictures")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("reports")
    with Library.open(place / "library", create=True, settings={"decoders": 1, "threads": 1}) as made:
        fill(made, place)
        yield made


def test_what_was_measured_is_kept_listed_read_again_and_removed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "find_spec", lambda _: None)
    asked: list[int] = []
    name = reports.measure(library, {"by": "labels", "sample": 4, "modes": ["precise"], "metrics": "map"}, asked.append)
    (listed,) = reports.reports(library)
    assert (listed.name, listed.kind, listed.metric) == (name, "labels", "map")
    assert reports.evaluation(library, name).scopes
    assert asked
    assert not listed.charts
    reports.remove(library, name)
    assert reports.reports(library) == []
    with pytest.raises(NotFound):
        reports.evaluation(library, name)


@pytest.mark.slow
def test_where_charts_can_be_drawn_the_report_is_kept_too(library: Library) -> None:
    pytest.importorskip("matplotlib")
    name = reports.measure(library, {"by": "labels", "sample": 4, "modes": ["quick"]}, lambda done: None)
    assert reports.reports(library)[0].charts
    assert reports.page(library, name).startswith(b"<!doctype html>")
    reports.remove(library, name)


def test_what_was_judged_is_measured(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "find_spec", lambda _: None)
    with pytest.raises(NoContent, match="judged"):
        reports.measure(library, {"by": "judgements"}, lambda done: None)
    found = library.search("dark", limit=2)
    library.desk.judge("ann", "dark", found[0].item, 3)
    name = reports.measure(library, {"by": "judgements", "modes": ["precise"], "metrics": "mrr"}, lambda done: None)
    assert reports.evaluation(library, name).kind == "judgements"
    reports.remove(library, name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "20260101-000000", "", "a"])
def test_a_name_that_is_none_finds_no_report(library: Library, name: str) -> None:
    with pytest.raises(NotFound):
        reports.evaluation(library, name)
    with pytest.raises(NotFound):
        reports.page(library, name)


def test_what_can_not_be_measured_is_refused_before(library: Library) -> None:
    with pytest.raises(UnknownName):
        reports.measuring({"by": "stars"})
    with pytest.raises(UnknownName):
        reports.measuring({"by": "labels", "modes": ["slow"]})


def test_groups_that_were_found_are_kept_and_known_to_be_old(library: Library) -> None:
    assert alike(library, 10) is None
    assert find(library, 0) >= 1
    told = alike(library, 10)
    assert told is not None and not told.stale
    names = [{item.title for _, item in group.members} for group in told.groups]
    assert {"one", "two"} in names
    kept = json.loads((library.folder / FILE).read_text())
    (library.folder / FILE).write_text("{")
    assert alike(library, 10) is None
    (library.folder / FILE).write_text(json.dumps(kept | {"generation": 0, "groups": [*kept["groups"], [999_999]]}))
    again = alike(library, 1)
    assert again is not None and again.stale
    assert (len(again.groups), again.total) == (1, told.total)


def test_coverage_tells_of_each_space_how_many_of_its_parts_it_holds(library: Library) -> None:
    found = {one.space: one for one in coverage(library)}
    assert found["colour"].modalities == ("image",)
    assert (found["colour"].covered, found["colour"].share) == (10, 1.0)


def test_what_vanished_and_what_failed_is_told_page_by_page_with_where_to_try_again(library: Library) -> None:
    lost, count = vanished(library, 10)
    assert ([item.title for item in lost], count) == (["gone"], 1)
    assert vanished(library, 10, lost[0].id)[0] == []
    bad, count = failed(library, 10)
    assert count == 1 and bad[0].hint
    path = bad[0].path.decode()
    assert failed(library, 10, path)[0] == []
    assert failing_sources(library) == {"pictures": [str(Path(path).parent)]}


def test_health_tells_what_is_there_and_what_is_wrong(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    found = health(library)
    assert found.troubles == ()
    assert (found.items, found.missing, found.failures) == (11, 1, 1)
    assert found.generation == found.indexed
    assert found.packages["numpy"]
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1 << 20, "total": 1 << 30}))
    assert health(library).troubles == ("Only 1 MiB are free on the disk of the library.",)


def test_judging_does_not_wait_for_whoever_adds(library: Library) -> None:
    item = library.search("light", limit=1)[0].item
    with library.catalogue.writer():
        library.desk.judge("ben", "light", item, 1)
        assert library.desk.withdraw("ben", "light", item)
    with pytest.raises(BadInput):
        library.desk.judge("", "light", item, 1)
