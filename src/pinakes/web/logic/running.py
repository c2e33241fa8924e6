"""Models and runs as staff steer them: fetched, used, begun, stopped, gone on with, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pinakes.accounts.who import Who
from pinakes.errors import Conflict, UnknownName, nearest
from pinakes.library import Library, runs
from pinakes.library.models import table
from pinakes.library.paths import models_of
from pinakes.library.runs import Kind
from pinakes.web.logic.errands import latest, note
from pinakes.web.logic.tasking import ask, wished

KINDS = ("train", "tune")


def use_model(library: Library, who: Who, name: str, *, beside: bool) -> int:
    """Have the library encoded with a model that lies ready here; a folder of the server is none."""
    ready = [str(row["name"]) for row in table(library.settings, models_of(library.folder)) if row["installed"]]
    if name not in ready:
        raise UnknownName(f"No model named {name[:60]} lies ready here.", nearest(name, ready))
    return ask(library, who, "use", {"model": name, "beside": beside})


def use_run(library: Library, who: Who, name: str, *, beside: bool) -> int:
    """Have the library encoded with what a run has trained."""
    return ask(library, who, "use-run", {"run": name, "beside": beside})


def begin(library: Library, who: Who, name: str, kind: Kind, tables: Mapping[str, Any]) -> int:
    """Keep what a run is to do, and ask for it."""
    runs.check(name, kind, tables)
    runs.ask(library, name, kind, tables)
    return ask(library, who, kind, {"run": name})


def stop(library: Library, who: Who, name: str) -> int:
    """Have the task of a run pause: it keeps what it has learned, and can go on."""
    task = latest(library, KINDS, run=runs.run(library, name).name)
    if task is None or task.is_over:
        raise Conflict(f"{name} is not being trained.", "Only what goes on can be stopped.")
    return wished(library, who, task.id, "pause").id


def go_on(library: Library, who: Who, name: str) -> int:
    """Have a run go on where it stopped."""
    found = runs.run(library, name)
    task = latest(library, KINDS, run=name)
    if task is None or task.is_over:
        return ask(library, who, found.kind, {"run": name})
    return task.id if task.state == "waiting" else wished(library, who, task.id, "resume").id


def remove(library: Library, who: Who, name: str) -> None:
    """Delete a run that nothing works on."""
    task = latest(library, (*KINDS, "use-run"), run=runs.run(library, name).name)
    if task is not None and task.state in ("waiting", "running"):
        raise Conflict(f"Task {task.id} works on {name}.", "Stop it first.")
    if task is not None and not task.is_over:
        wished(library, who, task.id, "cancel")
    runs.remove(library, name)
    note(library, who, "run.removed", f"run {name}")
