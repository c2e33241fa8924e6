"""Studies: the same seed asks for the same trials, whatever kills it; and bad trials cost little."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pinakes.errors import TrainingStopped
from pinakes.learn.tune.journal import JOURNAL
from pinakes.learn.tune.record import Ended, Tried
from pinakes.learn.tune.settings import TuneSettings
from pinakes.learn.tune.space import Choices, Range
from pinakes.learn.tune.study import MOST_BEGUN, Study
from tests.learn.tune.toys import SPACE, Killed, play, worth


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for the disk: what a kill leaves is the same, and only a failing power supply is not tried here."""
    monkeypatch.setattr("os.fsync", lambda file: None)


def settings(**told: Any) -> TuneSettings:
    """A short search without pruning."""
    return TuneSettings(**{"trials": 9, "startup": 4, "population": 4, "pruner": "none", **told})


def plain(trials: tuple[Tried, ...]) -> list[Any]:
    """What was tried, and what came out."""
    return [(each.number, each.settings, each.history, each.ended) for each in trials]


@pytest.mark.parametrize("sampler", ["random", "tpe", "genetic"])
def test_the_same_seed_tries_the_same_and_another_seed_does_not(tmp_path: Path, sampler: str) -> None:
    one = play(_made(tmp_path / "one"), settings(sampler=sampler))
    assert plain(one) == plain(play(_made(tmp_path / "two"), settings(sampler=sampler)))
    assert plain(one) != plain(play(_made(tmp_path / "three"), settings(sampler=sampler, seed=1)))
    assert len(one) == 9


@pytest.mark.parametrize("sampler", ["random", "tpe", "genetic"])
def test_a_study_that_is_killed_ends_as_one_that_was_not(tmp_path: Path, sampler: str) -> None:
    whole = play(_made(tmp_path / "whole"), settings(sampler=sampler))
    for kill_at in (0, 3, 8):
        with pytest.raises(Killed):
            play(_made(tmp_path / "killed"), settings(sampler=sampler), kill_at=kill_at)
    assert plain(play(tmp_path / "killed", settings(sampler=sampler))) == plain(whole)


def test_a_journal_that_is_cut_off_anywhere_goes_on_to_the_same_end(tmp_path: Path) -> None:
    small = settings(sampler="tpe", trials=5)
    whole = plain(play(_made(tmp_path / "whole"), small))
    journal = (tmp_path / "whole" / JOURNAL).read_bytes()
    for cut in range(0, len(journal), len(journal) // 5):
        folder = _made(tmp_path / f"cut-{cut}")
        (folder / JOURNAL).write_bytes(journal[:cut])
        assert plain(play(folder, small)) == whole


def test_more_trials_go_on_where_a_study_ended(tmp_path: Path) -> None:
    whole = play(_made(tmp_path / "whole"), settings(trials=9))
    play(_made(tmp_path / "parts"), settings(trials=4))
    assert plain(play(tmp_path / "parts", settings(trials=9))) == plain(whole)
    assert plain(play(tmp_path / "parts", settings(trials=3))) == plain(whole)


def test_a_grid_tries_each_point_once_though_it_is_killed(tmp_path: Path) -> None:
    space = {"a": Choices((1, 2, 3)), "b": Range(0.0, 1.0, steps=3), "c": Choices(("x", (8, 8)))}
    folder = _made(tmp_path / "grid")
    with pytest.raises(Killed):
        play(folder, settings(sampler="grid"), space, lambda told: told["a"], kill_at=5)
    found = play(folder, settings(sampler="grid"), space, lambda told: told["a"])
    assert [tuple(each.settings.values()) for each in found] == [
        (a, b, c) for a in (1, 2, 3) for b in (0.0, 0.5, 1.0) for c in ("x", (8, 8))
    ]


@pytest.mark.parametrize("sampler", ["random", "tpe", "genetic"])
def test_settings_stay_within_the_space(tmp_path: Path, sampler: str) -> None:
    for each in play(_made(tmp_path / "study"), settings(sampler=sampler, trials=20)):
        told = each.settings
        assert list(told) == list(SPACE)
        assert 1e-4 <= told["train.rate"] <= 1e-1
        assert 0.2 <= told["method.dropout"] <= 0.5
        assert 100 <= told["method.hidden"] <= 500
        assert isinstance(told["method.hidden"], int)
        assert told["train.batch"] in (16, 32, 64)


@pytest.mark.parametrize("sampler", ["tpe", "genetic"])
def test_what_learns_from_its_trials_does_better_than_chance(tmp_path: Path, sampler: str) -> None:
    small = settings(trials=30, startup=8, population=6, mutation=0.2)
    chance = play(_made(tmp_path / "chance"), TuneSettings(sampler="random", trials=30, pruner="none"))
    found = play(_made(tmp_path / "found"), TuneSettings(**{**_told(small), "sampler": sampler}))
    late = [worth(each.settings) for each in found[15:]]
    assert sum(late) / len(late) > sum(worth(each.settings) for each in chance[15:]) / 15 + 0.05


def test_without_mutation_and_crossing_children_are_what_their_parents_were(tmp_path: Path) -> None:
    found = play(_made(tmp_path / "study"), settings(sampler="genetic", trials=12, crossover=0.0, mutation=1e-9))
    parents = [each.settings for each in found[:4]]
    assert all(child.settings in parents for child in found[4:])


def test_crossed_children_take_each_setting_from_a_parent(tmp_path: Path) -> None:
    found = play(_made(tmp_path / "study"), settings(sampler="genetic", trials=8, crossover=1.0, mutation=1e-9))
    for child in found[4:]:
        assert all(child.settings[name] in {each.settings[name] for each in found[:4]} for name in SPACE)
    assert any(child.settings not in [each.settings for each in found[:4]] for child in found[4:])


def test_with_full_mutation_children_have_nothing_of_their_parents(tmp_path: Path) -> None:
    found = play(_made(tmp_path / "study"), settings(sampler="genetic", trials=8, mutation=1.0))
    rates = [each.settings["train.rate"] for each in found]
    assert len(set(rates)) == 8


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_trials_worse_than_most_are_stopped_and_counted_as_that(tmp_path: Path, pruner: str) -> None:
    small = settings(sampler="grid", pruner=pruner, warmup=0, observed=2)
    space = {"a": Choices(tuple(range(20, 0, -1)))}
    found = play(_made(tmp_path / "study"), small, space, lambda told: float(told["a"]), epochs=2)
    states = [each.ended.state for each in found]
    assert states[:2] == ["done", "done"]
    assert "stopped" in states
    assert all(each.ended.value == each.settings["a"] for each in found)
    none = play(_made(tmp_path / "none"), settings(sampler="grid"), space, lambda told: float(told["a"]))
    assert {each.ended.state for each in none} == {"done"}


def test_a_trial_that_kills_again_and_again_fails_at_last(tmp_path: Path) -> None:
    folder = _made(tmp_path / "study")
    for _ in range(MOST_BEGUN):
        with pytest.raises(Killed):
            play(folder, settings(), kill_at=1)
    found = play(folder, settings(), kill_at=1)
    assert len(found) == 9
    assert (found[1].ended.state, found[1].ended.reason) == ("failed", f"Its process died {MOST_BEGUN} times.")


def test_a_study_stops_where_nothing_but_failures_come(tmp_path: Path) -> None:
    study = Study(_made(tmp_path / "study"), SPACE, settings())
    for _ in range(3):
        study.check()
        asked = study.next()
        assert asked is not None
        study.end(asked, Ended("failed", None, reason="It does not fit."))
    with pytest.raises(TrainingStopped, match="first 3 trials failed, the last for this: It does not fit"):
        study.check()


def test_one_success_is_enough_to_go_on_after_failures(tmp_path: Path) -> None:
    study = Study(_made(tmp_path / "study"), SPACE, settings())
    for number in range(6):
        asked = study.next()
        assert asked is not None
        study.end(asked, Ended("failed", None) if number else Ended("done", 0.5))
        study.check()


def test_importance_tells_what_mattered_and_sums_to_one(tmp_path: Path) -> None:
    folder = _made(tmp_path / "study")
    play(folder, settings(sampler="random", trials=40))
    found = Study(folder, SPACE, settings(sampler="random", trials=40)).importance()
    assert sum(found.values()) == pytest.approx(1.0)
    assert set(found) == set(SPACE)
    assert max(found, key=lambda name: found[name]) == "method.hidden"


def test_few_trials_tell_no_importance(tmp_path: Path) -> None:
    folder = _made(tmp_path / "study")
    play(folder, settings(trials=3))
    assert Study(folder, SPACE, settings(trials=3)).importance() == {}


@pytest.mark.parametrize("good", [0, 1, 8])
def test_where_none_stand_out_no_importance_is_told(tmp_path: Path, good: int) -> None:
    folder = _made(tmp_path / "study")
    values = iter([1.0] * good + [0.0] * (8 - good))
    play(folder, settings(trials=8, sampler="random"), of=lambda told: next(values))
    assert Study(folder, SPACE, settings(trials=8, sampler="random")).importance() == {}


def test_trials_are_made_again_from_their_own_dictionaries(tmp_path: Path) -> None:
    found = play(_made(tmp_path / "study"), settings(trials=3))
    assert tuple(Tried.from_dict(each.as_dict()) for each in found) == found


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _told(search: TuneSettings) -> dict[str, Any]:
    return {name: getattr(search, name) for name in ("trials", "startup", "population", "mutation", "pruner")}
