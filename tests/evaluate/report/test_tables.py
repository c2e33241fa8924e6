from __future__ import annotations

import csv
import math
import re
from io import StringIO
from typing import Any

import numpy as np
import pytest

from pinakes.evaluate import report
from pinakes.evaluate.report import marked, typeset
from pinakes.evaluate.report.model import told
from tests.evaluate.report.test_page import NASTY, evaluation, scope


@pytest.fixture(scope="module")
def lines(everything: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(report.csv(**everything))))


def number(text: str) -> float:
    return float(text) if text else math.nan


def test_csv_gives_back_every_figure_to_the_last_bit(everything: dict[str, Any], lines: list[dict[str, str]]) -> None:
    wanted = [
        (dict(scope.names), one.metric, one.value, one.low, one.high, one.chance, one.queries)
        for scope in everything["evaluation"].scopes
        for one in scope.figures
    ]
    found = [
        (
            {name: line[name] for name in ("from", "to", "space", "mode", "bits") if line[name]},
            line["measure"],
            *(number(line[name]) for name in ("value", "low", "high", "chance")),
            int(line["queries"]),
        )
        for line in lines
        if line["table"] == "quality"
    ]
    np.testing.assert_equal(found, wanted)


def test_csv_gives_back_every_point_of_every_curve(everything: dict[str, Any], lines: list[dict[str, str]]) -> None:
    points = [(float(line["at"]), float(line["value"])) for line in lines if line["table"] == "curve"]
    curves = [curve for scope in everything["evaluation"].scopes for curve in scope.curves]
    assert points == [point for curve in curves for point in zip(curve.recall, curve.precision, strict=True)]


def test_csv_gives_back_every_number_of_the_costs(everything: dict[str, Any], lines: list[dict[str, str]]) -> None:
    (cost,) = everything["costs"]
    found = {
        (line["mode"], int(line["size"])): float(line["value"])
        for line in lines
        if (line["table"], line["measure"]) == ("timing", "p99")
    }
    assert found == {(one.mode, one.size): one.p99 for one in cost.timings}
    assert [line["value"] for line in lines if line["measure"] == "joules"] == ["", ""]


def test_csv_starts_no_formula_in_a_spreadsheet() -> None:
    text = report.csv(evaluation(scope(space="=HYPERLINK(1)", **{"+mode": "@x"}), title="-1"))
    cells = [cell for line in csv.reader(StringIO(text)) for cell in line]
    assert "'=HYPERLINK(1)" in cells and "'+mode" in cells and "'-1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_csv_keeps_the_names_of_a_scope_out_of_its_own_columns() -> None:
    (line, *_) = csv.DictReader(StringIO(report.csv(evaluation(scope(of="mine", queries="v")))))
    assert (line["of"], line["scope of"]) == ("One", "mine")
    assert (line["queries"], line["scope queries"]) == ("9", "v")


def test_markdown_and_latex_hold_every_figure(everything: dict[str, Any]) -> None:
    pages, tables = report.markdown(**everything), report.latex(**everything)
    for one in (figure for way in everything["evaluation"].scopes for figure in way.figures):
        if not math.isnan(one.value):
            between = f"{told(one.low)}, {told(one.high)}"
            assert re.search(rf"{told(one.value)}\**\s\\\[{between}\\\] \({told(one.chance)}\)", pages)
            assert re.search(
                rf"{told(one.value)}\}}? {{\\scriptsize {{\[}}{between}{{\]}} \({told(one.chance)}\)", tables
            )
    assert "| – (0.060), 0 queries |" in pages and "-- {\\scriptsize (0.060)" in tables


def test_markdown_tables_have_as_many_cells_in_every_row(everything: dict[str, Any]) -> None:
    blocks = re.findall(r"(?:^\|.*\|\n)+", report.markdown(**everything), re.M)
    assert len(blocks) > 10
    for block in blocks:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}) == 1


def test_latex_tables_have_as_many_cells_in_every_row(everything: dict[str, Any]) -> None:
    tables = re.findall(r"\\begin{tabular}{([^\n]*)}\n(.*?)\\end{tabular}", report.latex(**everything), re.S)
    assert len(tables) > 10
    for kinds, body in tables:
        columns = len(re.sub(r"p{[^}]*}", "p", kinds))
        rows = [row for row in body.splitlines() if not re.fullmatch(r"\\(top|mid|bottom)rule", row)]
        assert rows and all(row.endswith(r" \\") for row in rows)
        assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {columns}


def test_latex_is_balanced_whatever_users_wrote() -> None:
    text = report.latex(evaluation(scope(space=NASTY), scope(space="x"), title=NASTY, settings={NASTY: NASTY}))
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    # Without what is escaped, only braces and the signs of tables and formulas are left.
    plain = re.sub(r"\\[\\{}$&#%_]", "", "\n".join(lines))
    depth = 0
    for letter in plain:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"[#%^~_<>|`\"\x00\x1b]", plain)
    assert plain.count("$") % 2 == 0
    assert len(re.findall(r"\\begin{(\w+)}", plain)) == len(re.findall(r"\\end{(\w+)}", plain))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("50 % of A&B_1 #2", r"50 \% of A\&B\_1 \#2"),
        ("a\\b{c}", r"a\textbackslash{}b\{c\}"),
        ("$x^2$ ~ <y>", r"\$x\textasciicircum{}2\$ \textasciitilde{} \textless{}y\textgreater{}"),
        ("[1] -- “é”", "{[}1{]} {-}{-} “é”"),
        ("two\nlines", "two lines"),
    ],
)
def test_latex_sets_text_as_it_is(text: str, wanted: str) -> None:
    assert typeset.safe(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a|b", r"a\|b"),
        ("<script>", r"\<script\>"),
        ("*a* _b_ `c` [d](e)", r"\*a\* \_b\_ \`c\` \[d\](e)"),
        ("1. one", r"1\. one"),
        ("- one", r"\- one"),
        ("0.5 | 1", r"0.5 \| 1"),
        ("a\n# b", r"a \# b"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, wanted: str) -> None:
    assert marked.safe(text) == wanted


def test_all_formats_are_the_same_twice(everything: dict[str, Any]) -> None:
    for write in (report.markdown, report.csv, report.latex):
        assert write(**everything) == write(**everything)


def test_all_formats_can_be_written_as_utf8_whatever_users_wrote() -> None:
    one = evaluation(scope(space=NASTY, **{NASTY: NASTY}), title=NASTY)
    for write in (report.markdown, report.csv, report.latex):
        assert not re.search("[\x00\x1b\u202e\ud800]", write(one).encode().decode())
