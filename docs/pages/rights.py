"""The page about rights, from what the routes themselves say that they need."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.routing import Route

from docs.pages.markdown import code, page, table
from pinakes.accounts.who import NEEDS, SCOPES
from pinakes.web.app import routes
from pinakes.web.http.rates import LIMITS
from pinakes.web.http.rights import need_of, rate_of

_INTRODUCTION = """Every page and every route of the API says what it needs of who asks, and nothing else decides; a
test asks each of them as each of these, and compares what comes with this page. What is needed is one of:"""
_NEEDS = {
    "anyone": "nothing",
    "search": "to be logged in; guests too where the setting `anonymous` or `--allow-anonymous` lets them",
    "reader": "an account",
    "editor": "the role of editor or administrator",
    "administrator": "the role of administrator",
}
_MORE = """A token needs a scope besides the rank of whoever made it. One person on their own machine, in a library
without accounts, may do everything. What belongs to someone else is not there (404) for all others. Who has not
logged in is sent to the page for it, or answered 401; who has, and may not, is answered 403. A route that is counted
is asked for so often in a minute as the [limit](settings.md#limits) says, by each user, token or address; then the
answer is 429 with `Retry-After`."""


def rights() -> str:
    """The page."""
    scopes = dict(zip(NEEDS[1:], SCOPES, strict=True))
    rows = [(need, _NEEDS[need], code(scopes[need]) if need in scopes else "none") for need in NEEDS]
    pieces = [_INTRODUCTION, table(("need", "that is", "scope of a token"), rows), _MORE, "## Routes"]
    return page("Rights", *pieces, table(("route", "method", "needs", "counted by"), list(_routes())))


def _routes() -> Iterator[tuple[str, ...]]:
    for route in routes():
        if isinstance(route, Route):
            limit = LIMITS.get(rate_of(route), "")
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield code(route.path), method, need_of(route) or "", code(limit) if limit else ""
