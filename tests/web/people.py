"""A library with people in it, and browsers and programs that are theirs."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from pinakes.accounts import stewarding
from pinakes.accounts.owning import make_token
from pinakes.accounts.who import SCOPES, Who
from pinakes.library import Library
from pinakes.web.app import application
from tests.web.conftest import HOST

PASSWORD = "three words apart"
NAMES = {"root": "administrator", "edith": "editor", "rhea": "reader", "rolf": "reader"}


def emptied(place: Path, **settings: object) -> Library:
    """A library without works."""
    told = {"decoders": 1, "threads": 1, **settings}
    return Library.open(place / "library", create=True, settings=told)


def peopled(library: Library) -> dict[str, int]:
    """People of every role; the administrator is first."""
    return {
        name: stewarding.add(library.catalogue, None, name, rank, password=PASSWORD) for name, rank in NAMES.items()
    }


def browser(
    library: Library,
    host: str = HOST,
    *,
    bound: str = "127.0.0.1",
    anonymous: bool = False,
    client: tuple[str, int] = ("testclient", 50_000),
) -> TestClient:
    """A browser that has come to a library for the first time."""
    app = application(library, bound, anonymous=anonymous)
    made = TestClient(app, host, raise_server_exceptions=False, follow_redirects=False, client=client)
    made.headers["sec-fetch-site"] = "same-origin"
    return made


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> TestClient:
    """The same browser, with that person before it."""
    answer = client.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 303, answer.text
    return client


def token(library: Library, user: int, *scopes: str, days: int | None = None) -> dict[str, str]:
    """The header of a program with a token."""
    who = Who(user, "", "administrator")
    _, secret = make_token(library.catalogue, who, user, "a program", scopes or SCOPES, days)
    return {"authorization": f"Bearer {secret}"}
