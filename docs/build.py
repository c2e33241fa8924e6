"""Make the reference and the charts, or check that they are current: `python -m docs.build [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from docs.charts import charts
from docs.pages.api import api
from docs.pages.augmentation import augmentation
from docs.pages.card import CARD, card
from docs.pages.cleaning import cleaning
from docs.pages.cli import cli
from docs.pages.encoders import encoders
from docs.pages.errors import errors
from docs.pages.fields import fields
from docs.pages.figures import figures
from docs.pages.hashing import hashing
from docs.pages.layouts import layouts
from docs.pages.measures import measures
from docs.pages.metrics import metrics
from docs.pages.networks import networks
from docs.pages.python import python
from docs.pages.rights import rights
from docs.pages.schema import schema
from docs.pages.settings import settings
from docs.pages.training import training

REFERENCE = Path(__file__).parent / "reference"
IMAGES = Path(__file__).parent / "images"
PAGES: dict[str, Callable[[], str]] = {
    "api.md": api,
    "rights.md": rights,
    "cli.md": cli,
    "settings.md": settings,
    "errors.md": errors,
    "encoders.md": encoders,
    "python.md": python,
    "fields.md": fields,
    "schema.md": schema,
    "cleaning.md": cleaning,
    "measures.md": measures,
    "metrics.md": metrics,
    "networks.md": networks,
    "training.md": training,
    "layouts.md": layouts,
    "augmentation.md": augmentation,
    "figures.md": figures,
    "hashing.md": hashing,
}


def _places() -> dict[Path, Callable[[], str]]:
    """All pages by where they lie; the card of the built-in encoder lies beside it."""
    return {**{REFERENCE / name: make for name, make in PAGES.items()}, CARD: card}


def stale() -> list[str]:
    """A line for each page that is not what the code would make of it."""
    found = []
    for path, make in _places().items():
        name = path.relative_to(REFERENCE.parents[1]).as_posix()
        if not path.is_file():
            found.append(f"{name} is missing")
            continue
        told, made = path.read_text(encoding="utf-8").splitlines(), make().splitlines()
        if told != made:
            first = next((n for n, pair in enumerate(zip(told, made, strict=False)) if pair[0] != pair[1]), None)
            line = min(len(told), len(made)) if first is None else first
            found.append(f"{name} is stale from line {line + 1} on: {''.join(made[line : line + 1])!r}")
    return [*found, *_stale_charts()]


def _stale_charts() -> list[str]:
    drawn = charts()
    there = {path.name: path.read_text(encoding="utf-8") for path in IMAGES.glob("*.svg")}
    return [f"docs/images/{name} is stale" for name in sorted({*drawn, *there}) if drawn.get(name) != there.get(name)]


def build() -> None:
    """Write every page and chart."""
    REFERENCE.mkdir(exist_ok=True)
    for path, make in _places().items():
        path.write_text(make(), encoding="utf-8", newline="\n")
    for name, svg in charts().items():
        (IMAGES / name).write_text(svg, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    """Build or check."""
    if list(arguments) == ["--check"]:
        found = stale()
        if found:
            sys.stderr.write("\n".join([*found, "Run: python -m docs.build", ""]))
        return int(bool(found))
    if arguments:
        sys.stderr.write("usage: python -m docs.build [--check]\n")
        return 2
    build()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
