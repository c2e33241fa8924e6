"""Administration: the tasks, how far each is, and what shall become of it."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pinakes.errors import NotFound, UsageError, nearest
from pinakes.library.deposits import FOLDER
from pinakes.tasks.records import OPEN, STATES, Task, counts, listed
from pinakes.tasks.records import task as task_of
from pinakes.tasks.wishes import WISHES, possible
from pinakes.web.http.forms import Fields, number_of, posted, sent_on
from pinakes.web.http.rights import needs
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.tasking import about, ask, names, wished
from pinakes.web.pages.administration import administrated

PATH = "/admin/tasks"
_ON_A_PAGE = 50


def tasks(request: Request) -> Response:
    """The list, the newest first."""
    library, told = library_of(request), request.query_params
    state = told.get("state", "")
    states = OPEN if state == "open" else (state,) if state in STATES else ()
    with library.catalogue.reading() as connection:
        before = number_of(told.get("before", "")) or None
        found = listed(connection, states=states, before=before, limit=_ON_A_PAGE + 1)
        numbers = counts(connection)
    shown = found[:_ON_A_PAGE]
    return administrated(
        request,
        "tasks.html",
        section=PATH,
        found=shown,
        following=shown[-1].id if len(found) > _ON_A_PAGE else 0,
        state=state,
        open=sum(numbers[one] for one in OPEN),
        counts=numbers,
        people=names(library, shown),
        about=about,
        possible=possible,
        now=time.time(),
    )


def task(request: Request) -> Response:
    """One task, with what came of it."""
    library = library_of(request)
    with library.catalogue.reading() as connection:
        found = task_of(connection, request.path_params["number"])
    return administrated(
        request,
        "task.html",
        section=PATH,
        one=found,
        people=names(library, [found]),
        about=about,
        possible=possible,
        facts=_facts(found),
        failures=[{**one, "path": _near(one.get("path", ""))} for one in found.result.get("failures", ())],
        now=time.time(),
    )


def _facts(found: Task) -> dict[str, object]:
    """What came of it in numbers and words."""
    told = {**found.result.get("report", {}), **found.result}
    plain = {name: value for name, value in told.items() if isinstance(value, int | float | str) and name != "job"}
    return {name: value for name, value in plain.items() if value not in (0, "")}


def _near(path: str) -> str:
    """A path; of what was handed in the part that was told with it."""
    _, mark, rest = path.partition(f"/{FOLDER}/")
    return rest.partition("/files/")[2] or path if mark else path


def _wish(request: Request, fields: Fields) -> Response:
    number, what = request.path_params["number"], request.path_params["wish"]
    if what not in WISHES:
        raise NotFound(f"A task can not {what[:20]}.", nearest(what, WISHES))
    wished(library_of(request), who_of(request), number, what)
    return sent_on(PATH if fields.get("back") == "list" else f"{PATH}/{number}")


def _failed_again(request: Request, _fields: Fields) -> Response:
    """Ask for the files that failed to be read once more."""
    library, number = library_of(request), request.path_params["number"]
    with library.catalogue.reading() as connection:
        found = task_of(connection, number)
    if found.kind != "add":
        raise UsageError(f"Task {number} has not added files.", "Try it again as a whole.")
    asked = ask(library, who_of(request), "add", {**found.arguments, "retry": True})
    return sent_on(f"{PATH}/{asked}")


ROUTES = (
    Route(PATH, needs("editor", tasks)),
    Route(f"{PATH}/{{number:whole}}", needs("editor", task)),
    Route(f"{PATH}/{{number:whole}}/failed", needs("editor", posted(_failed_again), "costly"), methods=["POST"]),
    Route(f"{PATH}/{{number:whole}}/{{wish}}", needs("editor", posted(_wish)), methods=["POST"]),
)
