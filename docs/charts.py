"""The charts of the documentation, from the figures that benchmarks printed: `python -m docs.build` writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hashing_tables import cells
from docs.pages.hashing import RUNS, SETS, read
from pinakes.evaluate import plots
from pinakes.evaluate.canvas import Drawing
from pinakes.evaluate.cost import Cost
from pinakes.evaluate.plots import Axis, Line
from pinakes.evaluate.report.costs import costs
from pinakes.evaluate.theme import SERIES, stylesheet

FIGURES = Path(__file__).parent / "figures"
# What stands where no filter keeps anything back.
_ALL = "no filter"


def charts() -> dict[str, str]:
    """The name of each chart that there are figures for, and its SVG."""
    made = {name: draw() for name, draw in _CHARTS.items() if (FIGURES / _SOURCES[name]).is_file()}
    return {name: alone(drawing) for name, drawing in made.items()}


def alone(drawing: Drawing) -> str:
    """A chart as a file of its own: on paper, or dark where the screen is."""
    ground = '<rect width="100%" height="100%" style="fill:var(--paper,#fff)"/>'
    head, rest = drawing.svg.split("<title", 1)
    return f"{head}<style>{stylesheet()}</style>\n<title{rest}".replace("</desc>", f"</desc>{ground}", 1) + "\n"


def _engines(name: str, key: str) -> Drawing:
    """The time of one search by how much a filter keeps, a line to an engine."""
    told: Mapping[str, Any] = json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8"))
    times = {figure: one["value"] for figure, one in told["figures"].items() if figure.endswith(", median")}
    size = next(iter(times)).split(", ")[0]
    kept = [f"{share} %" for share in (1, 10, 50, 90)]
    ends = {_ALL: f"{size}, {{}}, median"} | {share: f"{size}, {{}}, filter {share}, median" for share in kept}
    engines = [figure.split(", ")[1] for figure in times if figure.count(", ") == 2]
    drawn = []
    for place, engine in enumerate(engines):
        at = [
            (number, times[ends[share].format(engine)])
            for number, share in enumerate([*kept, _ALL], 1)
            if ends[share].format(engine) in times
        ]
        x, y = np.array(at, float).T
        dashes = "solid" if place < len(SERIES) else "dashed"
        drawn.append(Line(engine, x, y, colour=place % len(SERIES), dashes=dashes))
    values = [float(value) for one in drawn for value in one.y]
    ticks = plots.decades(min(values), max(values))
    x_axis = Axis("what the filter keeps", 0.8, 5.2, (1, 2, 3, 4, 5), words=(*kept, _ALL))
    y_axis = Axis("milliseconds", min(*values, *ticks) / 1.2, max(*values, *ticks) * 1.2, ticks, log=True)
    title = f"Time of one search among {int(size):,} vectors"
    about = (
        f"Median of one search on one core at a recall@10 of 0.985 or more, by how much a filter keeps; logarithmic. "
        f"Measured on {told['date']}: {told['machine']['cpu']}."
    )
    return plots.lines(key, title, about, drawn, x_axis, y_axis)


def _response() -> Drawing:
    """Response time by size of the library, as `pinakes benchmark --sizes` found it."""
    lines = (FIGURES / _SOURCES["response.svg"]).read_text(encoding="utf-8").splitlines()
    cost = Cost.from_records(iter(map(json.loads, lines)))
    both = [block for section in costs([cost]) for block in section.blocks if block.chart and block.table]
    chosen = [block for block in both if block.table and block.table.title.endswith("both")] or both
    chart = chosen[0].chart
    if chart is None:
        raise ValueError("There are not two sizes to join.")
    return chart()


def _precision(name: str, way: str) -> Drawing:
    """Precision by recall of codes of 32 bits, the mean of all seeds, a line to a method."""
    found = cells(read())[name, 32, way]
    recalls = np.linspace(0, 1, 11)[1:]
    chosen = sorted(found, key=lambda method: -float(np.mean([run["map"] for run in found[method]])))
    drawn = [
        Line(
            method,
            recalls,
            np.mean([run["curve"] for run in found[method]], axis=0)[1:],
            colour=place % len(SERIES),
            dashes="solid" if place < len(SERIES) else "dashed",
        )
        for place, method in enumerate(chosen)
    ]
    title = f"{SETS[name]}: {way}, 32 bits"
    about = "Means over queries within each distance; where one finds nothing it is 0. The best mAP@all comes first."
    return plots.lines(f"hashing-{name}", title, about, drawn, Axis("recall", 0, 1), Axis("precision", 0, 1))


_HASHING = {
    f"hashing-{name}-{number}.svg": partial(_precision, name, way)
    for name in ("fashion", "flickr8k")
    for number, way in enumerate(("image to text", "text to image"), 1)
}
_SOURCES = {
    "peers.svg": "peers.json",
    "peers-large.svg": "peers-large.json",
    "response.svg": "response.jsonl",
    **dict.fromkeys(_HASHING, RUNS.name),
}
_CHARTS: dict[str, Callable[[], Drawing]] = {
    "peers.svg": lambda: _engines("peers", "peers"),
    "peers-large.svg": lambda: _engines("peers-large", "peers-large"),
    "response.svg": _response,
    **_HASHING,
}
