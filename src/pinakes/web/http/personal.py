"""Personal things over HTTP: whose they are where nothing may change, and the page to which a form leads back."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request

from pinakes.accounts import past, people
from pinakes.web.http.site import library_of
from pinakes.web.http.who import who_of
from pinakes.web.logic.shelf_pages import shelving_of

# Pages that have forms for personal things; there is no way to be sent elsewhere.
_PAGES = re.compile(r"/|/items/\d{1,18}|/shelves|/shelves/\d{1,18}|/for-you|/searches|/history")

_MOMENT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def reader_of(request: Request) -> int | None:
    """The user whose personal things are shown; None for one who has none yet, or can have none."""
    who = who_of(request)
    if who.local:
        with library_of(request).catalogue.reading() as connection:
            return people.known_local(connection)
    return who.number if who.may("reader") else None


def keeps(request: Request) -> bool:
    """Whether whoever asks can have personal things."""
    return who_of(request).may("reader")


def own_of(request: Request, items: Sequence[int]) -> dict[str, Any]:
    """What a page with works needs to be a person's own: their shelves, the way back, and whether it may be noted."""
    user = reader_of(request)
    shelving = shelving_of(library_of(request), user, items) if keeps(request) else None
    remembers = user is not None and past.remembers(library_of(request).catalogue, user)
    noting = remembers or (user is None and keeps(request))
    return {"shelving": shelving, "back": here_of(request), "noting": noting}


def back_of(text: str, otherwise: str, at: str = "") -> str:
    """The page of ours that a form names as its own, at one of its places; another one for everything else."""
    told = urlsplit(text)
    if told.scheme or told.netloc or not _PAGES.fullmatch(told.path):
        return otherwise
    pairs = QueryParams(told.query).multi_items()
    return told.path + (f"?{urlencode(pairs)}" if pairs else "") + (f"#{at}" if at else "")


def moment_of(text: str) -> float:
    """The moment before which a history is shown; whatever is none shows all of it."""
    return float(text) if _MOMENT.fullmatch(text) else math.inf


def here_of(request: Request) -> str:
    """The address of the page that is shown, for its forms to lead back to."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "lang" and pair != ("part", "results")]
    return request.url.path + (f"?{urlencode(pairs)}" if pairs else "")
