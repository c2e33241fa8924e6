"""The report of a search: a page that holds what was tried, whatever was."""

from __future__ import annotations

from typing import Any

import pytest

from pinakes.evaluate.report.page import whole
from pinakes.evaluate.report.tuning import document
from pinakes.learn.tune.record import Ended, Tried, Tuned

SPACE = {
    "train.rate": {"low": 1e-4, "high": 1e-1, "log": True},
    "method.dropout": {"low": 0.2, "high": 0.5},
    "method.hidden": {"choices": [(16,), (32, 16)]},
    "train.optimiser": {"choices": ["adamw", "<sgd>"]},
}


def tried(number: int, value: float | None, state: Any = "done", **settings: Any) -> Tried:
    """A trial."""
    told = {"train.rate": 0.01, "method.dropout": 0.3, "method.hidden": (32, 16), "train.optimiser": "<sgd>"}
    history = () if value is None else (value,)
    ended = Ended(state, value, 1, 2, 8, 1.5, reason="It <b>exploded</b>." if state == "failed" else "")
    return Tried(number, told | settings, history, ended)


def tuned(*trials: Tried, importance: dict[str, float] | None = None) -> Tuned:
    """A search."""
    return Tuned("small", "dcmh", "tpe", 3, "map", SPACE, trials, importance or {})


def test_the_page_shows_history_importance_each_setting_and_all_of_them_together() -> None:
    trials = [tried(0, 0.5), tried(1, 0.8, **{"train.rate": 0.1}), tried(2, 0.2, "stopped"), tried(3, None, "failed")]
    page = whole(document(tuned(*trials, importance={"train.rate": 0.7, "method.dropout": 0.3})))
    for key in ("history", "importance", "slice-1", "slice-4", "together"):
        assert f'<figure id="{key}">' in page
    assert page.count("<svg") == 7
    assert "0.8000" in page
    assert "stopped early" in page
    assert "Trial 3 failed: It &lt;b&gt;exploded&lt;/b&gt;." in page
    assert "<script" not in page
    assert "<sgd>" not in page


def test_the_best_stand_first_and_what_failed_last() -> None:
    found = document(tuned(tried(0, None, "failed"), tried(1, 0.2), tried(2, 0.9, "stopped"), tried(3, 0.8)))
    (table,) = (block.table for section in found.sections if section.key == "trials" for block in section.blocks)
    assert table is not None
    assert [row[0] for row in table.rows] == ["3", "1", "2", "0"]
    assert found.headlines[0].figure == "0.8000"


@pytest.mark.parametrize("count", [1, 2])
def test_a_search_of_one_or_two_trials_of_the_same_settings_can_be_shown(count: int) -> None:
    page = whole(document(tuned(*(tried(number, 0.5) for number in range(count)))))
    assert '<figure id="history">' in page
    assert '<figure id="importance">' not in page


def test_a_setting_that_can_have_one_value_alone_can_be_shown() -> None:
    one = {"a": {"low": 1, "high": 1}, "b": {"choices": [5]}, "c": {"low": 2.0, "high": 2.0, "log": True}}
    trials = tuple(Tried(n, {"a": 1, "b": 5, "c": 2.0}, (0.5,), Ended("done", 0.5 + n / 10)) for n in range(2))
    page = whole(document(Tuned("one", "dcmh", "grid", 0, "map", one, trials, {})))
    assert '<figure id="slice-3">' in page
