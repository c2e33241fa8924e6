"""Searching in a real browser while the library changes, the server refuses, and the reader is quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.library import Library
from tests.web.browser import NEEDS_BROWSER, Browser
from tests.web.people import emptied
from tests.web.serving import served
from tests.web.test_searching_on import WORDS, written

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """Texts about snow, two on a page."""
    with emptied(tmp_path, page_hits=2) as made:
        made.add(written(tmp_path / "snow", *WORDS[:5]))
        yield made


@pytest.fixture
def site(library: Library) -> Iterator[str]:
    """The address of the library, served by a thread."""
    with served(library) as address:
        yield address


def items(browser: Browser) -> list[str]:
    """The hits by the numbers of their items."""
    found: list[str] = browser.script("return [...document.querySelectorAll('.hits > li[id]')].map((one) => one.id)")
    return found


def test_results_go_on_where_the_library_has_changed_without_repeating_any(
    browser: Browser, site: str, library: Library, tmp_path: Path
) -> None:
    browser.script("localStorage.setItem('pinakes-endless', 'off')")
    browser.open(f"{site}?q=snow")
    library.add(written(tmp_path / "more", *WORDS[5:]))
    browser.one(".pages .more").click()
    assert "library has changed" in browser.one(".hits > .note").text
    while browser.all(".pages .more"):
        before = browser.script("return document.querySelector('.pages .more').href")
        browser.one(".pages .more").click()
        browser.until(
            lambda before=before: browser.script("return document.querySelector('.pages .more')?.href") != before,
            "the next page",
        )
    assert len(set(items(browser))) == len(items(browser))
    assert len(browser.all(".hits > .note")) == 1
    assert browser.script("return document.querySelector('#said').textContent").startswith("The library has changed")
    browser.script("localStorage.clear()")
