"""Tasks for programs: asked for, watched, steered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import BadQuery, UnknownName, UsageError, nearest
from pinakes.tasks.records import OPEN, STATES, State, Task, listed
from pinakes.tasks.records import task as task_of
from pinakes.tasks.wishes import Wish, possible
from pinakes.web.http.failures import API
from pinakes.web.http.site import library_of
from pinakes.web.http.streaming import Look, stream
from pinakes.web.http.typed import Nothing, Typed, asks, plain
from pinakes.web.http.who import who_of
from pinakes.web.logic.tasking import ask, wished

_LONGEST_KEY = 200
_MOST = 200


@dataclass(frozen=True, slots=True)
class TaskOut:
    """Work that was asked for."""

    id: int = asks("its number")
    kind: str = asks("what is done, such as add or use")
    arguments: dict[str, Any] = asks("what it was asked for with")
    user: int | None = asks("number of the user who asked; null: at this machine")
    state: State = asks("waiting, running, paused, done, failed or cancelled")
    wish: str = asks("what is wished of a running one: pause or cancel; empty: nothing")
    created: str = asks("when it was asked for")
    due: str = asks("a waiting one is not begun before then")
    started: str = asks("when it was begun last; empty: never")
    ended: str = asks("when it was over; empty: it is not")
    attempts: int = asks("how often it was begun")
    done: int = asks("how much is done, mostly in files")
    total: int = asks("how much there is to do; 0: not known yet")
    failed: int = asks("how much of what is done failed")
    message: str = asks("what it is at, or why it waits")
    result: dict[str, Any] = asks("what came of it; failures with hints; the error under `error`")
    can: list[Wish] = asks("what can be wished of it now")
    links: dict[str, str] = asks("addresses: of itself, its events, its page")


@dataclass(frozen=True, slots=True)
class TasksOut:
    """Some of the tasks, the newest first."""

    tasks: list[TaskOut] = asks("the newest first")
    next_before: int = asks("for `before` of the next page; 0 on the last")


@dataclass(frozen=True, slots=True)
class TasksIn:
    """Which tasks."""

    state: tuple[str, ...] = asks("only those in these states", ())
    before: int = asks("only those with a lower number; 0: all", 0)
    limit: int = asks("tasks on a page", 50)


@dataclass(frozen=True, slots=True)
class TaskIn:
    """Which task."""

    number: int = asks("the number of the task")


@dataclass(frozen=True, slots=True)
class WishIn:
    """What is wished of which task."""

    number: int = asks("the number of the task")
    wish: Wish = asks("what shall become of it")


@dataclass(frozen=True, slots=True)
class AskIn:
    """Work that is asked for."""

    kind: str = asks("add, use, remove, check, backup, pull, train, tune, use-run, evaluate, duplicates")
    arguments: dict[str, Any] = asks("what the kind takes")


def task_out(one: Task) -> TaskOut:
    """A task for programs."""
    return TaskOut(
        id=one.id,
        kind=one.kind,
        arguments=one.arguments,
        user=one.user,
        state=one.state,
        wish=one.wish,
        created=_when(one.created),
        due=_when(one.due),
        started=_when(one.started),
        ended=_when(one.ended),
        attempts=one.attempts,
        done=one.done,
        total=one.total,
        failed=one.failed,
        message=one.message,
        result=one.result,
        can=list(possible(one)),
        links={
            "self": f"{API}/tasks/{one.id}",
            "events": f"{API}/tasks/{one.id}/events",
            "page": f"/admin/tasks/{one.id}",
        },
    )


def _when(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def key_of(request: Request) -> str | None:
    """The key under which a request is done once, however often it is sent."""
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > _LONGEST_KEY:
        raise UsageError(f"The Idempotency-Key has more than {_LONGEST_KEY} characters.", "Send a shorter one.")
    return key or None


def one(catalogue: Catalogue, number: int) -> Task:
    """A task as it is now."""
    with catalogue.reading() as connection:
        return task_of(connection, number)


def tasks(request: Request, given: TasksIn) -> TasksOut:
    """The tasks, page by page."""
    if not 1 <= given.limit <= _MOST:
        raise BadQuery(f"The limit must be from 1 to {_MOST}, not {given.limit}.", "Ask page by page.")
    for state in given.state:
        if state not in STATES:
            raise UnknownName(f"There is no state named {state[:40]}.", nearest(state, STATES))
    with library_of(request).catalogue.reading() as connection:
        found = listed(connection, states=given.state, before=given.before or None, limit=given.limit + 1)
    shown = found[: given.limit]
    return TasksOut([task_out(one) for one in shown], shown[-1].id if len(found) > given.limit else 0)


def task(request: Request, given: TaskIn) -> TaskOut:
    """One task."""
    return task_out(one(library_of(request).catalogue, given.number))


def ask_for(request: Request, _given: Nothing, body: AskIn) -> TaskOut:
    """Ask for work."""
    library = library_of(request)
    number = ask(library, who_of(request), body.kind, body.arguments, key_of(request))
    return task_out(one(library.catalogue, number))


def wish(request: Request, given: WishIn) -> TaskOut:
    """Wish something of a task."""
    return task_out(wished(library_of(request), who_of(request), given.number, given.wish))


def task_events(request: Request, given: TaskIn) -> Response:
    """How a task goes on."""
    catalogue = library_of(request).catalogue
    # Refused at once where there is none.
    one(catalogue, given.number)

    def look() -> Look:
        found = one(catalogue, given.number)
        return Look({str(found.id): plain(task_out(found))}, found.is_over)

    return stream(request, look)


def tasks_events(request: Request, _given: Nothing) -> Response:
    """How all open tasks go on."""
    catalogue = library_of(request).catalogue
    watched: set[int] = set()

    def look() -> Look:
        with catalogue.reading() as connection:
            found = {one.id: one for one in listed(connection, states=OPEN, limit=_MOST)}
            # One that was open and is over is told once more, as it ended.
            for number in watched - set(found):
                found[number] = task_of(connection, number)
        watched.update(found)
        watched.difference_update(number for number, one in found.items() if one.is_over)
        return Look({str(number): plain(task_out(one)) for number, one in found.items()})

    return stream(request, look)


_STREAM = "text/event-stream"
TYPED: Sequence[Typed] = (
    Typed("/tasks", "Tasks, the newest first.", TasksIn, TasksOut, tasks, need="editor"),
    Typed(
        "/tasks",
        "Ask for work. With the header Idempotency-Key, what is sent again is done once.",
        Nothing,
        TaskOut,
        ask_for,
        "POST",
        AskIn,
        need="editor",
        rate="costly",
    ),
    Typed(
        "/tasks/events",
        "How all open tasks go on, as server-sent events.",
        Nothing,
        _STREAM,
        tasks_events,
        need="editor",
    ),
    Typed("/tasks/{number:whole}", "One task.", TaskIn, TaskOut, task, need="editor"),
    Typed(
        "/tasks/{number:whole}/events",
        "How a task goes on, as server-sent events.",
        TaskIn,
        _STREAM,
        task_events,
        need="editor",
    ),
    Typed(
        "/tasks/{number:whole}/{wish}",
        "Pause, resume, cancel or retry a task.",
        WishIn,
        TaskOut,
        wish,
        "POST",
        need="editor",
    ),
)
