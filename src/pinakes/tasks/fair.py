"""Whose turn it is: who had least of the workers' time lately comes first, and of one user's tasks the oldest."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from pinakes.catalogue.schema import tasks

# No task is put off for longer.
LONGEST_DELAY = 3600.0
# Time that was had longer ago counts no more: who comes new waits for none that others had yesterday.
WINDOW_SECONDS = 600.0
# Who asked so lately may still be taken on by a worker that is idle.
_GRACE_SECONDS = 2.0


def of_user(user: int | None) -> ColumnElement[bool]:
    """That a task is one of a user's, or nobody's."""
    return tasks.c.user_id.is_(None) if user is None else tasks.c.user_id == user


def is_due(now: float, since: float = 0.0) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a task waits and has been due for so long; what is due too late was asked before a clock went back."""
    return tasks.c.state == "waiting", or_(tasks.c.due <= now - since, tasks.c.due > now + LONGEST_DELAY)


def turn(connection: Connection, now: float) -> int | None:
    """The number of the task that comes next; None where none is due."""
    due = is_due(now)
    waiting = connection.execute(select(tasks.c.user_id, func.min(tasks.c.id)).where(*due).group_by(tasks.c.user_id))
    having = had(connection, now)
    ranked = sorted((*having.get(user, (0, 0.0)), first, user) for user, first in waiting.all())
    for _, _, _, user in ranked:
        # On PostgreSQL, what another worker is just taking is passed over instead of waited for.
        oldest = select(tasks.c.id).where(*due, of_user(user)).order_by(tasks.c.id).limit(1)
        number = connection.scalar(oldest.with_for_update(skip_locked=True))
        if number is not None:
            return int(number)
    return None


def had(connection: Connection, now: float) -> dict[int | None, tuple[int, float]]:
    """By user: how many of the tasks are running, and the seconds that workers spent on them lately."""
    since = now - WINDOW_SECONDS
    begun = case((tasks.c.started > since, tasks.c.started), else_=since)
    running = func.sum(case((tasks.c.state == "running", 1), else_=0))
    query = select(tasks.c.user_id, running, func.sum(tasks.c.beat - begun)).where(
        tasks.c.started.is_not(None), tasks.c.beat > since
    )
    rows = connection.execute(query.group_by(tasks.c.user_id)).all()
    return {user: (int(count or 0), float(seconds or 0.0)) for user, count, seconds in rows}


def others_wait(connection: Connection, user: int | None, now: float) -> bool:
    """Whether another user's task is due who had less of the workers' time lately than this one."""
    due = is_due(now, _GRACE_SECONDS)
    waiting = set(connection.scalars(select(tasks.c.user_id).where(*due).distinct())) - {user}
    if not waiting:
        return False
    having = had(connection, now)
    mine = having.get(user, (0, 0.0))[1]
    return any(having.get(other, (0, 0.0))[1] < mine for other in waiting)
