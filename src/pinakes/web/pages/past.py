"""Kept searches, the history of searching, and what is recommended because of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pinakes.accounts import addresses, kept_searches, past, recommending
from pinakes.errors import BadInput, PinakesError
from pinakes.web.http.forms import Fields, again, number_of, posted, sent_on
from pinakes.web.http.personal import back_of, keeps, moment_of, reader_of
from pinakes.web.http.rights import needs
from pinakes.web.http.site import address, library_of, render
from pinakes.web.http.who import person_of
from pinakes.web.logic.asked import Asked, asked_of
from pinakes.web.logic.past_pages import AMONG, keepable, kept_page, noted, past_page, suggestions

_POST = ["POST"]
_NOTHING = 204
_KEPT, _SUGGESTED = "/searches/{number:whole}", 24


def searches(request: Request) -> Response:
    """The searches that one keeps; with `new=1`, how much has come since one looked."""
    return _searches(request, {})


def _searches(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    user, counted = reader_of(request), request.query_params.get("new") == "1"
    found = kept_page(library_of(request), user, counted=counted) if user else []
    request.state.here = "/searches"
    status = error.status if error else 200
    return render(request, "kept.html", status, kept=found, counted=counted, among=AMONG, told=fields, error=error)


def _keep(request: Request, fields: Fields) -> Response:
    library, user = library_of(request), person_of(request)
    asked = asked_of(addresses.apart(fields.get("address", "")))
    kept_searches.keep(library.catalogue, user, fields.get("name", ""), keepable(library, asked))
    return sent_on("/searches")


def _rename(request: Request, fields: Fields) -> Response:
    number = request.path_params["number"]
    kept_searches.rename(library_of(request).catalogue, person_of(request), number, fields.get("name", ""))
    return sent_on("/searches")


def _open(request: Request, _fields: Fields) -> Response:
    """Go to a search that one keeps; from now on that is when one looked last."""
    one = kept_searches.look_at(library_of(request).catalogue, person_of(request), request.path_params["number"])
    return sent_on(address(asked_of(addresses.apart(one.address))))


def _forget(request: Request, _fields: Fields) -> Response:
    kept_searches.forget(library_of(request).catalogue, person_of(request), request.path_params["number"])
    return sent_on("/searches")


def history(request: Request) -> Response:
    """What is remembered of one's searching."""
    library, user = library_of(request), reader_of(request)
    before = moment_of(request.query_params.get("before", ""))
    found, more = past_page(library, user, library.settings.page_hits, before) if user else ([], 0.0)
    remembers = past.remembers(library.catalogue, user) if user else True
    return render(request, "history.html", found=found, more=more, remembers=remembers)


def _switch(request: Request, fields: Fields) -> Response:
    remembers = fields.get("remembers") == "1"
    past.let_remember(library_of(request).catalogue, person_of(request), remembers=remembers)
    return sent_on("/history")


def _clear(request: Request, _fields: Fields) -> Response:
    past.clear(library_of(request).catalogue, person_of(request))
    return sent_on("/history")


def _forget_one(request: Request, _fields: Fields) -> Response:
    past.forget(library_of(request).catalogue, person_of(request), request.path_params["number"])
    return sent_on("/history")


def note(request: Request) -> Response:
    """Note a search, or an item that was opened: a page's own script tells it, and is told nothing."""
    user = person_of(request) if keeps(request) else None
    asked = asked_of(request.query_params.multi_items())
    noted(library_of(request), user, asked, number_of(request.query_params.get("item", "")) or None)
    return Response(status_code=_NOTHING)


def for_you(request: Request) -> Response:
    """What is recommended."""
    library, user = library_of(request), reader_of(request)
    only = number_of(request.query_params.get("shelf", ""))
    found, declined = suggestions(library, user, _SUGGESTED, only) if user else ([], 0)
    return render(request, "for-you.html", found=found, declined=declined, asked=Asked())


def _decline(request: Request, fields: Fields) -> Response:
    item = number_of(fields.get("item", ""))
    if not item:
        raise BadInput("No work is told.", "Use the button beside a work.")
    recommending.decline(library_of(request), person_of(request), item)
    return sent_on(back_of(fields.get("back", ""), "/for-you"))


def _want_again(request: Request, _fields: Fields) -> Response:
    recommending.want_again(library_of(request), person_of(request))
    return sent_on("/for-you")


ROUTES = (
    Route("/searches", needs("reader", searches)),
    Route("/searches", needs("reader", again(_searches, _keep)), methods=_POST),
    Route(_KEPT, needs("reader", again(_searches, _rename)), methods=_POST),
    Route(f"{_KEPT}/open", needs("reader", posted(_open)), methods=_POST),
    Route(f"{_KEPT}/remove", needs("reader", posted(_forget)), methods=_POST),
    Route("/history", needs("reader", history)),
    Route("/history/switch", needs("reader", posted(_switch)), methods=_POST),
    Route("/history/clear", needs("reader", posted(_clear)), methods=_POST),
    Route("/history/{number:whole}/remove", needs("reader", posted(_forget_one)), methods=_POST),
    Route("/noted", needs("search", note, "search"), methods=_POST),
    Route("/for-you", needs("reader", for_you)),
    Route("/for-you/declined", needs("reader", posted(_decline)), methods=_POST),
    Route("/for-you/again", needs("reader", posted(_want_again)), methods=_POST),
)
