"""The queue: work is asked for, taken by one worker at a time, and ended; what a worker leaves goes back.

Every function is one step within the caller's transaction. On SQLite, writing transactions follow each other; on
PostgreSQL each step changes a row only as it was when it was read, so that two workers never hold the same task.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from pinakes.catalogue.counters import take as number_of
from pinakes.catalogue.naming import storable
from pinakes.catalogue.schema import tasks
from pinakes.errors import (
    Busy,
    DeadlinePassed,
    DecoderDied,
    DiskFull,
    HubUnreachable,
    Overloaded,
    PinakesError,
    StorageFailed,
)
from pinakes.tasks.fair import LONGEST_DELAY, of_user, turn
from pinakes.tasks.records import OPEN, STOPPED, Task, task_of

# What may go well the next time without anybody doing anything.
WORTH_ANOTHER_TRY = (Busy, DeadlinePassed, DecoderDied, DiskFull, HubUnreachable, Overloaded, StorageFailed)
ATTEMPTS = 5
# The first retry waits so long, each further one three times as long, and none longer than an hour.
_FIRST_DELAY, _GROWTH = 10.0, 3.0
# Another process is writing: that is no failure, and it is tried again soon.
_BUSY_DELAY = 3.0
STALE_SECONDS = 60.0
_DAY = 24 * 3600.0


def ask(
    connection: Connection,
    kind: str,
    arguments: Mapping[str, Any],
    user: int | None = None,
    request_key: str | None = None,
    *,
    most: int = 0,
    now: float | None = None,
) -> int:
    """Put work into the queue; what was asked for under the same key by the same user is the same task.

    `most` bounds how many tasks of one user may be open; 0 does not.
    """
    now = time.time() if now is None else now
    # Taken first: from here on nobody else asks before this is committed.
    number = number_of(connection, "task")
    if request_key is not None:
        known = asked_as(connection, user, request_key)
        if known is not None:
            return known
    _refuse_too_many(connection, user, most)
    row = {"id": number, "kind": kind, "arguments": json.dumps(dict(arguments)), "user_id": user}
    connection.execute(insert(tasks).values(**row, request_key=request_key, created=now, due=now))
    return number


def asked_as(connection: Connection, user: int | None, request_key: str) -> int | None:
    """The number of the task that a user asked for under a key; None where there is none."""
    number = connection.scalar(select(tasks.c.id).where(of_user(user), tasks.c.request_key == request_key))
    return None if number is None else int(number)


def _refuse_too_many(connection: Connection, user: int | None, most: int) -> None:
    if not most:
        return
    query = select(func.count()).select_from(tasks).where(of_user(user), tasks.c.state.in_(OPEN))
    if (count := connection.scalar(query) or 0) >= most:
        raise Overloaded(
            f"{count:,} tasks of yours wait already; the limit is {most:,}.",
            "Wait until some are done, cancel some, or raise max_tasks.",
        )


def take(connection: Connection, worker: str, now: float | None = None) -> Task | None:
    """The next task, from now on this worker's; None where nothing is due."""
    now = time.time() if now is None else now
    number = turn(connection, now)
    if number is None:
        return None
    changed = connection.execute(
        update(tasks)
        .where(tasks.c.id == number, tasks.c.state == "waiting")
        .values(
            state="running",
            wish="",
            worker=worker,
            started=now,
            beat=now,
            ended=None,
            attempts=tasks.c.attempts + 1,
            message="",
        )
    )
    if not changed.rowcount:
        return None
    return task_of(connection.execute(select(tasks).where(tasks.c.id == number)).one())


def beat(connection: Connection, task: Task, progress: Mapping[str, int | str], now: float | None = None) -> str:
    """A sign of life with the progress; tells what is wished of the task, or `lost` where it is another's by now."""
    now = time.time() if now is None else now
    changed = connection.execute(update(tasks).where(*_held(task)).values(beat=now, **_storable(progress)))
    if not changed.rowcount:
        return "lost"
    return str(connection.scalar(select(tasks.c.wish).where(tasks.c.id == task.id)))


def finish(connection: Connection, task: Task, result: Mapping[str, Any], now: float | None = None) -> bool:
    """Note what came of a task; false where it is another worker's by now."""
    return _end(connection, task, "done", result, time.time() if now is None else now)


def fail(connection: Connection, task: Task, error: PinakesError, now: float | None = None) -> bool:
    """Note a failure: what is worth it is tried again, later each time."""
    now = time.time() if now is None else now
    told = {"error": {name: storable(text) for name, text in error.as_dict().items()}}
    if isinstance(error, Busy):
        return give_back(connection, task, _BUSY_DELAY, error.message, now)
    if not isinstance(error, WORTH_ANOTHER_TRY) or task.attempts >= ATTEMPTS:
        return _end(connection, task, "failed", told, now)
    values = {"state": "waiting", "worker": "", "wish": "", "beat": now, "due": now + delay(task.attempts)}
    message = storable(error.message)
    return _change(connection, task, **values, message=message, result=json.dumps(told))


def delay(attempts: int) -> float:
    """Seconds to wait after so many failed attempts."""
    return min(LONGEST_DELAY, _FIRST_DELAY * _GROWTH ** (attempts - 1))


def give_back(
    connection: Connection, task: Task, after: float = 0.0, message: str = "", now: float | None = None
) -> bool:
    """Put a task back that is no worse for it: it goes on later, and this attempt does not count."""
    now = time.time() if now is None else now
    values = {"state": "waiting", "worker": "", "wish": "", "beat": now, "due": now + after}
    return _change(connection, task, **values, message=storable(message), attempts=max(0, task.attempts - 1))


def leave(connection: Connection, worker: str) -> None:
    """Put back whatever a worker still holds when it ends."""
    for row in connection.execute(select(tasks).where(tasks.c.state == "running", tasks.c.worker == worker)).all():
        give_back(connection, task_of(row))


def stop(connection: Connection, task: Task, state: str, now: float | None = None) -> bool:
    """What a pause or a cancellation that was wished for comes to."""
    now = time.time() if now is None else now
    if state == "paused":
        values = {"state": state, "worker": "", "wish": "", "beat": now, "attempts": max(0, task.attempts - 1)}
        return _change(connection, task, **values)
    return _end(connection, task, state, {}, now)


def recover(connection: Connection, is_dead: Callable[[str], bool], now: float | None = None) -> list[int]:
    """Put back what workers left that died; returns the numbers."""
    now = time.time() if now is None else now
    found = []
    for row in connection.execute(select(tasks).where(tasks.c.state == "running")).all():
        left = task_of(row)
        # A sign of life that is to come was given before a clock went back.
        if not (abs(now - (left.beat or 0)) > STALE_SECONDS or is_dead(left.worker)):
            continue
        found.append(left.id)
        if left.wish:
            stop(connection, left, STOPPED[left.wish], now)
        elif left.attempts >= ATTEMPTS:
            error = PinakesError(
                f"The worker that ran it died {left.attempts} times.", "See its log, then try it again."
            )
            _end(connection, left, "failed", {"error": error.as_dict()}, now)
        else:
            values = {"state": "waiting", "worker": "", "due": now + (delay(left.attempts) if left.attempts > 1 else 0)}
            _change(connection, left, **values, message="The worker that ran it died.")
    return found


def sweep(connection: Connection, days: float, now: float | None = None) -> int:
    """Strike off the record what was over so many days ago; returns how many those were."""
    now = time.time() if now is None else now
    old = (tasks.c.state.not_in(OPEN), tasks.c.ended < now - days * _DAY)
    return connection.execute(delete(tasks).where(*old)).rowcount


def _held(task: Task) -> tuple[Any, ...]:
    """That a task is still being run by whom it was taken."""
    return tasks.c.id == task.id, tasks.c.state == "running", tasks.c.worker == task.worker


def _change(connection: Connection, task: Task, **values: Any) -> bool:
    return bool(connection.execute(update(tasks).where(*_held(task)).values(**values)).rowcount)


def _end(connection: Connection, task: Task, state: str, result: Mapping[str, Any], now: float) -> bool:
    values = {"state": state, "wish": "", "ended": now, "beat": now, "message": ""}
    return _change(connection, task, **values, result=json.dumps(dict(result)))


def _storable(progress: Mapping[str, int | str]) -> dict[str, int | str]:
    return {name: storable(value) if isinstance(value, str) else value for name, value in progress.items()}
