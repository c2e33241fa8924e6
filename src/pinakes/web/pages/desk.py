"""Administration: the judge's desk, where what searches find is graded by people."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pinakes.errors import PinakesError, UsageError
from pinakes.web.http.forms import Fields, again, number_of
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.judging import GRADES, agreement, asked, judge, judge_of, pool
from pinakes.web.pages.administration import administrated

PATH = "/admin/desk"
_SEE_OTHER = 303


def desk(request: Request) -> Response:
    """The questions that were judged, or the pool of one."""
    return _desk(request, request.query_params)


def _desk(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library, query = library_of(request), fields.get("q", "").strip()
    name = judge_of(who_of(request))
    found = pool(library, name, query) if query and error is None else []
    return administrated(
        request,
        "desk.html",
        error.status if error else 200,
        section=PATH,
        query=query,
        pool=found,
        left=sum(one.grade is None for one in found),
        grades=GRADES,
        judge=name,
        asked=[] if query else asked(library),
        agreement=[] if query else agreement(library),
        error=error,
    )


def _judge(request: Request, fields: Fields) -> Response:
    library, query, item = library_of(request), fields.get("q", "").strip(), number_of(fields.get("item", ""))
    name, grade = judge_of(who_of(request)), fields.get("grade", "")
    if grade == "none":
        library.desk.withdraw(name, query, item)
        following = item
    elif grade.isascii() and grade.isdigit() and len(grade) == 1:
        judge(library, name, query, item, int(grade))
        # On to the next one that nothing was said of.
        found = pool(library, name, query)
        at = next((place for place, one in enumerate(found) if one.item == item), 0)
        following = next((one.item for one in (*found[at:], *found[:at]) if one.grade is None), item)
    else:
        raise UsageError(f"A grade is a whole number from 0 to {GRADES[-1]}, not {grade[:20]!r}.", "Press one of them.")
    return RedirectResponse(f"{PATH}?{urlencode({'q': query})}#item-{following}", _SEE_OTHER)


judged = again(_desk, _judge)
