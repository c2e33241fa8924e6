from __future__ import annotations

import math
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from pinakes.errors import BadInput
from pinakes.evaluate import report
from pinakes.evaluate.report.curves import at_levels
from pinakes.evaluate.report.model import Number, told
from pinakes.evaluate.report.names import called, common, varying
from pinakes.evaluate.report.quality import best, evenly
from pinakes.evaluate.result import Curve, Scope
from tests.evaluate.report.test_page import scope


def test_the_best_and_the_worst_queries_are_found_and_never_the_same() -> None:
    scores = np.array([0.5, math.nan, 1.0, 0.0, 0.7, 1.0, 0.1])
    one = Scope({}, (), tuple("abcdefg"), {"map": scores})
    assert report.extremes(one, "map", 2) == ([2, 5], [3, 6])
    assert report.extremes(one, "map", 9) == ([2, 5, 4], [3, 6, 0])
    assert report.extremes(Scope({}, (), ("a",), {"map": np.array([1.0])}), "map") == ([], [])
    with pytest.raises(BadInput, match="map"):
        report.extremes(one, "ndcg")


def test_scopes_are_called_by_what_tells_them_apart() -> None:
    ways = [
        scope(**{"from": "image", "to": "text", "space": "joint", "mode": "quick", "bits": "64"}),
        scope(**{"from": "image", "to": "text", "space": "joint", "mode": "precise"}),
        scope(**{"from": "text", "to": "text", "space": "joint", "mode": "precise"}),
    ]
    assert varying(ways) == ("from", "mode", "bits")
    assert called(ways) == ["image → text, quick, 64 bits", "image → text, precise", "text → text, precise"]
    assert common(ways) == "All rows: to text, space joint."
    assert called(ways[:1]) == ["image → text, joint, quick, 64 bits"]
    assert called([scope()]) == ["all"]


def test_the_best_is_marked_within_its_direction_and_only_where_there_is_a_choice() -> None:
    ways = [scope(0.4, to="a", mode="x"), scope(0.6, to="a", mode="y"), scope(0.9, to="b", mode="x")]
    assert best(ways, "map") == {"a": 0.6}
    assert best([scope(0.4), scope(0.4)], "map") == {}


def test_a_curve_is_read_where_it_first_reaches_a_recall() -> None:
    raw = Curve("pr", "raw", np.array([0.25, 0.5, 0.5, 0.75]), np.array([1.0, 0.9, 0.4, 0.6]))
    np.testing.assert_array_equal(at_levels(raw), [1, 1, 1, 0.9, 0.9, 0.9, 0.6, 0.6, math.nan, math.nan, math.nan])
    tenths = Curve("pr", "11 points", np.linspace(0, 1, 11), np.linspace(1, 0, 11))
    np.testing.assert_array_equal(at_levels(tenths), np.linspace(1, 0, 11))


@pytest.mark.parametrize(
    ("value", "places", "wanted"),
    [(0.12345, 3, "0.123"), (math.nan, 3, "–"), (math.inf, 0, "∞"), (-math.inf, 0, "−∞"), (-0.5, 1, "−0.5"),
     (1234567.0, 0, "1,234,567")],
)  # fmt: skip
def test_numbers_are_told_as_people_read_them(value: float, places: int, wanted: str) -> None:
    assert told(value, places) == wanted == Number(value, places).text


def test_the_demonstration_writes_all_four_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [str(tmp_path / f"report{suffix}") for suffix in (".html", ".md", ".csv", ".tex")]
    monkeypatch.setattr(sys, "argv", ["report", *names])
    with pytest.raises(SystemExit) as done:
        runpy.run_module("pinakes.evaluate.report", run_name="__main__")
    assert done.value.code == 0
    assert all(Path(name).stat().st_size > 5000 for name in names)


def test_the_demonstration_says_how_it_is_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["report", "x.pdf"])
    with pytest.raises(SystemExit) as done:
        runpy.run_module("pinakes.evaluate.report", run_name="__main__")
    assert done.value.code == 2 and "FILE.html" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("count", "most", "wanted"),
    [(0, 4, []), (3, 4, [3]), (4, 4, [4]), (5, 4, [2, 3]), (9, 4, [3, 3, 3]), (24, 5, [4, 5, 5, 5, 5])],
)
def test_columns_are_shared_out_evenly_and_none_is_lost(count: int, most: int, wanted: list[int]) -> None:
    names = [str(number) for number in range(count)]
    groups = evenly(names, most)
    assert sorted(map(len, groups)) == wanted
    assert [name for group in groups for name in group] == names
