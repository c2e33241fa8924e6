"""The frame of the benchmarks: what is judged, what is printed, and what fits in the time."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import frame
from benchmarks.__main__ import main
from benchmarks.frame import BENCHMARKS, Figures, Options, that_fit
from benchmarks.timing import alternately
from pinakes.evaluate.timing import percentile


def test_a_figure_within_its_bound_holds_and_one_beyond_does_not() -> None:
    figures = Figures()
    figures.add("fast", 7.9, "ms", at_most=8)
    assert figures.holds
    figures.add("found", 0.98, "", at_least=0.985)
    assert not figures.holds
    assert figures.figures["found"].target == ">= 0.985"


def test_a_target_of_another_size_is_told_and_not_judged() -> None:
    figures = Figures()
    figures.add("fast", 9, "ms", at_most=8, judged=False)
    assert figures.figures["fast"].holds is None
    assert figures.figures["fast"].target == "<= 8"
    assert figures.holds


@pytest.mark.parametrize("value, code", [(1.0, 0), (3.0, 1)])
def test_the_command_prints_json_and_tells_by_its_code_whether_targets_hold(
    value: float, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def run(_: object, options: Options) -> Figures:
        figures = Figures(compared={"other": "2.0"})
        figures.add("time", value, "s", at_most=2)
        return figures

    monkeypatch.setattr(frame.Benchmark, "run", run)
    assert main(["shell", "--json", "--quick", "--cache", str(tmp_path)]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["figures"]["time"] == {"value": value, "unit": "s", "target": "<= 2", "holds": not code}
    assert told["machine"]["versions"]["other"] == "2.0"
    assert told["size"] == "quick"
    assert {"cpu", "cores", "memory_gb", "system", "python"} <= set(told["machine"])


def test_the_table_shows_value_target_and_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = Figures()
    figures.add("time", 3, "s", at_most=2)
    monkeypatch.setattr(frame.Benchmark, "run", lambda *_: figures)
    main(["shell"])
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("time"))
    assert line.split() == ["time", "3", "s", "<=", "2", "MISSED"]


def test_every_benchmark_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list"])
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(BENCHMARKS)


@pytest.mark.parametrize("minutes", [1, 5, 15, 60])
def test_what_is_chosen_fits_in_the_time(minutes: float) -> None:
    chosen = that_fit(minutes)
    total = sum(BENCHMARKS[name].quick_minutes if quick else BENCHMARKS[name].minutes for name, quick in chosen.items())
    assert 0 < total <= minutes


def test_every_registered_module_has_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_torch = {"benchmarks.runtimes"}
    for benchmark in BENCHMARKS.values():
        if benchmark.module not in needs_torch:
            assert callable(import_module(benchmark.module).run)


def test_what_is_compared_takes_turns() -> None:
    order: list[str] = []
    alternately({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b", "a", "b", "a", "b"]


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile([5.0, 1.0, 3.0], 0.95) == 5.0
