"""The kinds of work that a worker can do, each filed by its name.

    @kind("add", needs="editor", goes_on=True)
    def add(library, arguments, report): ...

A kind calls `report` often, at least once a second where it can: there it learns that it is to stop, by an exception
that it lets through. One that `goes_on` does only what is left when it is run again; the others begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol, TypeAlias

from pinakes.errors import Interrupted
from pinakes.library import Library
from pinakes.registry import Registry

Rank: TypeAlias = Literal["editor", "administrator"]
# Modules that file kinds, read when the first is asked for.
_MODULES = ("pinakes.tasks.growing", "pinakes.tasks.upkeep", "pinakes.tasks.learning", "pinakes.tasks.measuring")


class Report(Protocol):
    """How far a task has come, told to whoever looks; raises `Stop` where it is to end."""

    def __call__(self, done: int = 0, total: int = 0, failed: int = 0, message: str = "") -> None:
        """Tell it."""


Run: TypeAlias = Callable[[Library, Mapping[str, Any], Report], dict[str, Any]]
Check: TypeAlias = Callable[[Library, Mapping[str, Any]], None]


class Stop(Interrupted):
    """A task is to end before its end: paused, cancelled, given back, or lost to another worker."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The task is to stop: {why}.", "It goes on where it stopped.")
        self.why = why


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work."""

    name: str
    run: Run
    # Who may ask for it.
    needs: Rank
    goes_on: bool
    # Refuses arguments with which it could not be done, before it is put into the queue.
    check: Check | None = None


KINDS: Registry[Kind] = Registry("kind of task")


def kind(
    name: str, *, needs: Rank = "editor", goes_on: bool = False, check: Check | None = None
) -> Callable[[Run], Run]:
    """Decorate what a worker runs."""

    def file(run: Run) -> Run:
        KINDS.register(name)(Kind(name, run, needs, goes_on, check))
        return run

    return file


def kind_of(name: str) -> Kind:
    """The kind of a name."""
    return kinds().get(name)


def kinds() -> Registry[Kind]:
    """All kinds."""
    for module in _MODULES:
        import_module(module)
    return KINDS
