"""The runs of the hashing benchmark as tables, and their verdict: ours beside the best rival in every cell."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.frame import Figures
from benchmarks.hashing_runs import OURS
from pinakes.evaluate.significance import holm, randomisation

# At 16 bits ours shall be better by so much; fashion's precision at 50 at 64 bits shall be so high.
AHEAD, PRECISION = 0.02, 0.95

# The set, the bits, the direction.
Cell = tuple[str, int, str]


def cells(lines: Sequence[dict[str, Any]]) -> dict[Cell, dict[str, list[dict[str, Any]]]]:
    """What was measured in each cell, by method, one for each seed; trials, flips and ablations are left out.

    Ours learns all lengths at once: where it was trained for shorter codes too, beside wrong labels, that is left out.
    """
    plain = [line for line in lines if not any(line["run"][name] for name in ("trial", "flips", "changed"))]
    longest: dict[str, int] = defaultdict(int)
    for run in (line["run"] for line in plain if line["run"]["method"] == OURS):
        longest[run["set"]] = max(longest[run["set"]], run["bits"])
    found: dict[Cell, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in plain:
        run = line["run"]
        if run["method"] == OURS and run["bits"] < longest[run["set"]]:
            continue
        for bits, ways in line["by_bits"].items():
            for way, told in ways.items():
                found[run["set"], int(bits), way][run["method"]].append(told)
    return found


def tables(lines: Sequence[dict[str, Any]], name: str, metric: str) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of one metric on one set: a row for each method, mean and deviation over the seeds."""
    found = cells(lines)
    chosen = sorted(cell for cell in found if cell[0] == name and any(metric in run for run in _any(found[cell])))
    methods = sorted({method for cell in chosen for method in found[cell]}, key=lambda each: (each == OURS, each))
    heads = ["method", *(f"{way}, {bits}" for _, bits, way in chosen)]
    return heads, [[each, *(_shown(found[cell].get(each, []), metric) for cell in chosen)] for each in methods]


def changed(lines: Sequence[dict[str, Any]], name: str) -> Iterator[list[str]]:
    """What was changed of a method or of its labels on one set, and the mAP@all of each length and direction."""
    for line in lines:
        run = line["run"]
        if run["set"] == name and (run["flips"] or run["changed"]):
            yield [*told_of(run), *_maps(line)]


def trials(lines: Sequence[dict[str, Any]], name: str) -> Iterator[list[str]]:
    """Each trial by which settings were chosen on one set, and its mAP@all."""
    for line in lines:
        run = line["run"]
        if run["set"] == name and run["trial"] and not run["changed"]:
            yield [*told_of(run), *_maps(line)]


def told_of(run: dict[str, Any]) -> list[str]:
    """A run in words: its method, length, rate and dropout, its settings and what was changed, and wrong labels."""
    own = ", ".join(f"{name} = {value}" for name, value in (*run["own"], *run["changed"]))
    return [
        run["method"],
        str(run["bits"]),
        f"{run['rate']:g}",
        f"{run['dropout']:g}",
        own,
        f"{100 * run['flips']:g} %",
    ]


def rows(lines: Sequence[dict[str, Any]], sets: Sequence[str]) -> Iterator[str]:
    """Tables in Markdown: mAP@all, mAP@50 and P@50; then what was changed or flipped."""
    for name in sets:
        for metric in ("map", "map@50", "p@50"):
            heads, found = tables(lines, name, metric)
            yield f"\n{name}, {metric}\n"
            yield from ("| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *found))
        yield from (" ".join(each) for each in changed(lines, name))


def kept(lines: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The runs for the documentation, a line of JSON each: without what each query found."""
    for line in lines:
        ways = {
            bits: {way: {name: value for name, value in told.items() if name != "each"} for way, told in found.items()}
            for bits, found in line["by_bits"].items()
        }
        yield json.dumps({"run": line["run"], "by_bits": ways, "seconds": line["seconds"]})


def judge(told: Figures, lines: Sequence[dict[str, Any]], sets: Sequence[str], *, judged: bool) -> None:
    """File the mean mAP@all of each method and cell, and how far ours is ahead, corrected for the number of cells."""
    found = {cell: methods for cell, methods in cells(lines).items() if cell[0] in sets and OURS in methods}
    chances, ahead = [], {}
    for cell, methods in sorted(found.items()):
        means = {method: float(np.mean([each["map"] for each in runs])) for method, runs in methods.items()}
        name = f"{cell[0]}, {cell[2]}, {cell[1]} bits"
        for method, value in means.items():
            told.add(f"{name}, {method}, mAP@all", value, "")
        best = max((method for method in means if method != OURS), key=means.__getitem__, default=None)
        if best is not None:
            ours, rival = (np.mean([run["each"] for run in methods[method]], axis=0) for method in (OURS, best))
            chances.append(randomisation(ours - rival, seed=0))
            ahead[name, cell[1], best] = means[OURS] - means[best]
        if cell[:2] == ("fashion", 64):
            precision = float(np.mean([run["p@50"] for run in methods[OURS]]))
            told.add(f"{name}, ours, P@50", precision, "", at_least=PRECISION, judged=judged)
    for ((name, bits, best), value), chance in zip(ahead.items(), holm(chances), strict=True):
        least = AHEAD if bits == min(cell[1] for cell in found) else 0.0
        told.add(f"{name}, ours less {best}", value, "", at_least=least, judged=judged)
        told.add(f"{name}, chance of that", chance, "", at_most=0.05, judged=judged)


def _any(methods: dict[str, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    return (run for runs in methods.values() for run in runs)


def _maps(line: dict[str, Any]) -> list[str]:
    found = line["by_bits"].items()
    return [", ".join(f"{way} {bits}: {told['map']:.3f}" for bits, ways in found for way, told in ways.items())]


def _shown(runs: Sequence[dict[str, Any]], metric: str) -> str:
    values = [run[metric] for run in runs]
    return f"{np.mean(values):.3f} ± {np.std(values):.3f}" if len(values) > 1 else f"{values[0]:.3f}" if values else ""
