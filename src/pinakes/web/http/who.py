"""Who makes a request: by the session of its cookie, by its token, or as the one person at this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from pinakes.accounts import people, sessions, tokens
from pinakes.accounts.who import LOCAL, Who, guest
from pinakes.errors import LoginNeeded, NoRight
from pinakes.web.http.guard import LOOPBACK, is_loopback
from pinakes.web.http.site import known_who, library_of, site_of

COOKIE = "pinakes"
# Under https a cookie of this name can be set by nobody but this very host, for all of its paths.
SECURE_COOKIE = "__Host-pinakes"
# Whoever sends one of these is no one at this machine, but stands behind a proxy on it.
_OF_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


def who_of(request: Request) -> Who:
    """Who asks; read from the catalogue once for each request, so not to be called where the event loop runs."""
    found = known_who(request)
    if found is None:
        found = _bearer(request) or _logged_in(request) or _unnamed(request)
        request.state.who = found
    return found


def person_of(request: Request) -> int:
    """The user whose personal things these are."""
    who = who_of(request)
    if who.local:
        return people.local_user(library_of(request).catalogue)
    if who.number is None:
        raise LoginNeeded("Personal things need an account.", "Log in first.")
    if not who.may("reader"):
        raise NoRight("This token is not good for personal things.", "Make one with the scope personal.")
    return who.number


def cookie_of(request: Request) -> str:
    """The name of the cookie that holds the session."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def session_of(request: Request) -> str:
    """The secret of the session; empty where there is none."""
    return request.cookies.get(cookie_of(request), "")


def token_of(request: Request) -> str:
    """The secret of a token; empty where there is none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _bearer(request: Request) -> Who | None:
    """Whose token it is; one that does not hold is refused, whatever else the request brings along."""
    secret = token_of(request)
    if not secret:
        return None
    catalogue = library_of(request).catalogue
    with catalogue.reading() as connection:
        found = tokens.whose(connection, secret)
    if found is None:
        raise LoginNeeded("The token does not hold: it was revoked, has ended, or never was.", "Make a new one.")
    if found[1] and not catalogue.read_only:
        with catalogue.writing() as connection:
            tokens.touch(connection, secret)
    return found[0]


def _logged_in(request: Request) -> Who | None:
    secret = session_of(request)
    if not secret:
        return None
    library = library_of(request)
    with library.catalogue.reading() as connection:
        found = sessions.whose(connection, secret, library.settings.limits)
    if found is None:
        return None
    if found.stale and not library.catalogue.read_only:
        with library.catalogue.writing() as connection:
            sessions.touch(connection, secret)
    return found.who


def _unnamed(request: Request) -> Who:
    """The one person at this machine, or a guest."""
    site = site_of(request)
    if is_at_home(request):
        with site.library.catalogue.reading() as connection:
            if not people.any_accounts(connection):
                return LOCAL
    return guest(searches=site.guests)


def is_at_home(request: Request) -> bool:
    """Whether the request can only have been made on this machine, and for no one else."""
    if not is_loopback(site_of(request).host) or any(name in request.headers for name in _OF_PROXIES):
        return False
    return (urlsplit(f"//{request.headers.get('host', '')}").hostname or "") in LOOPBACK
