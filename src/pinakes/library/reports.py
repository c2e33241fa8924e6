"""What was measured of a library, kept in its own folder: the figures, and where charts can be drawn a report."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.errors import BadInput, NotFound, UnknownName, nearest
from pinakes.evaluate.result import Evaluation
from pinakes.library.evaluating import CAPTIONS, CLICKS, JUDGEMENTS, LABELS, USUAL, Measuring, reported
from pinakes.search.request import MODES
from pinakes.storage import explained, write_whole

if TYPE_CHECKING:
    from pinakes.library.facade import Library

FOLDER = "reports"
KINDS = (LABELS, CAPTIONS, JUDGEMENTS, CLICKS)
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}(-[0-9]+)?")
# What is told of a measurement, each with its type.
_TOLD: Mapping[str, type] = {"by": str, "label": str, "metrics": str, "sample": int, "seed": int}


@dataclass(frozen=True, slots=True)
class Report:
    """A measurement that was kept: its name, and what a list says of it."""

    name: str
    title: str
    kind: str
    date: str
    # The best way by the first metric, with that figure.
    best: str
    metric: str
    value: float
    charts: bool


def measuring(told: Mapping[str, Any]) -> Measuring:
    """What a form or a program wants to be measured, if it can be."""
    by = str(told.get("by", LABELS))
    if by not in USUAL:
        raise UnknownName(f"Nothing is measured by {by}.", nearest(by, KINDS))
    known = {name: kind(told[name]) for name, kind in _TOLD.items() if told.get(name) not in (None, "")}
    modes = tuple(told.get("modes") or MODES)
    bits = tuple(int(length) for length in told.get("bits") or ())
    how = Measuring(**known, modes=modes, fusions=tuple(told.get("fusions") or ()), bits=bits)
    # What the desk has judged is measured as judgements from a folder are; which, is known when it is measured.
    replace(how, by=LABELS if by == JUDGEMENTS else by).check(())
    return how


def measure(library: Library, told: Mapping[str, Any], tell: Callable[[int], None]) -> str:
    """Measure, and keep what came out; returns its name."""
    how = replace(measuring(told), tell=lambda what, done, total: tell(done))
    if how.by != JUDGEMENTS:
        return keep(library, how)
    with tempfile.TemporaryDirectory(prefix="pinakes-desk-") as folder:
        library.desk.export(folder)
        return keep(library, replace(how, by=LABELS, queries=folder, metrics=how.metrics or USUAL[JUDGEMENTS]))


def keep(library: Library, how: Measuring) -> str:
    """Measure, and keep the figures and, where charts can be drawn, the report."""
    drawable = find_spec("matplotlib") is not None
    found = reported(library, how)
    folder = library.folder / FOLDER
    with explained(folder):
        folder.mkdir(exist_ok=True)
    name = _free(folder)
    if drawable:
        from pinakes.evaluate import report

        page = report.html(found.evaluation, (), found.examples, found.maps)
        write_whole(folder / f"{name}.html", [page.encode()])
    # Last, since it is what makes the report one that is listed.
    write_whole(folder / f"{name}.json", [json.dumps(found.evaluation.as_dict()).encode()])
    return name


def _free(folder: Path) -> str:
    """A name by the time that nothing has yet."""
    first = name = time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while (folder / f"{name}.json").exists():
        number += 1
        name = f"{first}-{number}"
    return name


def reports(library: Library) -> list[Report]:
    """All that were kept, the newest first."""
    folder = library.folder / FOLDER
    if not folder.is_dir():
        return []
    names = [path.stem for path in folder.glob("*.json") if _NAME.fullmatch(path.stem)]
    found = []
    for name in sorted(names, reverse=True):
        try:
            found.append(_listed(library, name, evaluation(library, name)))
        except (BadInput, OSError):
            # A damaged one is no reason to show none.
            continue
    return found


def _listed(library: Library, name: str, told: Evaluation) -> Report:
    scored = [(scope.figures[0], scope) for scope in told.scopes if scope.figures]
    figure, scope = max(scored, key=lambda pair: pair[0].value) if scored else (None, None)
    return Report(
        name,
        told.title,
        told.kind,
        told.date,
        scope.title if scope else "",
        figure.metric if figure else "",
        figure.value if figure else 0.0,
        charted(library, name),
    )


def charted(library: Library, name: str) -> bool:
    """Whether a report with charts was kept beside the figures."""
    return (library.folder / FOLDER / f"{name}.html").is_file()


def evaluation(library: Library, name: str) -> Evaluation:
    """The figures of a report."""
    path = _path(library, name, ".json")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"The report {name} is damaged: {error}.", "Measure again.") from error
    return Evaluation.from_dict(told)


def page(library: Library, name: str) -> bytes:
    """The whole report with its charts, a page of HTML by itself."""
    return _path(library, name, ".html").read_bytes()


def remove(library: Library, name: str) -> None:
    """Delete a report."""
    paths = [_path(library, name, ".json"), library.folder / FOLDER / f"{name}.html"]
    for path in paths:
        with explained(path):
            path.unlink(missing_ok=True)


def _path(library: Library, name: str, ending: str) -> Path:
    path = library.folder / FOLDER / f"{name}{ending}"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound(f"There is no report {name[:40]!r}.", "The page of evaluations lists those that there are.")
    return path
