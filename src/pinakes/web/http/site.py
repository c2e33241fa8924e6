"""What all routes share: the library, the templates, what was drawn lately, and the language of a request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pinakes import __version__
from pinakes.accounts.who import Who
from pinakes.durations import clock, moment
from pinakes.library import Library
from pinakes.library.choosing import follow
from pinakes.library.lately import Lately
from pinakes.media.metadata.dates import cut_date
from pinakes.web.http.packing import packed
from pinakes.web.logic.asked import Asked
from pinakes.web.logic.shortening import LONGEST
from pinakes.web.speech import LANGUAGES, Speech, preferred, speech

HERE = Path(__file__).parents[1]
STATIC = HERE / "static"
THEMES = ("light", "dark", "auto")
_YEAR = 365 * 24 * 3600
# Pairs of addresses that are remembered as they are written, and how long they are at most.
_PAIRS, _SHORT = 4_096, 200


@dataclass(frozen=True, slots=True)
class Site:
    """One library as it is served."""

    library: Library
    # Large pictures that were drawn lately, by their parts.
    views: Lately[bytes]
    # Where it listens, and whether those who have not logged in may search.
    host: str
    guests: bool


def site_of(request: Request) -> Site:
    """The site that a request is made to."""
    found: Site = request.app.state.site
    return found


def library_of(request: Request) -> Library:
    """The library that a request is about, under the settings that are in force by now."""
    library = site_of(request).library
    follow(library)
    return library


def known_who(request: Request) -> Who | None:
    """Who asks, where that has been found out already (`who_of` finds it out)."""
    found: Who | None = getattr(request.state, "who", None)
    return found


def picture_of(data: bytes) -> Response:
    """A picture of ours, which stands for its number as long as the number stands."""
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400, immutable"})


def speech_of(request: Request) -> Speech:
    """The language of a request: as its address says, else as was chosen before, else as the browser prefers."""
    for chosen in (request.query_params.get("lang"), request.cookies.get("language")):
        if chosen in LANGUAGES:
            return speech(chosen)
    return speech(preferred(request.headers.get("accept-language", "")))


def theme_of(request: Request) -> str:
    """Light or dark, or auto: as the system is."""
    for chosen in (request.query_params.get("theme"), request.cookies.get("theme")):
        if chosen in THEMES:
            return chosen
    return THEMES[-1]


def render(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """A page in the language of the request; what its address chooses is remembered by the browser."""
    told = speech_of(request)
    page = (
        templates()
        .get_template(name)
        .render(
            t=told,
            theme=theme_of(request),
            languages=LANGUAGES,
            who=known_who(request),
            here=lambda **changed: _here(request, changed),
            **values,
        )
    )
    data, packing = packed(request, page.encode())
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Accept-Encoding, Cookie", **packing}
    response = HTMLResponse(data, status, headers=headers)
    for cookie, param, known in (("language", "lang", LANGUAGES), ("theme", "theme", THEMES)):
        if (chosen := request.query_params.get(param)) in known:
            secure = request.url.scheme == "https"
            response.set_cookie(cookie, str(chosen), _YEAR, httponly=True, samesite="lax", secure=secure)
    return response


def _here(request: Request, changed: dict[str, str]) -> str:
    """The address of this very page with some of its values changed."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", "theme")]
    # What a form is answered with may stand for a page that lies elsewhere.
    path = getattr(request.state, "here", request.url.path)
    return f"{path}?{urlencode([*kept, *changed.items()])}"


def address(asked: Asked, path: str = "/") -> str:
    """The address of a search."""
    pairs = asked.pairs()
    return f"{path}?{_encoded(pairs)}" if pairs else path


def item_address(item: int, part: int = 0, asked: Asked | None = None, stretch: int = 0) -> str:
    """The address of an item, at one of its parts, with the search that led there and the stretch of parts to list."""
    pairs = [("part", str(part))] if part else []
    pairs += asked.pairs() if asked else []
    pairs += [("stretch", str(stretch))] if stretch else []
    return f"/items/{item}" + (f"?{_encoded(pairs)}" if pairs else "")


def _encoded(pairs: Sequence[tuple[str, str]]) -> str:
    """The pairs of an address; a page holds a hundred addresses of almost the same pairs."""
    return "&".join(_pair(*one) if len(one[1]) <= _SHORT else urlencode([one]) for one in pairs)


@lru_cache(_PAIRS)
def _pair(name: str, value: str) -> str:
    return urlencode([(name, value)])


@cache
def static_mark() -> str:
    """What our own files hold, in a few letters: a part of their addresses, so that they may be kept for ever."""
    hasher = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        hasher.update(path.read_bytes())
    return hasher.hexdigest()[:12]


def static(name: str) -> str:
    """The address of a file of ours; those that it imports lie beside it."""
    return f"/static/{static_mark()}/{name}"


class _Plain(Context):
    """Calls what templates call as it is: no function of ours asks for the context, and to look costs as much again."""

    def call(self, called: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        """What the function returns; what Jinja itself would hand over is left out."""
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return called(*given, **named)


@cache
def templates() -> Environment:
    """The templates: what is put into them is escaped, and what is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.context_class = _Plain
    made.globals.update(
        address=address,
        item_address=item_address,
        static=static,
        clock=clock,
        cut_date=cut_date,
        moment=moment,
        urlencode=urlencode,
        version=__version__,
        longest=LONGEST,
    )
    return made
