"""E4: a clock that is set back, or jumps, changes no order and no duration."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pinakes.cli.progress import Progress, bar
from tests.faults import truth
from tests.faults.tasks import Scene

pytestmark = pytest.mark.reliability

_DAY = 86_400.0
_LEAP_DAY, _END_OF_SUMMER_TIME = 1_835_395_200.0, 1_824_944_400.0


@pytest.mark.parametrize("later", [-_DAY, 3650 * _DAY, -3650 * _DAY])
def test_a_clock_that_is_set_between_two_runs_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: float
) -> None:
    """E4: what is stored later is newer, whatever the clock says; the last run is the one that came last."""
    scene = Scene(tmp_path)
    scene.shelf.fill(range(4))
    with scene.open() as library:
        library.add(scene.shelf.folder)
        before = library._catalogue.generation()
        clock = time.time
        monkeypatch.setattr(time, "time", lambda: clock() + later)
        path = scene.shelf.put(1, 2)
        scene.shelf.put(20)
        report = library.add(scene.shelf.folder)
        assert (report.added, report.changed, report.unchanged) == (1, 1, 3)
        assert library._catalogue.generation() > before
        assert truth.found(library, "v00001x002")
        truth.gone(library, str(path).encode(), 1)
        assert library.status()["last_run"]["added"] == 1
        truth.whole(library)
        library.remove(1)
        assert library.add(scene.shelf.folder).added == 1
        truth.whole(library)


@pytest.mark.parametrize("moment", [_LEAP_DAY, _END_OF_SUMMER_TIME, 0.0])
def test_a_run_on_an_odd_day_is_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    """E4: a leap day, the end of summer time, the first second of the epoch."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setattr(time, "time", lambda: moment)
    scene = Scene(tmp_path)
    with scene.open() as library:
        assert library.add(scene.shelf.put(0)).added == 1
        assert library.add(scene.shelf.put(0, 2)).changed == 1
        assert truth.whole(library)


def test_durations_and_deadlines_do_not_hear_of_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E4: the clock goes back while a search and a run of adding are at work."""
    scene = Scene(tmp_path)
    scene.shelf.fill(range(6))
    ticks = iter(range(10**9, 0, -1000))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    with scene.open() as library:
        outcomes = [told.outcome for told in library.adding(scene.shelf.folder)]
        assert outcomes == ["added"] * 6
        assert len(truth.found(library, "v00002x001")) == 1


def test_the_rate_of_a_bar_is_of_time_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """E4: a bar is drawn from how long it took, never from what the clock says."""
    monkeypatch.setattr(time, "time", lambda: -_DAY)
    made = Progress("adding", 100, quiet=True)
    made.step(50)
    assert "5/s" in bar(made, 80, 10.0)
