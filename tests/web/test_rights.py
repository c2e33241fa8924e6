"""Every route, asked as everyone: what comes is what the page about rights says; and nothing is changed by asking."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from starlette.routing import Route
from starlette.testclient import TestClient

from pinakes.accounts import owning, people
from pinakes.accounts.who import Need, Who
from pinakes.catalogue import schema
from pinakes.library import Library
from pinakes.web.api.description import described
from pinakes.web.app import routes
from pinakes.web.http.rights import need_of
from tests.web.people import browser, emptied, log_in, peopled, token
from tests.web.test_api import fits

pytestmark = [pytest.mark.reliability, pytest.mark.usefixtures("quick_passwords")]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rights.md"
ALL = [
    (method, route)
    for route in routes()
    if isinstance(route, Route)
    for method in sorted((route.methods or set()) - {"HEAD"})
]
UNLIMITED = {f"{name}_per_minute": 0 for name in ("searches", "uploads", "logins", "costly")}
NOTHING_HAS = "9999"
# What asks a process that knows torch, and what decides by itself.
SLOW = ("/admin/training/new", "/methods", "/metrics")
# Asked for one route of each need alone.
BRIEFLY = ("guest who may search", "program that may search", "locked reader")
MAY: dict[str, set[Need]] = {
    "guest": {"anyone"},
    "guest who may search": {"anyone", "search"},
    "reader": {"anyone", "search", "reader"},
    "editor": {"anyone", "search", "reader", "editor"},
    "administrator": {"anyone", "search", "reader", "editor", "administrator"},
    "program that may search": {"anyone", "search"},
    "locked reader": {"anyone"},
    "revoked token": {"anyone"},
}


def filled(route: Route, number: str = NOTHING_HAS) -> str:
    """An address of a route; no object has that number."""
    return re.sub(r"\{\w+\}", "x", re.sub(r"\{\w+:whole\}", number, route.path))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with people and without works."""
    with emptied(tmp_path_factory.mktemp("rights"), **UNLIMITED) as made:
        yield made


@pytest.fixture(scope="module")
def asking(library: Library) -> Iterator[dict[str, tuple[TestClient, dict[str, str]]]]:
    """A client of everyone, with the headers that say who they are."""
    numbers = peopled(library)
    catalogue = library.catalogue
    rhea, root = numbers["rhea"], numbers["root"]
    revoked = token(library, rhea)
    with catalogue.writing() as connection:
        (number,) = connection.scalars(select(schema.tokens.c.id))
    owning.revoke_token(catalogue, rhea, number)
    locked = token(library, numbers["rolf"])
    with catalogue.writing() as connection:
        people.lock(connection, numbers["rolf"])
    with browser(library) as strict, browser(library, anonymous=True) as open_to_all:
        for client in (strict, open_to_all):
            # What is told for as long as one listens ends as when a server ends: at once.
            client.app.state.ending.set()  # type: ignore[attr-defined]
        yield {
            "guest": (strict, {}),
            "guest who may search": (open_to_all, {}),
            "reader": (strict, token(library, rhea)),
            "editor": (strict, token(library, numbers["edith"])),
            "administrator": (strict, token(library, root)),
            "program that may search": (strict, token(library, root, "search")),
            "locked reader": (strict, locked),
            "revoked token": (strict, revoked),
        }


def told() -> dict[tuple[str, str], str]:
    """What the page says that each route needs."""
    rows = re.findall(r"^\| `(/[^`]*)` \| (\w+) \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.M)
    return {(path, method): need for path, method, need in rows}


def test_the_page_about_rights_names_every_route_and_no_route_forgets_what_it_needs() -> None:
    """G1: the table of the page is the table of the routes."""
    assert all(need_of(route) for _, route in ALL)
    assert told() == {(route.path, method): need_of(route) for method, route in ALL}


def is_let_in(client: TestClient, method: str, address: str, headers: dict[str, str]) -> bool:
    """Whether rights let a request through, whatever becomes of it then."""
    answer = client.request(method, address, headers=headers)
    assert answer.status_code != 500, f"{method} {address}"
    refused = {401: "login-needed", 403: "no-right"}.get(answer.status_code)
    if refused is None:
        return True
    if address.startswith("/api/"):
        return bool(answer.json()["error"]["code"] != refused)
    return "Log in first" not in answer.text and "You may not do that" not in answer.text


@pytest.mark.parametrize("who", MAY)
def test_every_route_lets_those_in_who_may_and_no_one_else(
    asking: dict[str, tuple[TestClient, dict[str, str]]], who: str
) -> None:
    """G1: the whole table of routes."""
    client, headers = asking[who]
    may, wrong = MAY[who], []
    needed = told()
    one_of_each = {(need_of(route), method): (method, route) for method, route in ALL}.values()
    for method, route in one_of_each if who in BRIEFLY else ALL:
        expected = needed[route.path, method] in may
        # Tokens that do not hold are refused where anyone is asked who they are, too.
        if expected and (route.path.endswith(SLOW) or who in ("locked reader", "revoked token")):
            continue
        if is_let_in(client, method, filled(route), headers) != expected:
            wrong.append(f"{method} {route.path}")
    assert wrong == []


def test_every_list_that_needs_an_account_gives_what_its_description_says(
    asking: dict[str, tuple[TestClient, dict[str, str]]],
) -> None:
    client, headers = asking["administrator"]
    api, asked = described(), 0
    for path, operations in api["paths"].items():
        operation = operations.get("get")
        if not operation or path.endswith(SLOW) or any(one["required"] for one in operation["parameters"]):
            continue
        if operation["x-needs"] in ("reader", "editor", "administrator"):
            (kind, told), *_ = operation["responses"]["200"]["content"].items()
            if kind == "application/json":
                asked += 1
                answer = client.get(path, headers=headers)
                assert answer.status_code == 200, path
                assert fits(answer.json(), told["schema"], api["components"]["schemas"]), path
    assert asked > 3


def test_what_belongs_to_another_is_not_there(library: Library) -> None:
    """G1: 404, and not 403, for all that is personal and has a number."""
    with library.catalogue.reading() as connection:
        owner, other = (people.named(connection, name).id for name in ("edith", "rhea"))
    who = Who(owner, "edith", "editor")
    number, _ = owning.make_token(library.catalogue, who, owner, "hers", ["search"], None)
    with library.catalogue.writing() as connection:
        # So that what is counted apart has the same numbers.
        for table in (schema.shelves, schema.saved_searches):
            row = {"id": number, "user_id": owner, "name": "hers", "created": 1.0}
            connection.execute(table.insert().values(**row))
    client, headers = browser(library), token(library, other, "search", "personal")
    before = state(library)
    personal = [(m, route) for m, route in ALL if need_of(route) == "reader" and "{number:whole}" in route.path]
    assert personal
    for method, route in personal:
        answer = client.request(method, filled(route, str(number)), headers=headers)
        # A body that is missing is told before what it would be about is looked for.
        assert answer.status_code in ((404,) if method in ("GET", "DELETE") else (400, 404, 415)), route.path
    assert state(library) == before


@pytest.mark.parametrize("number", [str(2**63), "9" * 5_000], ids=["2^63", "5,000 digits"])
def test_nothing_has_a_number_that_no_catalogue_holds(
    asking: dict[str, tuple[TestClient, dict[str, str]]], number: str
) -> None:
    client, headers = asking["administrator"]
    for method, route in ALL:
        if "{number:whole}" in route.path:
            answer = client.request(method, filled(route, number), headers=headers)
            assert answer.status_code == 404, (method, route.path)


def state(library: Library) -> set[str]:
    """The tables of the catalogue, each with a hash of its rows; signs of life are left out."""
    found = set()
    with library.catalogue.reading() as connection:
        for table in schema.METADATA.sorted_tables:
            columns = [column for column in table.c if column.name != "seen"]
            rows = sorted(map(repr, connection.execute(select(*columns))))
            found.add(f"{table.name} {hashlib.sha256(repr(rows).encode()).hexdigest()}")
    return found


def test_nothing_is_changed_by_asking_for_what_there_is(
    asking: dict[str, tuple[TestClient, dict[str, str]]], library: Library
) -> None:
    """G2: the catalogue before all GET and HEAD requests is the catalogue after them."""
    client, headers = asking["administrator"]
    before = state(library)
    for method, route in ALL:
        if method == "GET" and not route.path.endswith(SLOW):
            client.get(filled(route), headers=headers)
            client.head(filled(route, "1"), headers=headers)
    assert state(library) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {},
    ],
)
def test_another_site_can_not_use_the_session_of_a_browser(library: Library, headers: dict[str, str]) -> None:
    """G2: every route that changes something, with the cookie of an administrator."""
    with browser(library) as client:
        log_in(client, "root")
        del client.headers["sec-fetch-site"]
        before = state(library)
        for method, route in ALL:
            if method != "GET":
                answer = client.request(method, filled(route, "1"), headers=headers)
                assert answer.status_code == 403, route.path
                assert "not-allowed" in answer.text or "Not from here" in answer.text
        assert state(library) == before


def test_a_program_with_a_token_and_without_a_cookie_comes_through(library: Library) -> None:
    """G2: and its token counts, whatever session a cookie tells."""
    with library.catalogue.reading() as connection:
        rhea = people.named(connection, "rhea").id
    program = browser(library)
    del program.headers["sec-fetch-site"]
    headers = token(library, rhea, "personal")
    made = program.put("/api/v1/me", json={"shown": "Rhea"}, headers=headers)
    assert (made.status_code, made.json()["shown"]) == (200, "Rhea")
    assert log_in(browser(library), "root").get("/api/v1/users", headers=headers).status_code == 403
    with library.catalogue.writing() as connection:
        connection.execute(update(schema.users).where(schema.users.c.id == rhea).values(shown=""))
