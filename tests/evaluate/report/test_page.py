from __future__ import annotations

import math
import re
import sys
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from pinakes.errors import BadInput, MissingExtra
from pinakes.evaluate import report
from pinakes.evaluate.report.model import told
from pinakes.evaluate.result import Curve, Evaluation, Figure, Scope
from tests.evaluate.report.reader import Page, read

NASTY = "</title></svg><script>alert(1)</script>\"'&$x_1$\x00\x1b\u202e{}\\%|`*\ud800"


def evaluation(*scopes: Scope, title: str = "One", **others: Any) -> Evaluation:
    """An evaluation of these scopes."""
    told_by_default: dict[str, Any] = {"rules": (), "settings": {}, "notes": (), "kind": "labels"}
    return Evaluation(
        title=title, scopes=scopes, seed=1, version="0", machine="m", date="d", **(told_by_default | others)
    )


def scope(value: float = 0.5, **names: str) -> Scope:
    figures = (Figure("map", value, value - 0.1, value + 0.1, 0.05, 9),)
    curve = Curve("pr", "raw", np.linspace(0, 1, 5), np.linspace(1, 0.2, 5))
    return Scope(names, figures, ("q",), {"map": np.array([value])}, (curve,), {"cat": {"cat": 0.75, "dog": 0.25}})


def test_a_page_is_well_formed_and_says_what_it_is(page: Page) -> None:
    assert page.declared.lower() == "doctype html"
    (root,) = page.every("html")
    assert root.attributes["lang"] == "en"
    assert [element.tag for element in root.children] == ["head", "body"]
    assert page.every("title")[0].text == page.every("h1")[0].text == page.every("bdi")[0].text


def test_ids_stand_once_and_everything_that_is_pointed_to_is_there(page: Page) -> None:
    ids = Counter(one.attributes["id"] for one in page.every() if "id" in one.attributes)
    assert ids and max(ids.values()) == 1
    for element in page.every():
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)
        target = element.attributes.get("href", "")
        assert not target or (target[0] == "#" and target[1:] in ids)
        for clipped in re.findall(r"url\(#([^)]+)\)", " ".join(element.attributes.values())):
            assert clipped in ids


def test_nothing_comes_from_outside_and_nothing_runs(html: str, page: Page) -> None:
    assert not page.every("script", "link", "iframe", "object", "embed", "base", "form")
    assert not [name for one in page.every() for name in one.attributes if name.startswith("on")]
    assert all(one.attributes["src"].startswith("data:image/") for one in page.every("img"))
    assert set(re.findall(r"\w+://[^\"'\s]+", html)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#)", html)
    policy = next(one for one in page.every("meta") if "http-equiv" in one.attributes)
    assert policy.attributes["content"].startswith("default-src 'none'")


def test_headings_go_down_by_one_step_at_a_time(page: Page) -> None:
    levels = [int(one.tag[1]) for one in page.every("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_every_table_has_a_caption_and_headings_for_rows_and_columns(page: Page) -> None:
    assert len(page.every("table")) > 10
    for table in page.every("table"):
        assert len(table.every("caption")) == 1
        (head,) = table.every("thead")
        heads = head.every("th", "td")
        assert all(one.attributes["scope"] == "col" for one in heads if one.tag == "th")
        for row in table.every("tbody")[0].every("tr"):
            cells = row.every("th", "td")
            assert len(cells) == len(heads)
            assert cells[0].tag == "th" and cells[0].attributes["scope"] == "row"


def test_every_chart_has_a_title_words_and_a_table_of_its_figures(page: Page) -> None:
    charts = page.every("svg")
    assert len(charts) >= 9
    for chart in charts:
        assert chart.attributes["role"] == "img"
        title, about = chart.children[:2]
        assert (title.tag, about.tag) == ("title", "desc")
        assert title.text and about.text
        assert chart.attributes["aria-labelledby"] == f"{title.attributes['id']} {about.attributes['id']}"
    for section in page.every("section"):
        drawn, tables = len(section.every("svg")), len(section.every("table"))
        assert tables >= drawn, section.attributes["id"]


def test_what_can_be_wider_than_a_screen_is_reached_by_keyboard(page: Page) -> None:
    regions = [one for one in page.every("div") if one.attributes.get("class") == "wide"]
    assert len(regions) == len(page.every("table")) + len(page.every("svg"))
    assert all(one.attributes["tabindex"] == "0" and one.attributes["aria-label"] for one in regions)


def test_every_figure_of_an_evaluation_appears_with_its_interval_and_chance(
    everything: dict[str, Any], page: Page
) -> None:
    tables = [one for one in page.every("table") if one.attributes["id"].startswith("quality")]
    cells = Counter(cell.text for table in tables for cell in table.every("td"))
    for one in (figure for scope in everything["evaluation"].scopes for figure in scope.figures):
        between = f"{told(one.low)} to {told(one.high)}" if not math.isnan(one.value) else ""
        wanted = f"{told(one.value)}{between}chance {told(one.chance)}" + "0 queries" * (one.queries == 0)
        assert cells[wanted] > 0, wanted
        cells[wanted] -= 1


def test_every_number_of_the_costs_appears(everything: dict[str, Any], page: Page) -> None:
    text = page.every("main")[0].text
    for cost in everything["costs"]:
        for timing in cost.timings:
            assert f"{timing.size:,}" in text
        for load in cost.loads:
            assert f"{load.memory_mb:.0f}" in text and f"{load.scheduled:,}" in text
        # No share is rounded to all.
        assert "99.97" in text
        assert all(stored.kind in text for stored in cost.stored)
        assert "10.2" in text and "785" in text


def test_no_number_is_shown_as_a_dash() -> None:
    empty = Scope({"mode": "quick"}, (Figure("map", math.nan, math.nan, math.nan, math.nan, 0),), (), {})
    page = read(report.html(evaluation(empty)))
    (table,) = [one for one in page.every("table") if one.attributes["id"].startswith("quality")]
    assert "–chance –" in [cell.text for cell in table.every("td")]
    assert "nan" not in page.root.text.lower().replace("pinakes", "")


def test_the_same_input_gives_the_same_bytes(everything: dict[str, Any], html: str) -> None:
    assert report.html(**everything) == html


def test_text_of_users_stays_text_wherever_it_stands() -> None:
    nasty = Scope(
        {"from": NASTY, "to": NASTY, "space": NASTY, "bits": "64"},
        (Figure(NASTY, 0.5, 0.4, 0.6, 0.1, 3), Figure("map", 0.5, 0.4, 0.6, 0.1, 3)),
        (NASTY,),
        {},
        (Curve(NASTY, NASTY, np.array([0.0, 1.0]), np.array([1.0, 0.5])),),
        {NASTY: {NASTY: 0.5, "_x": 0.5}},
    )
    twin = Scope({**nasty.names, "bits": "128"}, nasty.figures, nasty.queries, {}, nasty.curves)
    example = report.Example(
        "worst", report.Shown(NASTY), NASTY, 0.1, (report.Shown(NASTY, b"<svg onload=alert(1)>", True),), NASTY
    )
    shown = report.Map(NASTY, np.eye(4), (NASTY, "$", "_y", "%"), NASTY)
    one = evaluation(nasty, twin, title=NASTY, rules=(NASTY,), notes=(NASTY,), settings={NASTY: NASTY}, kind=NASTY)
    html = report.html(one, examples=(example,), maps=[shown])
    page = read(html)
    assert not page.every("script") and not page.every("img")
    assert page.every("title")[0].text == page.every("h1")[0].text
    assert "alert(1)</script>" in page.every("h1")[0].text
    assert html.encode() and not re.search("[\x00\x1b\u202e\ud800]", html)
    drawn = "".join(text.text for chart in page.every("svg") for text in chart.every("text"))
    assert "$x_1$" in drawn and "_y" in drawn and "<script>" in drawn
    assert not re.search(r"q\d{3}n", drawn)


def test_a_picture_that_no_browser_shows_is_left_to_its_caption(everything: dict[str, Any], page: Page) -> None:
    pictures = [one for example in everything["examples"] for one in (example.query, *example.found) if one.picture]
    assert len(page.every("img")) == len(pictures)
    assert all(one.attributes["src"].startswith("data:image/jpeg;base64,/9j/") for one in page.every("img"))


def test_what_was_right_is_told_by_words_and_not_by_colour_alone(everything: dict[str, Any], page: Page) -> None:
    said = Counter(one.text for article in page.every("article") for one in article.every("em"))
    found = Counter(one.relevant for example in everything["examples"] for one in example.found)
    assert said == {"✓ relevant": found[True], "✗ not relevant": found[False]}


def test_charts_want_an_extra_and_tables_do_not(everything: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r"pinakes\[report\]"):
        report.html(**everything)
    for write in (report.markdown, report.csv, report.latex):
        assert "0.06" in write(**everything)


def test_one_scope_without_names_is_reported_too() -> None:
    page = read(report.html(evaluation(scope())))
    assert "0.500" in page.every("table")[0].text


def test_many_scopes_are_drawn_in_several_charts_and_none_is_left_out() -> None:
    many = [scope(0.4 + number / 100, space=f"space {number}") for number in range(45)]
    page = read(report.html(evaluation(*many)))
    drawn = "".join(text.text for chart in page.every("svg") for text in chart.every("text"))
    assert all(drawn.count(f"space {number}") >= 2 for number in range(45))


def test_costs_alone_make_a_report(everything: dict[str, Any]) -> None:
    page = read(report.html(None, everything["costs"]))
    assert [one.attributes["id"] for one in page.every("section")] == ["cost"]
    assert "Response time by size" in page.every("main")[0].text


def test_two_costs_have_a_section_each(everything: dict[str, Any]) -> None:
    page = read(report.html(None, [*everything["costs"], *everything["costs"]]))
    assert [one.attributes["id"] for one in page.every("section")] == ["cost-1", "cost-2"]


def test_nothing_to_report_is_an_error() -> None:
    with pytest.raises(BadInput, match="nothing to report"):
        report.html(None)


def test_an_evaluation_without_a_single_figure_says_so() -> None:
    page = read(report.html(evaluation()))
    assert "Nothing was measured" in page.every("main")[0].text


def test_of_too_many_labels_the_most_frequent_confusions_are_told() -> None:
    names = [f"label {number}" for number in range(60)]
    shares = {one: {one: 0.5, names[place - 1]: 0.5 - place / 1000} for place, one in enumerate(names)}
    page = read(report.html(evaluation(Scope({}, (), (), {}, (), shares))))
    (table,) = [one for one in page.every("table") if one.attributes["id"] == "confusion-1"]
    rows = [[cell.text for cell in row.every("th", "td")] for row in table.every("tbody")[0].every("tr")]
    assert len(rows) == 40 and rows[1] == ["label 1", "label 0", "0.499", "0.500"]
    assert "The 40 most frequent of 60 confusions between 60" in page.every("main")[0].text
    assert not page.every("svg")


def test_what_was_asked_and_never_found_has_no_column() -> None:
    page = read(report.html(evaluation(Scope({}, (), (), {}, (), {"a": {"b": 1.0}, "c": {}}))))
    (table,) = [one for one in page.every("table") if one.attributes["id"] == "confusion-1"]
    assert [[cell.text for cell in row.every("th", "td")] for row in table.every("tr")] == [
        ["asked", "b"], ["a", "1.000"], ["c", "0.000"]]  # fmt: skip
    assert "confusion" not in report.html(evaluation(Scope({}, (), (), {}, (), {"a": {}})))


def test_settings_are_told_in_words_and_rules_are_listed() -> None:
    settings = {"metrics": ["map", "p@1"], "runs": {"a": {"tag": "x"}}, "none": None}
    page = read(report.html(evaluation(scope(), settings=settings, rules=("map: the rule",), notes=("a note",))))
    (table,) = [one for one in page.every("table") if one.attributes["id"] == "settings"]
    told_there = {row.every("th")[0].text: row.every("td")[0].text for row in table.every("tbody")[0].every("tr")}
    assert told_there["metrics"] == "map, p@1" and told_there["runs"] == "a: tag: x" and told_there["none"] == "–"
    (rules,) = [one for one in page.every("section") if one.attributes["id"] == "rules"]
    assert [one.text for one in rules.every("bdi")] == ["map: the rule", "a note"]
    # The rules tell what the metric means: no table does so again.
    assert not [one for one in page.every("table") if one.attributes["id"] == "metrics"]


def test_sizes_on_disk_stand_side_by_side_with_their_sum(everything: dict[str, Any], page: Page) -> None:
    (table,) = [one for one in page.every("table") if one.attributes["id"] == "cost-disk-1"]
    rows = {row.every("th")[0].text: row.every("td")[0].text for row in table.every("tbody")[0].every("tr")}
    whole = sum(stored.bytes for stored in everything["costs"][0].stored)
    assert rows["vectors"] == "2.87" and rows["codes"] == "0.045"
    assert rows["all"] == f"{whole / 1e6:.2f}" and rows["bytes a part"] == f"{whole / 1400:,.0f}"


def test_the_machine_is_told_in_words(page: Page) -> None:
    (table,) = [one for one in page.every("table") if one.attributes["id"] == "cost-machine"]
    assert "8 GB" in table.text and "{" not in table.text


def test_confusions_are_drawn_of_the_best_of_each_direction_and_the_report_says_so() -> None:
    ways = [scope(0.4, to="a", mode="x"), scope(0.6, to="a", mode="y"), scope(math.nan, to="b", mode="x")]
    (section,) = [
        one for one in read(report.html(evaluation(*ways))).every("section") if one.attributes["id"] == "confusion"
    ]
    assert [one.text for one in section.every("caption")] == ["Asked and found: a, y", "Asked and found: b, x"]
    assert "a report in CSV tells all 3" in section.text
    told_in_csv = report.csv(evaluation(*ways)).splitlines()
    assert len([line for line in told_in_csv if line.startswith("confusion,")]) == 6
