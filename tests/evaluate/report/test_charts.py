from __future__ import annotations

import threading
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from pinakes.evaluate import plots
from pinakes.evaluate.canvas import Drawing, shortened, wide
from pinakes.evaluate.markup import clean, escaped
from pinakes.evaluate.plots import Axis, Cloud, Interval, Line

SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str = "a", key: str = "k") -> Drawing:
    line = Line(name, np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.25]))
    return plots.lines(key, "T", "A", [line], Axis("x", 0, 1), Axis("y", 0, 1))


def texts(drawing: Drawing) -> list[str]:
    root = ElementTree.fromstring(drawing.svg)
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_a_chart_is_xml_with_real_text() -> None:
    root = ElementTree.fromstring(drawn().svg)
    assert root.tag == f"{SVG}svg"
    assert {"x", "y", "a"} <= set(texts(drawn()))


def test_a_chart_has_no_date_and_no_name_of_a_program() -> None:
    svg = drawn().svg.lower()
    assert "matplotlib" not in svg and "date" not in svg and "<metadata" not in svg and "<style" not in svg


def test_ids_of_two_charts_do_not_meet() -> None:
    def ids(drawing: Drawing) -> set[str]:
        root = ElementTree.fromstring(drawing.svg)
        return {one.attrib["id"] for one in root.iter() if "id" in one.attrib}

    assert ids(drawn(key="a")) and not ids(drawn(key="a")) & ids(drawn(key="b"))


@pytest.mark.parametrize(
    "name", ["$\\frac$", "_hidden", "船と港", "قارب", "a < b & c", "q001nn", "%s {} \\", "\x00", ""]
)
def test_any_name_is_drawn_as_it_is(name: str) -> None:
    assert clean(name) in texts(drawn(name))


def test_settings_of_the_user_change_nothing_and_stay_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn().svg
    monkeypatch.setitem(mpl.rcParams, "font.size", 31.0)
    monkeypatch.setitem(mpl.rcParams, "axes.grid", True)
    assert drawn().svg == before
    assert mpl.rcParams["font.size"] == 31.0


def test_charts_drawn_at_the_same_time_are_the_same_as_one_by_one() -> None:
    wanted = {key: drawn(key=key).svg for key in "abcd"}
    found: dict[str, str] = {}
    threads = [threading.Thread(target=lambda k=key: found.update({k: drawn(key=k).svg})) for key in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == wanted


def test_lines_are_told_apart_by_more_than_colour() -> None:
    several = [Line(str(n), np.arange(3.0), np.arange(3.0) + n, dashes="dashed" if n else "solid") for n in range(2)]
    svg = plots.lines("k", "T", "A", several, Axis("x", 0, 2), Axis("y", 0, 4)).svg
    assert "stroke-dasharray" in svg
    markers = ElementTree.fromstring(svg).iter(f"{SVG}use")
    assert len({one.attrib["href"] for one in markers}) >= 2


def test_what_is_not_a_number_is_left_out_of_charts() -> None:
    rows = [Interval("a", np.nan, np.nan, np.nan, np.nan), Interval("b", 0.5, np.nan, np.nan, 0.1)]
    said = texts(plots.intervals("k", "T", "A", rows, Axis("x", 0, 1)))
    assert "0.500" in said and not [one for one in said if "nan" in one]
    squares = plots.squares("k", "T", "A", (["a"], ["a", "b"]), np.array([[np.nan, 1.0]]), ("asked", "found"))
    assert {"–", "1.00"} <= set(texts(squares))


@pytest.mark.parametrize("share", [0.0, 0.04, 0.05, 0.49, 0.5, 1.0])
def test_a_square_says_its_share(share: float) -> None:
    said = texts(plots.squares("k", "T", "A", (["row"], ["column"]), np.array([[share]]), ("asked", "found")))
    assert f"{share:.2f}" in said and {"row", "column", "asked", "found"} <= set(said)


def test_every_point_of_a_cloud_is_drawn() -> None:
    points = np.random.default_rng(1).normal(size=(200, 2))
    groups = [Cloud("a", points[:150], 0, "one"), Cloud("b", points[150:], 1, "two")]
    svg = plots.clouds("k", "T", "A", groups, ("x", "y")).svg
    # One mark of each group stands in the legend.
    assert len(list(ElementTree.fromstring(svg).iter(f"{SVG}use"))) == 200 + 2


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(1, 1000, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]), (0.5, 1e6, [1, 10, 100, 1000, 1e4, 1e5, 1e6])],
)
def test_marks_of_a_logarithmic_axis_are_round(low: float, high: float, wanted: list[float]) -> None:
    assert [mark for mark in plots.decades(low, high) if low <= mark <= high] == wanted


def test_long_names_are_cut_with_an_ellipsis_and_wide_letters_count_twice() -> None:
    assert wide("abc") == 3 and wide("船") == 2 and wide("e\u0301") == 1
    assert shortened("abcdef", 6) == "abcdef" and shortened("abcdefg", 6) == "abcde…"
    assert shortened("船" * 50, 11) == "船" * 5 + "…"
    assert shortened("a" * 10**6, 20) == "a" * 19 + "…"


def test_text_is_made_fit_for_a_page() -> None:
    assert clean("a\x00b\u202ec\nd") == "a\N{REPLACEMENT CHARACTER}bc d"
    assert escaped('<a href="x">&\'') == "&lt;a href=&quot;x&quot;&gt;&amp;&#x27;"


def test_numbers_on_an_axis_are_not_rounded() -> None:
    said = texts(plots.intervals("k", "T", "A", [Interval("a", 0.01, -0.02, 0.03, 0.0)], Axis("x", -0.1, 0.1)))
    assert {"−0.100", "−0.075", "−0.050", "−0.025", "0.000", "0.025", "0.050", "0.075", "0.100"} <= set(said)
