"""What the pages of the administration share that have work done: asking for it, noting it, and having it confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from pinakes import tasks
from pinakes.accounts import audit
from pinakes.errors import UsageError
from pinakes.tasks.wishes import Wish, wish
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of


def ask(request: Request, kind: str, arguments: Mapping[str, Any], subject: str = "") -> int:
    """Ask for work in the name of whoever makes the request; the log tells it."""
    who = who_of(request)
    number = tasks.ask(library_of(request), kind, arguments, user=who.number)
    note(request, "task.asked", subject or f"task {number}", kind=kind, task=number)
    return number


def wish_for(request: Request, number: int, what: Wish) -> None:
    """Have a task pause, go on or end; the log tells it."""
    with library_of(request).catalogue.writing() as connection:
        wish(connection, number, what)
        audit.record(connection, who_of(request).number, f"task.{what}", f"task {number}")


def note(request: Request, action: str, subject: str = "", **details: object) -> None:
    """Write into the log what was done."""
    with library_of(request).catalogue.writing() as connection:
        audit.record(connection, who_of(request).number, action, subject, **details)


def sure(fields: Mapping[str, str]) -> None:
    """Refuse what can not be taken back, unless it was confirmed."""
    if fields.get("sure") != "yes":
        raise UsageError("This can not be taken back, and was not confirmed.", "Tick the box beside the button.")
