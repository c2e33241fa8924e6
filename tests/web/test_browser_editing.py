"""A work's description edited in a real browser: saved and found, two at a time, with the keyboard, small and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.accounts.editing import edit
from pinakes.library import Library
from tests.web import axe
from tests.web.browser import NEEDS_BROWSER, Browser, browsing
from tests.web.serving import served
from tests.web.shots import shot

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """One text with a sidecar that tells much."""
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "boat.txt").write_text("A small boat lay at the pier.")
    (folder / "boat.txt.json").write_text(
        '{"title": "The boat", "creator": ["Ilse Maravant", "a pupil"], "date": "1921", "subjects": "boat; pier",'
        ' "description": ["A boat at a pier.", "码头边的小船。"], "shelf": "B 4", "rights": "CC0 1.0"}'
    )
    with Library.open(tmp_path / "library", create=True, settings={"decoders": 1, "threads": 1}) as made:
        made.add(folder)
        yield made


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A browser in whose console there is no complaint at the end but that of the refusal."""
    with browsing(tmp_path) as opened:
        yield opened
        assert [one for one in opened.complaints if "409" not in one] == []


def write(browser: Browser, name: str, value: str) -> None:
    field = browser.one(f"[name='{name}']")
    browser.script("arguments[0].value = ''", field)
    field.type(value)


def save(browser: Browser) -> None:
    browser.script("document.body.dataset.before = '1'")
    browser.one(".telling button[type='submit']").click()
    browser.until(lambda: browser.script("return !document.body.dataset.before"), "the answer")


def looked_at(browser: Browser, script: str, width: int, name: str) -> None:
    """No wider than the window, nothing serious to complain of, and kept as a picture."""
    assert browser.script("return document.documentElement.scrollWidth") <= width
    assert axe.findings(browser, script) == []
    shot(browser, name)


def test_a_description_is_edited_found_and_defended_against_another_editor(library: Library, browser: Browser) -> None:
    number, script = library.search("boat")[0].item, axe.source()
    with served(library) as site:
        browser.size(1280)
        browser.open(f"{site}items/{number}?lang=en&theme=auto")
        browser.one(f"a[href='/items/{number}/edit']").click()
        write(browser, "is.title", "The glimmerwood boat")
        write(browser, "is.subjects", "boat\nnight")
        save(browser)
        assert "Saved." in browser.one(".notice").text
        looked_at(browser, script, 1280, "edit-saved")
        assert library.search("glimmerwood")[0].title == "The glimmerwood boat"
        # Meanwhile someone else says something else.
        edit(library.catalogue, None, number, {"title": ("Another boat",), "date": ("1922",)}, {})
        write(browser, "is.title", "My boat")
        save(browser)
        assert "Another boat" in browser.one(".now").text
        assert browser.script("return document.querySelector('[name=\"is.date\"]').value") == "1922"
        for width, colours in ((1280, "light"), (320, "dark")):
            browser.size(width, 700)
            browser.prefer(prefers_color_scheme=colours)
            looked_at(browser, script, width, f"edit-late-{width}-{colours}")
        save(browser)
        assert library.item(number).title == "My boat"
        for width, colours, language in ((320, "light", "en"), (320, "dark", "zh"), (1280, "dark", "zh")):
            browser.size(width, 700)
            browser.prefer(prefers_color_scheme=colours)
            browser.open(f"{site}items/{number}/edit?lang={language}")
            browser.script("for (const one of document.querySelectorAll('details')) one.open = true")
            looked_at(browser, script, width, f"edit-{width}-{colours}-{language}")
        browser.open(f"{site}admin/audit?lang=zh")
        looked_at(browser, script, 1280, "edit-log-zh")
