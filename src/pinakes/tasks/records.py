"""Tasks as they stand in the catalogue: looked up, listed, counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, Row, case, func, select

from pinakes.catalogue.schema import tasks
from pinakes.errors import NotFound

State: TypeAlias = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = ("waiting", "running", "paused", "done", "failed", "cancelled")
# Those that may still change by themselves or be wished to.
OPEN: tuple[State, ...] = ("waiting", "running", "paused")
# What a wish for a running one comes to as soon as it has stopped.
STOPPED: dict[str, State] = {"pause": "paused", "cancel": "cancelled"}


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work that somebody asked for."""

    id: int
    kind: str
    arguments: dict[str, Any]
    user: int | None
    state: State
    # What is wished of a running one: "", pause or cancel.
    wish: str
    created: float
    # Not before then.
    due: float
    started: float | None
    ended: float | None
    attempts: int
    worker: str
    beat: float | None
    done: int
    total: int
    failed: int
    message: str
    # What came of it, or the error under `error`.
    result: dict[str, Any]

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it by itself."""
        return self.state not in OPEN


def task_of(row: Row[Any]) -> Task:
    """A task from its row."""
    return Task(
        id=row.id,
        kind=row.kind,
        arguments=json.loads(row.arguments),
        user=row.user_id,
        state=row.state,
        wish=row.wish,
        created=row.created,
        due=row.due,
        started=row.started,
        ended=row.ended,
        attempts=row.attempts,
        worker=row.worker,
        beat=row.beat,
        done=row.done,
        total=row.total,
        failed=row.failed,
        message=row.message,
        result=json.loads(row.result),
    )


def task(connection: Connection, number: int) -> Task:
    """The task of a number."""
    row = connection.execute(select(tasks).where(tasks.c.id == number)).first()
    if row is None:
        raise NotFound(f"There is no task {number}.", "`pinakes tasks list` lists them.")
    return task_of(row)


def listed(
    connection: Connection, *, states: Sequence[str] = (), before: int | None = None, limit: int = 50
) -> list[Task]:
    """The newest tasks, those of some states alone, or those before a number."""
    query = select(tasks).order_by(tasks.c.id.desc()).limit(limit)
    if states:
        query = query.where(tasks.c.state.in_(states))
    if before is not None:
        query = query.where(tasks.c.id < before)
    return [task_of(row) for row in connection.execute(query)]


def of_kinds(connection: Connection, kinds: Sequence[str], limit: int, **arguments: Any) -> list[Task]:
    """The newest tasks of some kinds with these arguments; those that are open come first."""
    is_over = case((tasks.c.state.in_(OPEN), 0), else_=1)
    query = select(tasks).where(tasks.c.kind.in_(kinds)).order_by(is_over, tasks.c.id.desc()).limit(limit)
    for name, value in arguments.items():
        # As they are written there; that it is the argument itself and not a part of another is looked at below.
        query = query.where(tasks.c.arguments.contains(json.dumps({name: value})[1:-1], autoescape=True))
    found = (task_of(row) for row in connection.execute(query))
    return [one for one in found if all(one.arguments.get(name) == value for name, value in arguments.items())]


def counts(connection: Connection) -> dict[str, int]:
    """How many tasks there are in each state."""
    found: dict[str, int] = dict(connection.execute(select(tasks.c.state, func.count()).group_by(tasks.c.state)).all())
    return {state: found.get(state, 0) for state in STATES}
