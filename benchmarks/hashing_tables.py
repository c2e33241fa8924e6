"""The runs of the hashing benchmark as tables, and their verdict: ours beside the best rival in every cell."""

from __future__ import annotations

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
    """What was measured in each cell, by method, one for each seed; trials, flips and ablations are left out."""
    found: dict[Cell, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        run = line["run"]
        if run["trial"] or run["flips"] or run["changed"]:
            continue
        for bits, ways in line["by_bits"].items():
            for way, told in ways.items():
                found[run["set"], int(bits), way][run["method"]].append(told)
    return found


def rows(lines: Sequence[dict[str, Any]], sets: Sequence[str]) -> Iterator[str]:
    """Tables in Markdown: mAP@all, mAP@50 and P@50, mean and deviation over seeds; then what was changed or flipped."""
    found = cells(lines)
    for name in sets:
        chosen = sorted(cell for cell in found if cell[0] == name)
        methods = sorted(
            {method for cell in chosen for method in found[cell]}, key=lambda method: (method == OURS, method)
        )
        for metric in ("map", "map@50", "p@50"):
            yield f"\n{name}, {metric}\n"
            yield "| method | " + " | ".join(f"{way}, {bits}" for _, bits, way in chosen) + " |"
            yield "| --- |" + " --- |" * len(chosen)
            for method in methods:
                yield (
                    f"| {method} | " + " | ".join(_shown(found[cell].get(method, []), metric) for cell in chosen) + " |"
                )
    for line in lines:
        run = line["run"]
        if (run["flips"] or run["changed"]) and run["set"] in sets:
            ways = {
                (bits, way): told["map"] for bits, told_of in line["by_bits"].items() for way, told in told_of.items()
            }
            changed = ", ".join(f"{name}={value}" for name, value in run["changed"])
            said = ", ".join(f"{way} {bits}: {value:.4f}" for (bits, way), value in ways.items())
            yield f"{run['set']} {run['method']} {changed} flips={run['flips']:g} -> {said}"


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


def _shown(runs: Sequence[dict[str, Any]], metric: str) -> str:
    values = [run[metric] for run in runs]
    return f"{np.mean(values):.3f} ± {np.std(values):.3f}" if len(values) > 1 else f"{values[0]:.3f}" if values else ""
