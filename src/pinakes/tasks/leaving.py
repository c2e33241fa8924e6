"""What becomes of the works that someone has handed in, when their account goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from sqlalchemy import Connection, update

from pinakes.accounts import audit
from pinakes.catalogue.schema import tasks
from pinakes.errors import UnknownName, nearest
from pinakes.library import Library
from pinakes.library.deposits import room
from pinakes.tasks import queue
from pinakes.tasks.records import OPEN

# They stay, as the library's own and nobody's; or they go, as soon as a worker comes to it.
Works: TypeAlias = Literal["keep", "remove"]
WORKS: tuple[Works, ...] = ("keep", "remove")


def leaving(library: Library, by: int | None, user: int, works: str) -> Callable[[Connection], None]:
    """What is done with a user's, as someone wishes, in the transaction in which the account goes with its tasks."""
    if works not in WORKS:
        raise UnknownName(f"Works that were handed in can not be {works[:40]}.", nearest(works, WORKS))

    def within(connection: Connection) -> None:
        if works == "keep":
            # What was handed in and is not added yet is added all the same.
            own = (tasks.c.user_id == user, tasks.c.kind == "add", tasks.c.state.in_(OPEN))
            connection.execute(update(tasks).where(*own).values(user_id=None, request_key=None))
        elif room(library.folder, user).files:
            number = queue.ask(connection, "remove", {"deposits": user})
            audit.record(connection, by, "task.asked", f"task {number}", kind="remove", task=number)

    return within
