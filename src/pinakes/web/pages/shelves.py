"""Personal shelves: made, filled from any page that shows works, described, saved."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pinakes.accounts import shelving
from pinakes.catalogue.shelves import ORDERS
from pinakes.errors import BadInput, PinakesError
from pinakes.web.http.forms import Fields, again, number_of, posted, sent_on
from pinakes.web.http.personal import back_of, reader_of
from pinakes.web.http.ranges import attachment
from pinakes.web.http.rights import needs
from pinakes.web.http.site import library_of, render, speech_of
from pinakes.web.http.who import person_of, who_of
from pinakes.web.logic.asked import Asked
from pinakes.web.logic.shelf_pages import SAVED_AS, saved, shelf_page

_POST = ["POST"]
_SHELF = "/shelves/{number:whole}"


def shelves(request: Request) -> Response:
    """All of one's shelves."""
    return _shelves(request, {})


def _shelves(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    user = reader_of(request)
    found = shelving.all_shelves(library_of(request).catalogue, user) if user else []
    request.state.here = "/shelves"
    status = error.status if error else 200
    return render(request, "shelves.html", status, shelves=found, told=fields, error=error)


def _make(request: Request, fields: Fields) -> Response:
    told = fields.get("name", ""), fields.get("about", "")
    number = shelving.make(library_of(request).catalogue, person_of(request), *told)
    return sent_on(f"/shelves/{number}")


def shelf(request: Request) -> Response:
    """One shelf."""
    return _shelf(request, {})


def _shelf(request: Request, fields: Fields, error: PinakesError | None = None) -> Response:
    library, number = library_of(request), request.path_params["number"]
    asked_order = request.query_params.get("order", "")
    order = next((one for one in ORDERS if one == asked_order), ORDERS[0])
    first = number_of(request.query_params.get("first", ""))
    page = shelf_page(library, reader_of(request) or 0, number, order, first, library.settings.page_hits)
    request.state.here = f"/shelves/{number}"
    return render(
        request,
        "shelf.html",
        error.status if error else 200,
        page=page,
        orders=ORDERS,
        saved_as=SAVED_AS,
        asked=Asked(),
        told=fields,
        error=error,
    )


def _change(request: Request, fields: Fields) -> Response:
    number = request.path_params["number"]
    told = fields.get("name", ""), fields.get("about", "")
    shelving.change(library_of(request).catalogue, person_of(request), number, *told)
    return sent_on(f"/shelves/{number}")


def _remove(request: Request, _fields: Fields) -> Response:
    shelving.remove(library_of(request).catalogue, person_of(request), request.path_params["number"])
    return sent_on("/shelves")


def _note(request: Request, fields: Fields) -> Response:
    number, item = request.path_params["number"], request.path_params["item"]
    shelving.annotate(library_of(request).catalogue, person_of(request), number, item, fields.get("note", ""))
    return sent_on(back_of(fields.get("back", ""), f"/shelves/{number}", f"item-{item}"))


def _shelve(request: Request, fields: Fields) -> Response:
    """Put an item on a shelf, or take it off; where no shelf is told, it is the one that was used last."""
    catalogue, user = library_of(request).catalogue, person_of(request)
    off, item = "take" in fields, number_of(fields.get("take", "") or fields.get("put", ""))
    number, new = number_of(fields.get("shelf", "")), fields.get("new", "")
    if not item:
        raise BadInput("No work is told.", "Use the button beside a work.")
    if not number and not new.strip():
        mine = shelving.all_shelves(catalogue, user)
        number, new = (mine[0].id, "") if mine else (0, speech_of(request)("shelf.first"))
    if off:
        shelving.take_off(catalogue, user, number, item)
    else:
        number = shelving.put(catalogue, user, item, number, new=new)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"item": item, "shelf": number, "on": not off})
    return sent_on(back_of(fields.get("back", ""), f"/shelves/{number}", f"item-{item}"))


def save(request: Request) -> Response:
    """A shelf as a file."""
    number, user = request.path_params["number"], reader_of(request) or 0
    site, name = str(request.base_url), request.path_params["format"]
    text, kind, suffix = saved(library_of(request), who_of(request), user, number, site, name)
    headers = {"Content-Disposition": attachment(f"pinakes-shelf-{number}.{suffix}")}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


ROUTES = (
    Route("/shelves", needs("reader", shelves)),
    Route("/shelves", needs("reader", again(_shelves, _make)), methods=_POST),
    Route("/shelved", needs("reader", posted(_shelve)), methods=_POST),
    Route(_SHELF, needs("reader", shelf)),
    Route(_SHELF, needs("reader", again(_shelf, _change)), methods=_POST),
    Route(f"{_SHELF}/remove", needs("reader", posted(_remove)), methods=_POST),
    Route(f"{_SHELF}/items/{{item:whole}}", needs("reader", again(_shelf, _note)), methods=_POST),
    Route(f"{_SHELF}/saved/{{format}}", needs("reader", save)),
)
