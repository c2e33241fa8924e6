"""Personal things in a real browser: a shelf is filled where one stands, what was opened is noted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from pinakes.catalogue.clicks import clicked
from pinakes.catalogue.history import OPEN
from pinakes.catalogue.schema import events, users
from pinakes.library import Library
from tests.web.browser import NEEDS_BROWSER, Browser

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture(scope="module")
def library(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A copy of the library, which is written to."""
    place = tmp_path_factory.mktemp("personal") / "library"
    with library.catalogue.reading():
        shutil.copytree(library.folder, place)
    with Library.open(place) as opened:
        with opened.catalogue.writing() as connection:
            # What other tests left of the one person at this machine.
            connection.execute(delete(events))
            connection.execute(delete(users))
        yield opened


def test_a_work_is_shelved_from_the_results_seen_on_its_shelf_and_leads_to_others(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=red+boat")
    star = browser.one(".hits .star")
    title = browser.one(".hits h3").text
    assert star.attribute("aria-pressed") == "false"
    star.click()
    browser.until(lambda: star.attribute("aria-pressed") == "true", "the work on the shelf")
    assert browser.address == f"{site}?q=red+boat"
    assert star.text.startswith("On the shelf")
    browser.one('.links a[href="/shelves"]').click()
    browser.one(".own-list h2 a").click()
    browser.until(lambda: title in browser.one(".hits").text, "the work on its shelf")
    browser.one('.mine a[href="/for-you"]').click()
    because = browser.one(".because")
    assert title in because.text
    assert "My shelf" in because.text
    browser.open(site)
    assert "For you" in browser.one(".suggestions h2").text
    first = browser.one(".suggestions h3").text
    browser.one(".suggestions form button").click()
    browser.until(lambda: browser.all("h1") and first not in _suggested(browser), "another recommendation")


def _suggested(browser: Browser) -> list[str]:
    return [one.text for one in browser.all(".suggestions h3")]


def test_what_is_not_shelved_says_why(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=red+boat")
    star = browser.one(".hits .star[name=put]")
    browser.script("arguments[0].value = '999999'", star)
    star.click()
    told = browser.one("#shelving [role=status]:not(.unseen)")
    browser.until(lambda: "no item 999999" in told.text, "the reason")
    assert star.attribute("aria-pressed") == "false"
    assert len(browser.complaints) == 1


def test_what_is_opened_after_a_search_is_noted_and_turning_pages_is_not(
    browser: Browser, site: str, library: Library
) -> None:
    browser.open(f"{site}?q=lighthouse")
    browser.one(".hits h3 a").click()
    browser.one("[data-opened]")
    item = int(browser.one("[data-opened]").attribute("data-opened") or 0)
    browser.until(lambda: _clicked(library).get("lighthouse"), "the note of what was opened")
    assert _clicked(library)["lighthouse"] == (item,)
    beside = int(_number(browser.one(".similar h3 a").attribute("href")))
    browser.one(".similar h3 a").click()
    browser.until(lambda: browser.one("[data-opened]").attribute("data-opened") == str(beside), "the work beside")
    browser.until(lambda: beside in _opened(library), "the note of the work beside")
    assert _clicked(library)["lighthouse"] == (item,)
    before = _events(library)
    browser.script("location.reload()")
    browser.one("[data-opened]")
    browser.open(f"{site}items/{item}?q=lighthouse")
    browser.one("[data-opened]")
    browser.open(f"{site}history")
    assert browser.one(".own-list h2").text == "lighthouse"
    assert _events(library) == before


def _number(address: str | None) -> str:
    return (address or "").removeprefix("/items/").partition("?")[0]


def _clicked(library: Library) -> dict[str, tuple[int, ...]]:
    with library.catalogue.reading() as connection:
        return {one.query: one.items for one in clicked(connection)}


def _opened(library: Library) -> list[int]:
    with library.catalogue.reading() as connection:
        return list(connection.scalars(select(events.c.item_id).where(events.c.kind == OPEN)))


def _events(library: Library) -> int:
    with library.catalogue.reading() as connection:
        return len(connection.execute(select(events.c.id)).all())


def test_without_scripts_the_same_buttons_lead_back_to_the_same_place(browser: Browser, site: str) -> None:
    browser.scripts(on=False)
    browser.open(f"{site}?q=fog")
    browser.one('.hits .star[aria-pressed="false"]').click()
    browser.until(lambda: "#item-" in browser.address, "the way back")
    assert browser.address.startswith(f"{site}?q=fog#item-")
    assert browser.one('.hits .star[aria-pressed="true"]').attribute("name") == "take"


def test_personal_pages_fit_a_small_screen(browser: Browser, site: str) -> None:
    browser.size(320)
    for path in ("shelves", "shelves/1", "for-you", "searches", "history", "?q=boat", "items/1"):
        browser.open(f"{site}{path}")
        assert browser.script("return document.documentElement.scrollWidth") <= 320, path
