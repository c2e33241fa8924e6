"""A small library with a work of every medium, served to a client in the test's own process, and to a browser.

What a browser shows at the end of each test is kept as a picture in `build/shots`, or where PINAKES_SHOTS says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pinakes.encoders.builtin import files
from pinakes.library import Library
from pinakes.web.app import application
from tests.library.test_adding import BLUE, RED, picture
from tests.media import makers
from tests.web.browser import Browser, browsing
from tests.web.serving import served
from tests.web.shots import wrong_with

SHOTS = Path(os.environ.get("PINAKES_SHOTS") or Path(__file__).parents[2] / "build" / "shots")
HOST = "http://127.0.0.1:8642"
# A title that would be markup, were it not escaped.
SPITEFUL = '"><script>alert(1)</script>'


def filled(place: Path) -> Path:
    """A work of each medium."""
    folder = place / "media"
    folder.mkdir(parents=True)
    picture(folder / "red boat.png", RED)
    picture(folder / "blue boat.png", BLUE, seed=1)
    (folder / "red boat.png.json").write_text(
        '{"title": "A red boat", "creator": "Ilse Maravant", "date": "1902-03-04"}'
    )
    (folder / "letter.txt").write_text("The keeper of the lighthouse wrote this letter about a boat & <b>fog</b>.")
    (folder / "spite.txt").write_text("A boat of spite.")
    (folder / "spite.txt.json").write_text(f'{{"title": "{SPITEFUL.replace(chr(34), chr(92) + chr(34))}"}}')
    (folder / "poem.txt").write_text("黄昏，小河上停着一艘红色的小船。")
    (folder / "bell.wav").write_bytes(makers.sound(samples=makers.tone(3.0)))
    (folder / "pages.pdf").write_bytes(makers.pdf(["A page about a red boat.", "A second page about a lighthouse."]))
    (folder / "book.epub").write_bytes(makers.epub())
    (folder / "film.mp4").write_bytes(makers.film("mp4"))
    return folder


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The library, made once for all tests of a process; none of them changes what is in it."""
    place = tmp_path_factory.mktemp("web")
    folder = filled(place)
    settings = {"decoders": 1, "threads": 1}
    with pytest.MonkeyPatch.context() as patch:
        # What the built-in encoder finds by looks differs from one version to the next.
        patch.setattr(files, "FOLDER", place / "nothing")
        made = Library.open(place / "library", create=True, settings=settings)
        report = made.add(folder)
    with made:
        assert report.failed == 0, [str(told.error) for told in report.failures]
        yield made


@pytest.fixture(scope="session")
def client(library: Library) -> Iterator[TestClient]:
    """A reader of its pages, who follows no redirect unasked and is told of faults as strangers are."""
    app = application(library, "127.0.0.1")
    with TestClient(app, HOST, raise_server_exceptions=False, follow_redirects=False) as reader:
        yield reader


@pytest.fixture
def parting(client: TestClient) -> Iterator[TestClient]:
    """The same where the server is about to end: what is told for as long as one listens ends at once."""
    ending = client.app.state.ending  # type: ignore[attr-defined]
    ending.set()
    yield client
    ending.clear()


@pytest.fixture(scope="session")
def item(library: Library) -> dict[str, int]:
    """The items by the names of their files."""
    found = {}
    for hit in library.search(where={"modality": ["text", "image", "audio"]}, limit=100):
        found[Path(hit.path).name] = hit.item
    return found


@pytest.fixture(scope="module")
def site(library: Library) -> Iterator[str]:
    """The address of the library, served by a thread."""
    with served(library) as address:
        yield address


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests."""
    with browsing(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def browser(window: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The browser as a reader begins, who finds at the end no complaint in its console and nothing grossly broken."""
    window.scripts(on=True)
    window.size(1280)
    window.prefer(prefers_color_scheme="light", prefers_reduced_motion="reduce")
    window.open(f"{site}?theme=auto&lang=en")
    assert window.complaints == []
    yield window
    SHOTS.mkdir(parents=True, exist_ok=True)
    shot = SHOTS / f"{re.sub('[^a-z0-9_]+', '-', request.node.name)}.png"
    window.photograph(shot)
    assert wrong_with(window, shot) == ""
    # A page that is not there is part of a test, and Chromium says so.
    assert [one for one in window.complaints if "/nowhere - " not in one] == []
