"""The command that measures a library, weighs its spaces, and names what it shares with another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pinakes.catalogue.choices import weighing
from pinakes.library import Library
from tests.cli.conftest import Run
from tests.library.test_weighing import noisy
from tests.makers import fill, text_part, work


def test_the_command_shows_every_way_of_searching_with_chance_beside_it(run: Run, tmp_path: Path) -> None:
    noisy(tmp_path / "library").close()
    told = run("evaluate", "--library", tmp_path / "library", "--metrics", "map", "--rules")
    assert told.code == 0, told.err
    assert "image to image, 48 queries" in told.out
    for words in ("fused, evidence", "good", "noise", "quick", "precise", "chance"):
        assert words in told.out
    assert "good, precise" in told.out.split("differences in map hold")[1]
    (record,) = run("evaluate", "--library", tmp_path / "library", "--metrics", "map", "--json").records
    assert {tuple(one["shared"].values()) for one in record["comparisons"]} == {("image", "image")}
    assert {scope["names"]["space"] for scope in record["scopes"]} == {"fused", "good", "noise"}
    report = run("evaluate", "--library", tmp_path / "library", "--space", "good", "--report", "quality.md")
    assert report.code == 0, report.err
    assert "labels" in Path("quality.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--by", "captions"), "both a text and a picture"),
        (("--label", "subjects"), "field subjects"),
        (("--space", "colour"), "no space named colour"),
        (("--queries", "nowhere"), "no folder nowhere"),
        (("--by", "labels", "--queries", "nowhere"), "both say what is relevant"),
        (("--leaks", "nowhere"), "There is no library"),
        (("--fit-weights", "--leaks", "nowhere"), "not allowed with"),
    ],
)
def test_what_can_not_be_measured_is_refused(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    noisy(tmp_path / "library").close()
    refused = run("evaluate", "--library", tmp_path / "library", *arguments, "--json")
    assert refused.code in (2, 3)
    error = json.loads(refused.err)["error"]
    assert told in error["message"]
    assert error["hint"]


def test_the_command_shows_what_shorter_codes_cost_where_it_is_asked_to(run: Run, tmp_path: Path) -> None:
    noisy(tmp_path / "library").close()
    only = ("evaluate", "--library", tmp_path / "library", "--metrics", "map", "--mode", "precise", "--space", "good")
    told = run(*only, "--bits", "16,32")
    assert told.code == 0, told.err
    assert "map by codes of so many bits" in told.out
    assert next(line.split()[3:5] for line in told.out.splitlines() if "rotation" in line) == ["good", "rotation"]
    assert "codes of so many" not in run(*only).out
    for wrong, why in (("12", "multiple of 8"), ("many", "no list of whole numbers"), ("8", "from 16")):
        refused = run(*only, "--bits", wrong)
        assert refused.code in (2, 3) and why in refused.err


def test_the_command_fits_saves_and_takes_back(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "library"
    library = noisy(place)
    told = run("evaluate", "--fit-weights", "--metrics", "map", "--library", place)
    assert told.code == 0, told.err
    assert "Not saved" in told.out and "--weight good=1" in told.out
    assert run("evaluate", "--fit-weights", "--save", "--metrics", "map", "--library", place, "--json").records[0][
        "weights"
    ]["good"] == pytest.approx(1)
    with library._catalogue.reading() as connection:
        assert weighing(connection).weights["good"] == 1
    assert run("evaluate", "--equal-weights", "--library", place).code == 0
    with library._catalogue.reading() as connection:
        assert weighing(connection).weights == {}
    library.close()
    refused = run("evaluate", "--save", "--library", place)
    assert refused.code == 2 and "--fit-weights" in refused.err


def test_the_command_names_leaks(run: Run, tmp_path: Path) -> None:
    noisy(tmp_path / "library").close()
    with Library.open(tmp_path / "other", create=True) as other:
        fill(other._catalogue, [work("far.png", text_part("nothing of the kind"))])
    assert run("evaluate", "--library", tmp_path / "library", "--leaks", tmp_path / "other").code == 0
    with Library.open(tmp_path / "other") as other:
        fill(other._catalogue, [work("003.png", text_part("planted"))])
    told = run("evaluate", "--library", tmp_path / "library", "--leaks", tmp_path / "other")
    assert told.code == 4
    assert "item:4 here and item:2 there: a file with the same content" in told.out
