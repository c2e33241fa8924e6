"""Collections for programs: listed, filled with files that are handed in, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pinakes.library import Library
from pinakes.library.deposits import Deposit
from pinakes.tasks.queue import asked_as
from pinakes.web.api.tasks import TaskOut, key_of, one, task_out
from pinakes.web.http.depositing import deposited
from pinakes.web.http.failures import API
from pinakes.web.http.rights import needs
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import Nothing, Typed, asks, plain, schema
from pinakes.web.http.who import who_of
from pinakes.web.logic import collecting
from pinakes.web.logic.tasking import ask

_ACCEPTED = 202
_TEXT = {"type": "string"}
_YES = ("1", "true", "on", "yes")
FILES = "/collections/{name}/files"


@dataclass(frozen=True, slots=True)
class SourceOut:
    """Where works of a collection come from."""

    kind: str = asks("folder, file, table, or deposit: handed in")
    path: str = asks("the path on the server; empty where it was handed in")
    here: bool = asks("whether it is still there")


@dataclass(frozen=True, slots=True)
class CollectionOut:
    """A collection."""

    name: str = asks("its name")
    works: int = asks("works in it")
    sources: list[SourceOut] = asks("where they come from")


@dataclass(frozen=True, slots=True)
class CollectionsOut:
    """All collections."""

    collections: list[CollectionOut] = asks("by name")


@dataclass(frozen=True, slots=True)
class NameIn:
    """Which collection."""

    name: str = asks("the name of the collection")


def collections(request: Request, _given: Nothing) -> CollectionsOut:
    """The collections."""
    found = collecting.collections(library_of(request))
    return CollectionsOut(
        [
            CollectionOut(one.name, one.works, [SourceOut(each.kind, each.path, each.here) for each in one.sources])
            for one in found
        ]
    )


def again(request: Request, given: NameIn) -> TaskOut:
    """Look a collection's sources through again."""
    library = library_of(request)
    number = collecting.again(library, who_of(request), given.name, key_of(request))
    return task_out(one(library.catalogue, number))


def remove(request: Request, given: NameIn) -> TaskOut:
    """Remove a collection."""
    library = library_of(request)
    number = ask(library, who_of(request), "remove", {"collection": given.name}, key_of(request))
    return task_out(one(library.catalogue, number))


async def hand_in(request: Request) -> Response:
    """Keep the files of a form, or the body as one file, and ask for them to be added."""
    library, name = library_of(request), request.path_params["name"]
    key = key_of(request)
    number = await run_in_threadpool(_known, library, who_of(request).number, key) if key else None
    if number is None:
        number, _ = await kept(request, name, key)
    else:
        # Whoever sends it again waits for us to take it.
        async for _ in request.stream():
            pass
    found = await run_in_threadpool(one, library.catalogue, number)
    return JSONResponse(plain(task_out(found)), _ACCEPTED, {"Location": f"{API}/tasks/{number}"})


async def kept(request: Request, collection: str, key: str | None) -> tuple[int, str]:
    """Keep what a request brings; returns the number of the task that adds it, and the collection's name."""
    library, who = library_of(request), who_of(request)
    deposit = await run_in_threadpool(Deposit, library.catalogue, who.number)
    try:
        fields = await deposited(request, deposit)
        name = collection or fields.get("collection", "").strip() or "main"
        how = {option: fields.get(option, "").lower() in _YES for option in ("table", "pair")}

        def add() -> int:
            return collecting.add_deposit(library, who, deposit, name, key=key, **how)

        return await run_in_threadpool(add), name
    except BaseException:
        # Also where the other side has gone in the middle.
        deposit.abandon()
        raise


def _known(library: Library, user: int | None, key: str) -> int | None:
    """The number of the task that was asked for under a key."""
    with library.catalogue.reading() as connection:
        return asked_as(connection, user, key)


def described(known: dict[str, Any]) -> dict[str, Any]:
    """The description of handing in, whose body is no JSON."""
    header = {"in": "header", "required": False, "schema": _TEXT}
    form = {
        "type": "object",
        "properties": {
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "table": {"type": "boolean", "description": "a table among the files lists the works"},
            "pair": {"type": "boolean", "description": "files with one name but for the suffix are one work"},
        },
    }
    return {
        "summary": "Hand in files, a folder or an archive to be kept in a collection; a task adds them.",
        "operationId": "hand_in_to_collection",
        "x-needs": "editor",
        "security": [{"token": []}],
        "parameters": [
            {"name": "name", "in": "path", "required": True, "description": "the collection", "schema": _TEXT},
            {**header, "name": "Idempotency-Key", "description": "what is sent again under the same key is done once"},
            {**header, "name": "X-File-Name", "description": "name of the one file that is the body, percent-encoded"},
        ],
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": form}, "application/octet-stream": {}},
        },
        "responses": {
            "202": {
                "description": "Kept; the task adds it.",
                "content": {"application/json": {"schema": schema(TaskOut, known)}},
            }
        },
    }


TYPED: Sequence[Typed] = (
    Typed("/collections", "All collections with their sources.", Nothing, CollectionsOut, collections, need="editor"),
    Typed(
        "/collections/{name}/again",
        "Add what is new in a collection's sources.",
        NameIn,
        TaskOut,
        again,
        "POST",
        need="editor",
    ),
    Typed(
        "/collections/{name}",
        "Remove a collection; the originals stay, but for those that were handed in.",
        NameIn,
        TaskOut,
        remove,
        "DELETE",
        need="editor",
    ),
)
ROUTES: Sequence[BaseRoute] = (Route(API + FILES, needs("editor", hand_in, "upload"), methods=["POST"]),)
