"""The trainings and searches for settings that a library keeps in its own folder, and how far each has come."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pinakes.errors import BadInput, BadSetting, NotFound
from pinakes.learn.extra import needs_torch
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.tune.record import Tuned
from pinakes.storage import explained, write_whole
from pinakes.types import MODALITIES

if TYPE_CHECKING:
    from pinakes.library.facade import Library

Kind: TypeAlias = Literal["train", "tune"]
FOLDER, ASKED = "runs", "asked.json"
# Of a search: what came out, and the folders of its trials.
_TUNED, _TRIALS = "tune.json", "trials"
# A run gives its name to a folder and to an encoder.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# Done, of how many, and what is going on.
Tell: TypeAlias = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Kept:
    """A run as it lies in the library's folder."""

    name: str
    kind: Kind
    tables: Mapping[str, Any]
    created: float
    # A line of figures for each epoch, or for each trial that has ended.
    figures: list[dict[str, Any]] = field(default_factory=list)
    result: Mapping[str, Any] | None = None
    # Whether there are weights that a library could be searched by.
    usable: bool = False

    @property
    def method(self) -> str:
        """The method that is trained."""
        return str(self.tables.get("method", {}).get("name", ""))

    @property
    def total(self) -> int:
        """How many epochs or trials were asked for."""
        if self.kind == "tune":
            return int(self.tables.get("tune", {}).get("trials", 20))
        return int(self.tables.get("train", {}).get("epochs", 20))


def place(library: Library, name: str) -> Path:
    """Where a run of that name lies, or would lie."""
    return library.folder / FOLDER / _named(name)


def _named(name: str) -> str:
    """The name itself, if a run can have it."""
    if not _NAME.fullmatch(name):
        raise BadSetting(
            f"{name[:60]!r} can not be the name of a run.",
            "Take up to 40 small letters, digits and hyphens, such as codes-64.",
        )
    return name


# What whoever asks for a training from afar may say of data: never a path of this machine.
_OF_DATA = ("options", "cleaning")


def check(name: str, kind: Kind, tables: Mapping[str, Any]) -> None:
    """Refuse what no training can be made of, as far as that is known without torch, and whatever names a file."""
    from pinakes.learn.experiment.plan import from_dict
    from pinakes.learn.tune.settings import from_table

    told = {table: dict(each) for table, each in tables.items() if isinstance(each, Mapping)}
    paths = [f"data.{one}" for one in told.get("data", {}) if one not in _OF_DATA]
    paths += [f"{table}.weights" for table in MODALITIES if told.get(table, {}).get("weights")]
    paths += ["method.teacher"] if told.get("method", {}).get("teacher") else []
    if paths:
        raise BadSetting(
            f"{paths[0]} names a file of the server, which is not for a page to say.",
            "Train with it by `pinakes train` on the server itself.",
        )
    from_dict({**tables, "data": {**told.get("data", {}), "library": "."}, "name": _named(name)})
    if kind == "tune" and not from_table(told.get("tune", {})).space:
        raise BadSetting("Nothing is to be tuned.", "Name a setting, and the values that it may have.")


def ask(library: Library, name: str, kind: Kind, tables: Mapping[str, Any]) -> None:
    """Keep what a run is to do; one of that name that is there already is refused."""
    folder = place(library, name)
    library.catalogue.check_space()
    told = {"kind": kind, "tables": {**tables, "name": name}, "created": time.time()}
    with explained(folder):
        folder.parent.mkdir(exist_ok=True)
        try:
            folder.mkdir()
        except FileExistsError:
            raise BadInput(f"There is a run named {name} already.", "Give this one another name.") from None
    write_whole(folder / ASKED, [json.dumps(told, indent=1).encode()])


def runs(library: Library) -> list[Kept]:
    """All runs, the newest first."""
    folder = library.folder / FOLDER
    found = [_kept(path) for path in folder.iterdir() if (path / ASKED).is_file()] if folder.is_dir() else []
    return sorted(found, key=lambda one: (-one.created, one.name))


def run(library: Library, name: str) -> Kept:
    """One run."""
    folder = place(library, name)
    if not (folder / ASKED).is_file():
        raise NotFound(f"There is no run named {name}.", "The page of trainings lists those that there are.")
    return _kept(folder)


def remove(library: Library, name: str) -> None:
    """Delete a run with all its checkpoints; a model that was taken into the library stays there."""
    folder = library.folder / FOLDER / run(library, name).name
    with RunFolder(folder).locked():
        pass
    with explained(folder):
        shutil.rmtree(folder)


def _kept(folder: Path) -> Kept:
    with explained(folder):
        told = json.loads((folder / ASKED).read_text(encoding="utf-8"))
    told = {name: told[name] for name in ("kind", "tables", "created")}
    if told["kind"] == "tune":
        path = folder / _TUNED
        result = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        return Kept(folder.name, **told, figures=list(_trials(folder)), result=result)
    lying = RunFolder(folder)
    return Kept(folder.name, **told, figures=lying.figures(), result=lying.result(), usable=lying.best.is_file())


def _trials(folder: Path) -> Iterator[dict[str, Any]]:
    """What came out of each trial that has ended, and the best until then."""
    best: float | None = None
    for path in sorted((folder / _TRIALS).iterdir()) if (folder / _TRIALS).is_dir() else ():
        ended = RunFolder(path).result()
        if ended is None:
            continue
        value = ended.get("value")
        if ended["state"] == "done" and value is not None:
            best = value if best is None else max(best, value)
        line = {"trial": int(path.name) + 1, "state": ended["state"], "value": value, "seconds": ended["seconds"]}
        yield line | ({} if best is None else {"best": best}) | ({"reason": ended["reason"]} if ended["reason"] else {})


def train(library: Library, name: str, tell: Tell) -> dict[str, Any]:
    """Train as a run was asked to; what `tell` raises stops it, and it goes on from its last checkpoint."""
    from pinakes.learn.training import events
    from pinakes.library.training import trained

    told = run(library, name)

    def hear(event: events.Event) -> None:
        if isinstance(event, events.Step):
            done = event.epoch * event.steps + event.step
            loss = sum(event.losses.values())
            tell(done, event.epochs * event.steps, f"epoch {event.epoch + 1} of {event.epochs}, loss {loss:.4g}")

    done = trained(library.folder, place(library, name), told.tables, hear, _reading(tell))
    return {"run": name, "figures": dict(done.summary["figures"]), "seconds": done.summary["seconds"]}


def tune(library: Library, name: str, tell: Tell) -> dict[str, Any]:
    """Search for settings as a run was asked to; begun again, it tries what it would have tried."""
    needs_torch("Tuning", optuna=True)
    from pinakes.learn.training import events
    from pinakes.learn.tune.record import Began, Heard
    from pinakes.learn.tune.search import tune as search
    from pinakes.learn.tune.settings import from_table
    from pinakes.library.training import planned

    tables = dict(run(library, name).tables)
    settings = from_table(tables.pop("tune", {}))
    plan = planned(library.folder, tables, name)
    at = [0, 0]

    def hear(heard: Heard) -> None:
        if isinstance(heard, Began):
            at[:] = heard.number, heard.trials
        tell(at[0] + (not isinstance(heard, Began)), at[1], f"trial {at[0] + 1} of {at[1]}")

    def step(event: events.Event) -> None:
        if isinstance(event, events.Step):
            tell(at[0], at[1], f"trial {at[0] + 1} of {at[1]}, epoch {event.epoch + 1} of {event.epochs}")

    tuned = search(plan, settings.space, settings, place(library, name), hear, tell=_reading(tell), step=step)
    return {"run": name, "best": tuned.best.ended.value, "settings": dict(tuned.best.settings)}


def _reading(tell: Tell) -> Callable[[str, int, int], None]:
    """How those hear of the works that are read who hear of a run."""
    return lambda what, done, total: tell(done, total, f"decoding {what}")


def best_tables(kept: Kept) -> dict[str, Any]:
    """The tables of a training with the best settings that a search has found."""
    if kept.kind != "tune" or kept.result is None:
        raise BadInput(f"{kept.name} has found no best settings yet.", "Wait for its end, or let it go on.")
    tables: dict[str, Any] = json.loads(
        json.dumps({name: each for name, each in kept.tables.items() if name != "tune"})
    )
    for name, value in Tuned.from_dict(kept.result).best.settings.items():
        *inner, last = name.split(".")
        at = tables
        for one in inner:
            at = at.setdefault(one, {})
        at[last] = value
    return tables
