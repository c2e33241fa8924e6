"""Searching in a real browser while the library changes, the server refuses, and the reader is quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.errors import DeadlinePassed
from pinakes.library import Library
from pinakes.web.pages import search
from tests.web.browser import ENTER, ESCAPE, NEEDS_BROWSER, Browser
from tests.web.people import PASSWORD, peopled
from tests.web.serving import served
from tests.web.test_searching_on import WORDS, snowy, written

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """Texts about snow."""
    with snowy(tmp_path) as made:
        yield made


@pytest.fixture
def site(library: Library) -> Iterator[str]:
    """The address of the library, served by a thread."""
    with served(library) as address:
        yield address


@pytest.fixture
def browser(browser: Browser, site: str) -> Iterator[Browser]:
    """The browser, which leaves the page at the end: what that would ask for later finds no server any more."""
    yield browser
    browser.open(site)


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


@pytest.mark.parametrize("width", [360, 768, 1000])
def test_no_page_is_wider_than_its_window_for_a_long_name(
    browser: Browser, site: str, library: Library, tmp_path: Path, width: int
) -> None:
    library.add(written(tmp_path / "named", "n" * 200), collection="c" * 120)
    number = library.search("path:nnn*")[0].item
    browser.size(width, 800)
    pages = ("?q=snow", "?q=" + "w" * 300, f"?q=snow&where=collection%3D{'d' * 200}", f"items/{number}/edit")
    for page in (*pages, "admin/collections", "admin/training/new"):
        browser.open(site + page)
        wide, room = browser.script("return ['scrollWidth', 'clientWidth'].map((one) => document.documentElement[one])")
        assert wide <= room, page


# As a browser has it that is told to keep nothing for pages.
_KEEPS_NOTHING = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("No.", "SecurityError"); } });
}
"""


def test_pages_do_what_they_do_where_the_browser_keeps_nothing(browser: Browser, site: str) -> None:
    added = browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=_KEEPS_NOTHING)
    browser.open(f"{site}?q=snow")
    browser.until(lambda: len(items(browser)) == 5, "the pages that follow")
    browser.press("/")
    assert browser.focused == "q"
    browser.script("document.activeElement.blur()")
    browser.press("?")
    browser.one("[data-wish=keys]").click()
    browser.press(ESCAPE)
    browser.press("/")
    assert browser.focused != "q"
    browser.one(".hits h3 a").click()
    browser.call("POST", "/back", {})
    browser.until(lambda: items(browser), "the search")
    assert browser.complaints == []
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])


def refusals(browser: Browser) -> list[str]:
    """What the console says of answers that are errors, each of which it repeats by its number."""
    found = browser.complaints
    assert all("the server responded with a status of" in one for one in found)
    return found


def test_a_refusal_while_one_types_is_told_above_what_was_found(
    browser: Browser, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.script("localStorage.setItem('pinakes-endless', 'off')")
    browser.open(f"{site}?q=snow")
    before = items(browser)

    def late(*_: object) -> None:
        raise DeadlinePassed("The query took too long.")

    monkeypatch.setattr(search, "searched_now", late)
    browser.one("#q").type(" boats")
    assert "The query took too long." in browser.one("#results .note.failed").text
    for once in ("header", "main", "footer"):
        assert len(browser.all(once)) == 1
    assert items(browser) == before
    assert refusals(browser)
    monkeypatch.undo()
    browser.one("#q").type(" and")
    browser.until(lambda: not browser.all("#results .note.failed"), "that it is over")
    browser.script("localStorage.clear()")


@pytest.mark.usefixtures("quick_passwords")
def test_who_is_logged_out_while_they_type_logs_in_and_finds_what_they_typed(
    browser: Browser, site: str, library: Library
) -> None:
    browser.open(f"{site}?q=snow")
    peopled(library)
    browser.one("#q").type(" boats")
    browser.until(lambda: "/login?next=" in browser.address, "the login page")
    assert refusals(browser)
    browser.one("[name=name]").type("rhea")
    browser.one("[name=password]").type(PASSWORD)
    browser.one("form.form button").click()
    browser.until(lambda: browser.address == f"{site}?q=snow+boats", "the search")
    assert browser.one("#q").attribute("value") == "snow boats"
    browser.call("DELETE", "/cookie")


_PASTE = """
const [selector, words] = arguments;
const carried = new DataTransfer();
if (words) carried.setData("text/plain", words);
carried.items.add(new File([new Uint8Array([1, 2, 3])], "cells.png", { type: "image/png" }));
const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: carried });
document.querySelector(selector).dispatchEvent(event);
return event.defaultPrevented;
"""


def test_words_that_come_with_a_picture_of_them_are_pasted_as_words_into_a_field(browser: Browser, site: str) -> None:
    for field in ("#q", "#hand-form textarea"):
        assert not browser.script(_PASTE, field, "boats")
    assert browser.script("return document.querySelector('#sending').hidden")
    # A picture by itself is handed in, wherever one stands, and so is one that words describe where there is no field.
    assert browser.script(_PASTE, "#q", "")
    browser.until(lambda: "cells.png" in browser.one("#sending").text, "that it is taken")
    assert browser.script(_PASTE, "body", "boats")
    browser.until(lambda: browser.script("return !document.querySelector('[aria-busy]')"), "the answers")
    assert all("/uploads" in one for one in browser.complaints)


def test_who_leaves_the_box_finds_in_it_what_they_wrote(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=snow")
    browser.press("/")
    assert browser.focused == "q"
    browser.press(ESCAPE)
    assert browser.focused != "q"
    assert browser.script("return document.querySelector('#q').value") == "snow"


def test_the_title_of_the_window_follows_what_is_typed(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=snow")
    title = "return document.title"
    assert browser.script(title) == "snow · Pinakes"
    browser.one("#q").type(" boats")
    browser.until(lambda: browser.script(title) == "snow boats · Pinakes", "the title")
    first = browser.script("return fetch('/').then((answer) => answer.text())")
    browser.script("const q = document.querySelector('#q'); q.value = ''; q.dispatchEvent(new Event('input'))")
    browser.until(lambda: f"<title>{browser.script(title)}</title>" in first, "the title of the first page")


# As soon as the first results are there, the reasons of the first of them are opened.
_OPENED = """
const results = document.querySelector('#results');
const seen = new MutationObserver(() => {
  seen.disconnect();
  document.old = results.querySelector('.why summary');
  document.old.parentElement.open = true;
  document.old.focus();
});
seen.observe(results, { childList: true });
"""


def test_what_is_opened_stays_open_and_keeps_the_focus_when_precise_results_follow_quick_ones(
    browser: Browser, site: str
) -> None:
    browser.open(f"{site}?q=sno")
    browser.script(_OPENED)
    browser.one("#q").type("w")
    browser.until(lambda: browser.script("return document.old && !document.old.isConnected"), "the precise ones")
    assert browser.script("return document.querySelector('.why').open")
    assert browser.script("return document.activeElement.matches('.why[open] summary')")


def test_facets_that_were_opened_on_a_small_screen_stay_open_while_one_types(browser: Browser, site: str) -> None:
    browser.size(320, 700)
    browser.open(f"{site}?q=snow")
    assert not browser.script("return document.querySelector('.fold').open")
    browser.one(".fold > summary").click()
    browser.script(
        "document.querySelector('.fold [name=from]').value = '18'; document.old = document.querySelector('.fold')"
    )
    browser.one("#q").type(" boats")
    browser.until(lambda: not browser.script("return document.old.isConnected"), "other results")
    assert browser.script("return document.querySelector('.fold').open")
    browser.until(lambda: browser.address == f"{site}?q=snow+boats", "the results")


def test_dates_that_are_being_written_stay_when_results_follow(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=snow")
    for name, date in (("from", "1890"), ("to", "19")):
        browser.one(f".dates [name={name}]").type(date)
    browser.script("document.old = document.querySelector('.dates')")
    browser.one("#q").type(" boats")
    browser.until(lambda: not browser.script("return document.old.isConnected"), "other results")
    values = "return [...document.querySelectorAll('.dates input[type=text]')].map((one) => one.value)"
    assert browser.script(values) == ["1890", "19"]
    browser.until(lambda: browser.address == f"{site}?q=snow+boats", "the results")


# What is written, and of how many events the last ones bring what stands in the box already, as from an input method.
_COMPOSED = """
const box = document.querySelector('#q');
const composed = () => new InputEvent('input', { inputType: 'insertCompositionText' });
box.value = arguments[0];
for (let times = arguments[1]; times > 0; times--) box.dispatchEvent(composed());
"""


def test_results_come_when_an_input_method_ends_with_what_stands_there(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=snow")
    browser.script(_COMPOSED, "snow boats", 2)
    browser.until(lambda: browser.address == f"{site}?q=snow+boats", "the results")


def test_a_way_to_search_that_is_chosen_while_one_types_stays_chosen(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=snow")
    browser.script(_COMPOSED, "snow boats", 1)
    browser.script("document.querySelector('[name=mode][value=quick]').click()")
    # Longer than the pause after which precise results would come.
    browser.wait_for_script("setTimeout(arguments[0], 1200)")
    browser.until(lambda: not browser.all("#results[aria-busy]"), "the results")
    assert browser.address == f"{site}?q=snow+boats&mode=quick"


def test_a_text_that_was_written_goes_along_with_a_file_that_is_chosen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("Snow fell on the boats.")
    browser.one("#hand summary").click()
    browser.one("#hand-form textarea").type("Lamps in winter.")
    browser.one("#hand input[type=file]").type(str(path))
    browser.until(lambda: len(browser.all(".chip.upload")) == 2, "both")
    assert [one.text for one in browser.all(".chip.upload .label")] == ["mine.txt", "Lamps in winter."]


_PASTED = """
const box = document.querySelector('#q');
box.value = arguments[0];
box.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: arguments[1] }));
"""


@pytest.mark.parametrize("way", ["insertFromPaste", "insertText"])
def test_a_long_text_is_handed_in_when_it_is_pasted_or_sent(browser: Browser, site: str, way: str) -> None:
    browser.open(site)
    browser.script(_PASTED, "Snow fell on the boats in the harbour. " * 300, way)
    if way == "insertText":
        browser.one("#q").type(ENTER)
    browser.until(lambda: "with=upload" in browser.address, "the search")
    assert "Snow fell on the boats" in browser.one(".chip.upload").text
    assert browser.script("return document.querySelector('#q').value") == ""
