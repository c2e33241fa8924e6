from __future__ import annotations

import csv
import math
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from pinakes.evaluate import report
from pinakes.evaluate.report.comparing import verdict
from pinakes.evaluate.result import Comparison, Difference
from tests.evaluate.report.reader import read
from tests.evaluate.report.test_page import NASTY, evaluation, scope


def difference(metric: str, by: float, corrected: float) -> Difference:
    return Difference(metric, 0.5, 0.5 + by, by, by - 0.02, by + 0.02, corrected / 3, corrected, 0.0123, 7, 5, 3)


def compared(*differences: Difference, first: str = "A", second: str = "B", **differing: Any) -> Comparison:
    return Comparison(first, second, differing, differences, ("paired by query",))


@pytest.mark.parametrize(
    ("differences", "wanted"),
    [
        ([("map", 0.1, 0.01)], "B is better by map than A."),
        ([("map", -0.1, 0.01)], "B is worse by map than A."),
        ([("map", 0.1, 0.05)], "No difference between A and B was shown."),
        ([("map", 0.1, math.nan)], "No difference between A and B was shown."),
        ([], "No difference between A and B was shown."),
        (
            [("map", 0.1, 0.01), ("mrr", -0.1, 0.04), ("p@1", 0.1, 0.9)],
            "B is better by map and worse by mrr than A; by the others no difference was shown.",
        ),
    ],
)
def test_a_verdict_claims_only_what_was_shown_after_correction(
    differences: list[tuple[str, float, float]], wanted: str
) -> None:
    assert verdict(compared(*(difference(*one) for one in differences))) == wanted


def test_a_comparison_tells_differences_with_intervals_and_what_differs() -> None:
    one = compared(difference("map", 0.1, 0.0123), difference("mrr", -0.031, 0.6), bits=(64, None))
    page = read(report.html(replace(evaluation(scope()), comparisons=(one,))))
    (differences,) = [each for each in page.every("table") if each.attributes["id"] == "compared-1"]
    rows = [[cell.text for cell in row.every("th", "td")] for row in differences.every("tr")]
    assert rows[0][1:3] == ["A", "B"]
    assert rows[1] == ["map", "0.500", "0.600", "+0.1000.080 to 0.120", "0.0041", "0.0123", "0.0123", "7", "5", "3"]
    assert rows[2][3] == "−0.031−0.051 to −0.011"
    (settings,) = [each for each in page.every("table") if each.attributes["id"] == "compared-1-settings"]
    assert [cell.text for cell in settings.every("th", "td")] == ["setting", "A", "B", "bits", "64", "–"]
    drawn = [text.text for chart in page.every("svg") for text in chart.every("text")]
    assert "+0.100" in drawn and "−0.031" in drawn
    assert "B is better by map than A" in page.every("main")[0].text


def test_csv_gives_back_a_comparison_whole() -> None:
    found = difference("map", 0.1, 0.0123)
    text = report.csv(replace(evaluation(scope()), comparisons=(compared(found),)))
    (line,) = [one for one in csv.DictReader(StringIO(text)) if one["table"] == "difference"]
    assert (line["of"], line["measure"], int(line["queries"])) == ("A and B", "map", 15)
    for column, wanted in (("value", found.difference), ("low", found.low), ("high", found.high)):
        assert float(line[column]) == wanted
    for name in ("first", "second", "p", "corrected", "student", "better", "worse", "same"):
        assert float(line[name]) == getattr(found, name)


def test_a_comparison_of_nothing_and_of_bad_manners_is_written_too() -> None:
    nothing = Difference(NASTY, *[math.nan] * 8, 0, 0, 0)
    one = replace(
        evaluation(scope()), comparisons=(compared(nothing, first=NASTY, second=NASTY, **{NASTY: (NASTY, 1)}),)
    )
    page = read(report.html(one))
    assert not page.every("script") and "nan" not in page.every("main")[0].text.lower()
    for write in (report.markdown, report.latex, report.csv):
        assert write(one).encode()


def test_many_ways_stand_in_one_table_and_those_that_differ_in_one_chart() -> None:
    ends = {"from": "image", "to": "text"}
    pairs = tuple(
        replace(compared(difference("map", by, corrected), first=f"way {number}", second="other"), shared=ends)
        for number, (by, corrected) in enumerate([(-0.1, 0.01), (0.2, 0.5), (0.3, 0.02)])
    )
    one = replace(evaluation(scope()), comparisons=pairs)
    assert type(one).from_dict(one.as_dict()).comparisons == pairs
    page = read(report.html(one))
    (table,) = [each for each in page.every("table") if each.attributes["id"] == "ways-1"]
    assert [[cell.text for cell in row.every("th", "td")][:2] for row in table.every("tr")][1:] == [
        ["way 0", "other"],
        ["way 1", "other"],
        ["way 2", "other"],
    ]
    assert [cell.text[:6] for cell in table.every("b")] == ["−0.100", "+0.300"]
    (chart,) = [each for each in page.every("svg") if "ways-1" in each.attributes["aria-labelledby"]]
    drawn = [text.text for text in chart.every("text")]
    assert "way 0 > other" in drawn and "other > way 2" in drawn and "+0.100" in drawn
    assert not any("way 1" in text for text in drawn)
    assert "2 of 3 differences hold" in page.every("main")[0].text
    lines = [line for line in csv.DictReader(StringIO(report.csv(one))) if line["table"] == "difference"]
    assert [(line["from"], line["to"]) for line in lines] == [("image", "text")] * 3
