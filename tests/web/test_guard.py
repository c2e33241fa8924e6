"""Strangers, other sites, hostile bodies and paths: what is refused, and what protects every answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from types import SimpleNamespace

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pinakes.library import Library
from pinakes.limits import Limits
from pinakes.web.app import application, routes
from pinakes.web.http.gate import Pace
from pinakes.web.http.guard import HEADERS, names
from pinakes.web.http.ranges import attachment, span_of
from tests.limits.web import answered
from tests.web.conftest import HOST

pytestmark = pytest.mark.reliability

UNSAFE = [route for route in routes() if isinstance(route, Route) and "POST" in (route.methods or ())]
ALL = [route for route in routes() if isinstance(route, Route)]


def filled_in(route: Route) -> str:
    """An address of a route."""
    return (
        route.path.replace("{number:whole}", "1")
        .replace("{format}", "bibtex")
        .replace("{name}", "page.css")
        .replace("{mark}", "x")
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.9", "localhost.evil:8642", "", "[::1", "a@b", "0"]
)
def test_a_name_that_was_made_to_mean_our_address_is_refused(client: TestClient, host: str) -> None:
    """G14: DNS rebinding."""
    for address in ("/", "/api/v1/health", "/parts/1/original"):
        refused = client.get(address, headers={"host": host})
        assert refused.status_code == 403
        assert "not-allowed" in refused.text or "Not from here" in refused.text


@pytest.mark.parametrize("host", ["127.0.0.1:8642", "localhost:8642", "LOCALHOST", "[::1]:8642"])
def test_our_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/health", headers={"host": host}).status_code == 200


def test_an_address_that_others_reach_answers_to_numbers_and_to_names_that_are_listed() -> None:
    known = names("0.0.0.0", "library.example, Books.example")
    assert known.admit("192.168.1.9:8642")
    assert known.admit("books.example")
    assert not known.admit("evil.example")


@pytest.mark.parametrize("route", UNSAFE, ids=lambda route: route.path)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": HOST},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"cookie": "language=en"},
    ],
)
def test_what_changes_something_is_asked_by_our_own_pages_alone(
    client: TestClient, route: Route, headers: dict[str, str]
) -> None:
    """G2: requests of other sites."""
    assert client.post(route.path, headers=headers, content=b"x").status_code == 403


@pytest.mark.parametrize("headers", [{}, {"origin": HOST}, {"sec-fetch-site": "same-origin", "cookie": "theme=dark"}])
def test_our_own_pages_and_programs_may_hand_in(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/uploads", headers=headers, content=b"A text about a boat.").status_code == 201


@pytest.mark.parametrize("route", ALL, ids=lambda route: f"{route.path}")
def test_every_answer_is_protected(parting: TestClient, route: Route) -> None:
    """G9: every route of the table, found or not."""
    for method in ("GET", "POST", "DELETE"):
        answer = parting.request(method, filled_in(route))
        assert answer.status_code < 500 or route.path.endswith("/health")
        for name, value in HEADERS.items():
            if name == "Content-Security-Policy":
                assert "'unsafe" not in answer.headers[name]
                assert "default-src 'none'" in answer.headers[name]
            elif name == "Cache-Control":
                kept = answer.headers[name]
                assert kept.startswith(("private", "no-store")) or route.path.startswith("/static/")
            else:
                assert answer.headers[name] == value
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_nothing_is_changed_by_asking(parting: TestClient, library: Library) -> None:
    """G2: a GET changes nothing."""
    before = library._catalogue.generation()
    for route in ALL:
        if "GET" in (route.methods or ()):
            parting.get(filled_in(route))
    assert library._catalogue.generation() == before


PATHS = (
    "/static/x/../app.py",
    "/static/x/..%2fapp.py",
    "/static/x/%2e%2e%2fapp.py",
    "/static/x/..%252fapp.py",
    "/static/x/%00",
    "/static/x//etc/passwd",
    "/uploads/..%2fcatalogue.sqlite/preview",
    "/uploads/%2fetc%2fpasswd/preview",
    "/uploads/con.json/preview",
    "/parts/..%2f1/thumbnail",
    "/parts/1%00/original",
    "/items/1/citation/..%2f..%2fbibtex",
    "/parts/-1/original",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_of_a_request_is_ever_opened(client: TestClient, path: str) -> None:
    """B6: paths in every disguise."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["file:/etc/passwd", "/etc/passwd", "letter.txt", "upload:../catalogue.sqlite", "item:x", "file:letter.txt"],
)
def test_no_query_ever_names_a_file(client: TestClient, query: str) -> None:
    for name in ("q", "with", "where"):
        answer = client.get("/", params={name: query})
        assert answer.status_code in (200, 400, 404)
        assert "root:" not in answer.text


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "%2f%2fevil.example"])
def test_no_answer_sends_elsewhere(client: TestClient, target: str) -> None:
    """G14: open redirects."""
    for name in ("next", "back", "q", "with"):
        answer = client.get("/", params={name: target})
        assert answer.status_code != 302
        assert "location" not in answer.headers
    sent = client.post("/uploads", data={"text": "a boat", "q": target, "next": target})
    assert sent.headers["location"].startswith("/?")


def small(library: Library, **bounds: float) -> TestClient:
    """A client of the same library under other bounds."""
    from dataclasses import replace

    settings = replace(library.settings, limits=replace(library.settings.limits, **bounds))

    class Served:
        """The library with those settings."""

        def __getattr__(self, name: str) -> object:
            return settings if name == "settings" else getattr(library, name)

    return TestClient(application(Served(), "127.0.0.1"), HOST, raise_server_exceptions=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("told", ["true", "less", "none"])
def test_a_body_is_refused_at_the_first_byte_too_many(library: Library, told: str) -> None:
    """G6: whatever its length was said to be."""
    taken = 0

    def body() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(400):
            taken += 1000
            yield b"x" * 1000

    reader = small(library, max_upload_bytes=10_000)
    headers = {"true": {"content-length": "400000"}, "less": {"content-length": "10"}, "none": {}}[told]
    answer = reader.post("/api/v1/uploads", content=body(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too-large"
    assert not list((library.folder / "uploads").glob("*.part"))


def test_a_form_has_bounds_too(client: TestClient) -> None:
    """G6: fields and part headers."""
    many = "&".join(f"a{number}=1" for number in range(2_000)).encode()
    head = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/uploads", content=many, headers=head).status_code in (303, 400, 413, 415)
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n1\r\n' for _ in range(2_000)) + b"--x--"
    head = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/uploads", content=parts, headers=head).status_code == 400
    broken = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nX: ' + b"y" * 17_000
    assert client.post("/uploads", content=broken, headers=head).status_code in (400, 413)


def test_what_is_too_much_at_once_is_sent_away_and_the_rest_is_answered() -> None:
    """F3: two hundred at the same moment."""
    states = answered(Limits(requests_at_once=8, requests_waiting=92), 200)
    assert (states.count(204), states.count(503)) == (100, 100)


def test_what_would_wait_too_long_for_its_turn_is_sent_away() -> None:
    """F3: those who are let in are answered."""
    states = answered(Limits(requests_at_once=2, requests_waiting=9, wait_seconds=0.01), 7, after=0.05)
    assert (states.count(204), states.count(503)) == (2, 5)


def test_a_search_that_would_wait_too_long_for_those_before_it_is_sent_away(library: Library) -> None:
    reader = small(library, wait_seconds=0.01)
    none_left = SimpleNamespace(acquire_on_behalf_of=lambda _: anyio.sleep_forever())
    reader.app.state.searching = none_left  # type: ignore[attr-defined]
    late = reader.get("/?q=boat")
    assert (late.status_code, late.headers["retry-after"]) == (503, "1")


def test_how_long_one_would_wait_is_told_by_how_soon_places_are_given_back() -> None:
    moments = iter([0.0, 0.5, 1.0, 9.0, 9.1])
    pace = Pace(lambda: next(moments))
    pace.waits(0)
    pace.given_back()
    pace.waits(1)
    pace.given_back()
    assert pace.seconds == pytest.approx(0.5)
    # Those who come to an empty queue are not told of the one before.
    pace.waits(0)
    pace.given_back()
    assert pace.seconds == pytest.approx(0.1)


def test_what_comes_too_late_is_told_whole(library: Library) -> None:
    """F3: a thread that outlasts the time of its request leaves no answer that was begun and never ended."""

    def slow(_request: Request) -> Response:
        time.sleep(0.3)
        return Response("done")

    reader = small(library, request_seconds=0.1)
    reader.app.router.routes = [Route("/api/v1/slow", slow)]  # type: ignore[attr-defined]
    late = reader.get("/api/v1/slow")
    assert (late.status_code, late.json()["error"]["code"]) == (503, "deadline")


def test_a_fault_is_told_by_a_number_and_explained_in_the_log(
    library: Library, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G12: no trace, path or SQL."""

    def broken(_request: Request) -> Response:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    app = application(library, "127.0.0.1")
    app.router.routes = [Route("/page", broken), Route("/api/v1/program", broken)]
    reader = TestClient(app, HOST, raise_server_exceptions=False)
    for path in ("/page", "/api/v1/program"):
        caplog.clear()
        with caplog.at_level(logging.ERROR, "pinakes.web"):
            answer = reader.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        number = caplog.records[0].args[0]  # type: ignore[index]
        assert str(number) in answer.text
        assert "SELECT secret" in caplog.text


def test_originals_are_downloads_unless_browsers_play_them(
    client: TestClient, item: dict[str, int], library: Library
) -> None:
    """G10: nothing that was handed in is shown as it came."""
    for name, kind in (("letter.txt", "octet-stream"), ("red boat.png", "octet-stream"), ("bell.wav", "audio/wav")):
        part = library.parts(item[name])[0].id
        answer = client.get(f"/parts/{part}/original")
        assert kind in answer.headers["content-type"]
        assert ("attachment" in answer.headers["content-disposition"]) == (kind == "octet-stream")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert client.get(f"/parts/{part}/original?download=1").headers["content-disposition"].startswith("attachment")


def test_sounds_are_handed_over_in_ranges(client: TestClient, item: dict[str, int], library: Library) -> None:
    address = f"/parts/{library.parts(item['bell.wav'])[0].id}/original"
    whole = client.get(address)
    assert whole.headers["accept-ranges"] == "bytes"
    some = client.get(address, headers={"range": "bytes=4-7"})
    assert (some.status_code, some.content) == (206, whole.content[4:8])
    assert some.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
    assert client.get(address, headers={"range": "bytes=-4"}).content == whole.content[-4:]
    beyond = client.get(address, headers={"range": f"bytes={len(whole.content)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")
    again = client.get(address, headers={"if-none-match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    older = client.get(address, headers={"range": "bytes=4-7", "if-range": '"other"'})
    assert older.status_code == 200
    assert client.head(address).headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("bytes=0-", range(10)),
        ("bytes=3-5", range(3, 6)),
        ("bytes=3-99", range(3, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-99", range(10)),
        ("bytes=-0", None),
        ("bytes=10-", None),
        ("bytes=5-3", None),
        ("bytes=-", range(10)),
        ("bytes=0-1,3-4", range(10)),
        ("items=0-1", range(10)),
    ],
)
def test_a_range_is_read_as_the_standard_says(wanted: str, found: range | None) -> None:
    assert span_of(wanted, 10) == found


def test_a_file_is_saved_under_its_name_whatever_letters_are_in_it() -> None:
    """G9: no header is left by a name."""
    told = attachment('a"b\r\nSet-Cookie: x=1;漢\udcff.txt')
    assert "\r" not in told
    assert "\n" not in told
    assert told.count('"') == 2
    assert "%E6%BC%A2" in told
    told.encode("latin-1")
