"""Kinds of work with models: fetching one, training one, searching for settings, and searching by what was trained."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinakes.encoders.hub.models import find_known
from pinakes.errors import BadInput, UsageError
from pinakes.learn.extra import needs_torch
from pinakes.library import Library, models, runs
from pinakes.tasks.growing import use
from pinakes.tasks.kinds import Report, kind

# A repository of the hub: its owner and its name.
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")


def _check_pull(library: Library, arguments: Mapping[str, Any]) -> None:
    name = str(arguments.get("model", ""))
    # A folder of this machine is nothing that a page may name.
    if not _REPOSITORY.fullmatch(name) or ".." in name or Path(name).exists():
        name = find_known(name.replace("/", " ")).name
    library.catalogue.check_space()


@kind("pull", needs="administrator", goes_on=True, check=_check_pull)
def pull(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Fetch a published model, from the network: `model`, `variant`."""
    name, variant = str(arguments["model"]), str(arguments.get("variant") or "")

    def tell(done: int, total: int) -> None:
        report(done, total, message=name)

    report(message=name)
    token = os.environ.get("HF_TOKEN", "")
    found = models.pull(library.settings, name, variant, "main", token, tell, link=False)
    return {"model": found.name, "bytes": found.record.size, "licence": found.record.licence}


def _run_of(library: Library, arguments: Mapping[str, Any], kind: str) -> runs.Kept:
    found = runs.run(library, str(arguments.get("run", "")))
    if found.kind != kind:
        raise UsageError(f"{found.name} is not of the kind {kind}.", "Name another run.")
    return found


def _check_train(library: Library, arguments: Mapping[str, Any]) -> None:
    needs_torch()
    _run_of(library, arguments, "train")


@kind("train", needs="administrator", goes_on=True, check=_check_train)
def train(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Train as a run of the library was asked to, or go on with it: `run`."""
    return runs.train(library, str(arguments["run"]), lambda done, total, what: report(done, total, message=what))


def _check_tune(library: Library, arguments: Mapping[str, Any]) -> None:
    needs_torch("Tuning", optuna=True)
    _run_of(library, arguments, "tune")


@kind("tune", needs="administrator", goes_on=True, check=_check_tune)
def tune(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Search for settings as a run of the library was asked to, or go on with it: `run`."""
    return runs.tune(library, str(arguments["run"]), lambda done, total, what: report(done, total, message=what))


def _check_use_run(library: Library, arguments: Mapping[str, Any]) -> None:
    found = _run_of(library, arguments, "train")
    if not found.usable:
        raise BadInput(f"{found.name} has no weights yet.", "Let it come to the end of an epoch at least.")


@kind("use-run", needs="administrator", goes_on=True, check=_check_use_run)
def use_run(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Encode the library anew with what a run has trained: `run`, `beside`."""
    name = str(arguments["run"])
    report(message=name)
    told = {"model": str(runs.place(library, name)), "beside": bool(arguments.get("beside"))}
    return {"run": name, **use(library, told, report)}
