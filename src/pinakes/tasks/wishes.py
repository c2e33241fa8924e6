"""What people wish of a task: to pause, to go on, to end, to be tried again."""

from __future__ import annotations

import time
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, update

from pinakes.catalogue.schema import tasks
from pinakes.errors import Conflict
from pinakes.tasks.records import State, Task, task

Wish: TypeAlias = Literal["pause", "resume", "cancel", "retry"]
WISHES: tuple[Wish, ...] = ("pause", "resume", "cancel", "retry")


def wish(connection: Connection, number: int, what: Wish, now: float | None = None) -> Task:
    """Have a task do something, at once where it only waits, else as soon as its worker hears of it."""
    now = time.time() if now is None else now
    before = task(connection, number)
    values = _changes(before, what, now)
    if values is None:
        raise _refused(before, what)
    same = (tasks.c.id == number, tasks.c.state == before.state)
    if not connection.execute(update(tasks).where(*same).values(**values)).rowcount:
        # A worker was quicker.
        raise _refused(task(connection, number), what)
    return task(connection, number)


def possible(one: Task) -> tuple[Wish, ...]:
    """What can be wished of a task as it is."""
    return tuple(what for what in WISHES if _changes(one, what, 0.0) is not None)


def _changes(one: Task, what: Wish, now: float) -> dict[str, Any] | None:
    """What a wish changes in the row of a task; None where it makes no sense."""
    if what in ("pause", "cancel") and one.state == "running" and one.wish != what:
        return {"wish": what}
    if what == "resume" and one.state == "running" and one.wish == "pause":
        return {"wish": ""}
    made: dict[tuple[str, str], dict[str, Any]] = {
        ("pause", "waiting"): {"state": "paused"},
        ("cancel", "waiting"): {"state": "cancelled", "ended": now, "message": ""},
        ("cancel", "paused"): {"state": "cancelled", "ended": now, "message": ""},
        ("resume", "paused"): {"state": "waiting", "due": now},
        ("retry", "failed"): _anew(now),
        ("retry", "cancelled"): _anew(now),
    }
    return made.get((what, one.state))


def _anew(now: float) -> dict[str, Any]:
    state: State = "waiting"
    return {"state": state, "due": now, "ended": None, "attempts": 0, "failed": 0, "result": "{}", "message": ""}


def _refused(one: Task, what: Wish) -> Conflict:
    can = possible(one)
    hint = f"What it can is {' or '.join(can)}." if can else "Ask for it anew."
    return Conflict(f"Task {one.id} is {one.state} and can not {what}.", hint)
