"""What only a browser has: a microphone, a camera, results that go on by themselves, and a way back."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from pinakes.library import Library, uploads
from tests.web.browser import NEEDS_BROWSER, Browser

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


def test_a_sound_from_the_microphone_becomes_a_term(browser: Browser, library: Library) -> None:
    browser.one("#q").type("bell")
    browser.one("#hand summary").click()
    assert browser.script(
        "return [...document.querySelectorAll('#hand-form [capture]')].every((one) => !one.offsetParent)"
    )
    button = browser.one("[data-record=sound]")
    button.click()
    browser.until(lambda: button.attribute("aria-pressed") == "true", "listening")
    time.sleep(2.5)
    button.click()
    browser.until(lambda: "with=upload" in browser.address, "the search")
    assert "q=bell" in browser.address
    assert "recording." in browser.one(".chip.upload").text
    name = browser.address.partition("upload%3A")[2].partition("&")[0]
    assert uploads.find(library, name).modality == "audio"


def test_a_picture_from_the_camera_becomes_a_term(browser: Browser, library: Library) -> None:
    browser.one("#hand summary").click()
    browser.one("[data-record=picture]").click()
    browser.until(lambda: browser.script("return document.querySelector('#camera video').videoWidth"), "the camera")
    browser.one("[data-take]").click()
    browser.until(lambda: "with=upload" in browser.address, "the search")
    assert "photograph.jpeg" in browser.one(".chip.upload").text
    name = browser.address.partition("upload%3A")[2].partition("&")[0]
    assert uploads.find(library, name).modality == "image"


def test_what_can_not_be_read_is_told_on_the_page_where_one_is(browser: Browser, site: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    browser.one("#q").type("boat")
    browser.drop("body", path, "image/png")
    told = browser.one("#sending")
    browser.until(lambda: "broken.png is damaged" in told.text, "what is wrong")
    assert browser.address.startswith(site)
    # The answer says by its number that it could not be read, and the console repeats that.
    assert all("/uploads" in one for one in browser.complaints)


@pytest.fixture
def few(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hits on a page, so that there are several."""
    monkeypatch.setattr(library._catalogue, "settings", replace(library.settings, page_hits=2))


def titles(browser: Browser) -> list[str]:
    """The titles of the hits."""
    found: list[str] = browser.script("return [...document.querySelectorAll('.hits h3')].map((one) => one.textContent)")
    return found


@pytest.mark.usefixtures("few")
def test_results_go_on_by_themselves_near_the_end(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=boat&unlikely=1")
    browser.until(lambda: len(titles(browser)) > 4, "more results")
    assert len(set(titles(browser))) == len(titles(browser))


@pytest.mark.usefixtures("few")
def test_results_go_on_at_a_click_alone_where_a_reader_wishes_so_and_the_way_back_keeps_them(
    browser: Browser, site: str
) -> None:
    browser.size(700, 500)
    browser.one("[data-open=keys]").click()
    browser.one("#use-endless").click()
    browser.open(f"{site}?q=boat&unlikely=1")
    time.sleep(0.5)
    assert len(titles(browser)) == 2
    browser.one(".pages .more").click()
    browser.until(lambda: len(titles(browser)) == 4, "the next results")
    last = titles(browser)[3]
    browser.script("scrollTo(0, 150); document.querySelectorAll('.hits h3 a')[3].click()")
    browser.until(lambda: "/items/" in browser.address, "the item")
    browser.call("POST", "/back", {})
    browser.until(lambda: len(titles(browser)) == 4, "the results as they were")
    assert titles(browser)[3] == last
    assert browser.script("return scrollY") > 0
    browser.script("localStorage.clear()")


def test_a_server_that_is_gone_is_told_of(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=boat")
    browser.devtools("Network.enable")
    offline = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.devtools("Network.emulateNetworkConditions", offline=True, **offline)
    browser.one("#q").type(" red")
    assert "could not be fetched" in browser.one("#results .note.failed").text
    browser.devtools("Network.emulateNetworkConditions", offline=False, **{**offline, "downloadThroughput": -1})
    complaints = browser.complaints
    assert [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_what_is_printed_are_the_works_and_not_what_is_pressed(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=boat")
    browser.devtools("Emulation.setEmulatedMedia", media="print", features=[])
    shown = "return [...document.querySelectorAll(arguments[0])].some((one) => one.offsetParent)"
    try:
        assert browser.script(shown, ".hits h3")
        assert browser.script(shown, ".chip .label")
        for pressed in (".knob", ".box", ".facets", ".hand", ".saving a", ".doing a", "button", ".foot"):
            assert not browser.script(shown, pressed), pressed
    finally:
        browser.devtools("Emulation.setEmulatedMedia", media="", features=[])
