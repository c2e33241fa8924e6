"""Reports as files, of the kind that the ending of their name tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from pinakes.errors import BadInput, MissingExtra, NotFound, UsageError
from pinakes.evaluate import report
from pinakes.evaluate.cost import Cost
from pinakes.evaluate.report.model import Example
from pinakes.evaluate.report.projection import Map
from pinakes.evaluate.result import Evaluation
from pinakes.storage import write_whole

KINDS: Mapping[str, Callable[..., str]] = {
    ".html": report.html,
    ".md": report.markdown,
    ".csv": report.csv,
    ".tex": report.latex,
}


def refuse_target(path: Path) -> None:
    """Refuse a place or a kind before anything is measured for it."""
    if path.suffix.lower() not in KINDS:
        raise UsageError(f"{path} names no kind of report.", f"Let it end in {', '.join(KINDS)}.")
    if not path.parent.is_dir():
        raise NotFound(f"There is no folder {path.parent} to write a report into.", "Make it, or name another.")
    if path.suffix.lower() == ".html" and find_spec("matplotlib") is None:
        raise MissingExtra("Drawing charts", "report")
    if path.is_dir():
        raise BadInput(f"{path} is a folder.", "Name the file to write, such as report.html.")


def save(
    path: Path,
    evaluation: Evaluation | None,
    costs: Sequence[Cost] = (),
    examples: Sequence[Example] = (),
    maps: Sequence[Map] = (),
) -> None:
    """Write a report; one that is there already is replaced when the new one is whole."""
    refuse_target(path)
    write_whole(path, [KINDS[path.suffix.lower()](evaluation, costs, examples, maps).encode()])
