"""What `pinakes benchmark` prints, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinakes.cli.columns import table
from pinakes.cli.cost_table import number
from pinakes.evaluate.cost import Cost
from tests.cli.conftest import Run

QUICKLY = ("--searches", "2", "--rate", "30", "--seconds", "0.3", "--warmup", "0.1", "--clients", "4")


def test_a_library_is_measured_for_people(run: Run, standing: Path) -> None:
    shown = run("benchmark", "--library", standing / "lib", *QUICKLY)
    assert (shown.code, shown.err) == (0, "")
    for told in ("Response times in ms", "Under load", "The machine meanwhile", "On disk", "seed 1", " cores, "):
        assert told in shown.out
    assert "at a fixed rate" in shown.out
    assert "Made" not in shown.out
    assert max(map(len, shown.out.splitlines())) <= 120


def test_a_library_is_measured_for_programs_one_object_a_line(run: Run, standing: Path) -> None:
    shown = run("benchmark", "--library", standing / "lib", *QUICKLY, "--json", "--seed", "3")
    first, *others = shown.records
    assert first["about"]["seed"] == 3
    assert {"date", "machine", "title"} <= set(first["about"])
    assert {name for record in others for name in record} == {"timing", "loaded", "stored", "note"}
    assert len(Cost.from_records(iter(shown.records)).timings) == 6


def test_generated_libraries_need_none_of_the_users_own(run: Run, tmp_path: Path) -> None:
    shown = run("benchmark", "--sizes", "20, 40", "--no-load", "--searches", "1", "--mode", "quick", "--folder", "made")
    assert shown.code == 0
    assert "Generated libraries of 20, 40 parts" in shown.out
    assert "precise" not in shown.out
    assert not list((tmp_path / "made").iterdir())


def test_own_questions_come_from_a_file(run: Run, standing: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.txt").write_text("boat - red\n\nmodality=image\n")
    shown = run("benchmark", "--library", standing / "lib", "--no-load", "--queries", "asked.txt", "--json")
    assert {record["timing"]["asked"] for record in shown.records if "timing" in record} == {"given"}
    (tmp_path / "none.txt").write_text("\n \n")
    assert run("benchmark", "--library", standing / "lib", "--queries", "none.txt").code == 2
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    assert run("benchmark", "--library", standing / "lib", "--queries", "bytes.txt").code == 2
    wrong = tmp_path / "wrong.txt"
    wrong.write_text('"boat\n')
    assert "not closed" in run("benchmark", "--library", standing / "lib", "--no-load", "--queries", wrong).err


@pytest.mark.parametrize("ending", ["html", "md", "csv", "tex"])
def test_a_report_is_written_of_what_was_measured(run: Run, standing: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"report.{ending}"
    shown = run("benchmark", "--library", standing / "lib", "--no-load", "--searches", "1", "--report", target)
    assert shown.code == 0
    assert "precise" in target.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 3, "pinakes benchmark --sizes"),
        (("--sizes", "0"), 2, "above zero"),
        (("--sizes", "100,,3"), 2, "above zero"),
        (("--sizes", ""), 2, "above zero"),
        (("--sizes", "100,-3"), 2, "above zero"),
        (("--sizes", "90000000000"), 1, "GB free"),
        (("--sizes", "5", "--published"), 2, "not allowed"),
        (("--rate", "0"), 2, "more than zero"),
        (("--rate", "-3"), 2, "more than zero"),
        (("--rate", "nan"), 2, "more than zero"),
        (("--rate", "fast"), 2, "invalid float"),
        (("--seconds", "0"), 2, "more than zero"),
        (("--timeout", "-1"), 2, "more than zero"),
        (("--warmup", "-1"), 2, "zero seconds or more"),
        (("--clients", "0"), 2, "one client"),
        (("--searches", "0"), 2, "At least one search"),
        (("--fastest", "0"), 2, "--fastest"),
        (("--fastest", "nan"), 2, "--fastest"),
        (("--no-load", "--at-once"), 2, "--no-load"),
        (("--arrivals", "poison"), 2, "poisson"),
        (("--published", "--rate", "1"), 2, "a load of its own"),
        (("--folder", "made"), 2, "--library"),
        (("--report", "report.pdf"), 2, ".html"),
        (("--report", "no/report.md"), 3, "There is no folder no"),
        (("--queries", "nothere.txt"), 3, "nothere.txt"),
    ],
)
def test_what_can_not_be_measured_is_refused_with_the_way_out(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    refused = run("benchmark", *arguments)
    assert refused.code == code
    assert said in refused.err
    assert refused.out == ""


def test_numbers_stand_to_the_right_and_names_to_the_left() -> None:
    shown = list(table(("n", "name", "ms"), [["1", "红船", "10.5"], ["1,000", "boat", "-"]]))
    assert shown == ["    n  name    ms", "    1  红船  10.5", "1,000  boat     -"]


def test_numbers_have_three_digits() -> None:
    assert [number(value) for value in (0.012345, 12.345, 1234.5, float("nan"))] == ["0.0123", "12.3", "1,234", "-"]
