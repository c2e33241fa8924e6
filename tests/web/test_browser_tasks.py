"""Handing in a folder in a real browser, and looking on while it is added."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pinakes import tasks
from pinakes.library import Library
from pinakes.tasks import kinds
from pinakes.tasks.worker import work
from tests.tasks.conftest import working
from tests.web import axe
from tests.web.browser import NEEDS_BROWSER, Browser, browsing
from tests.web.people import PASSWORD, emptied, peopled
from tests.web.serving import served
from tests.web.shots import shot

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """An empty library in which things become durable one by one, so that there is something to look at."""
    with emptied(tmp_path, commit_parts=1, server_folders=str(tmp_path)) as made:
        yield made


@pytest.fixture
def site(library: Library) -> Iterator[str]:
    """The address of the library, served by a thread."""
    with served(library) as address:
        yield address


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A browser in whose console there is no complaint at the end."""
    with browsing(tmp_path) as opened:
        yield opened
        assert opened.complaints == []


def state(browser: Browser) -> str:
    """The state that is shown; what shows it may be drawn anew at any moment."""
    return str(browser.script("return document.querySelector('.now .state')?.textContent"))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Adding halts after a third and after two thirds until somebody has looked, however quick the machine is."""
    kept, thirds = kinds.kind_of("add"), (threading.Event(), threading.Event())

    def halting(library: Library, arguments: Mapping[str, Any], report: kinds.Report) -> dict[str, Any]:
        def told(done: int = 0, total: int = 0, failed: int = 0, message: str = "") -> None:
            report(done, total, failed, message)
            for past, third in enumerate(thirds, 1):
                if 3 * done >= past * total > 0:
                    third.wait(60)

        return kept.run(library, arguments, told)

    monkeypatch.setitem(kinds.KINDS._things, "add", dataclasses.replace(kept, run=halting))
    yield thirds
    for third in thirds:
        third.set()


def folder(place: Path, number: int) -> Path:
    """A folder of so many texts in another folder."""
    (place / "trip" / "far").mkdir(parents=True)
    for one in range(number):
        (place / "trip" / "far" / f"letter {one}.txt").write_text(f"Letter {one} tells of a lighthouse.")
    return place / "trip"


def test_an_editor_hands_in_a_folder_and_sees_how_far_it_is(
    library: Library,
    site: str,
    browser: Browser,
    tmp_path: Path,
    looked: tuple[threading.Event, threading.Event],
) -> None:
    peopled(library)
    browser.open(f"{site}login?next=/admin/collections&lang=en&theme=light")
    browser.one("input[name=name]").type("edith")
    browser.one("input[name=password]").type(PASSWORD)
    browser.one("main form button").click()
    browser.one("#deposit input[name=collection]").type("letters")
    browser.one("#deposit input[webkitdirectory]").type(str(folder(tmp_path, 900)))
    shot(browser, "collections")
    browser.one("#deposit button[type=submit]").click()
    browser.until(lambda: "/admin/tasks/1" in browser.address, "the page of the task")
    assert state(browser) == "Waiting"
    # From here on the page is not asked for again by the test: what changes in it, it has been told.
    browser.script("document.querySelector('h1').dataset.same = '1'")
    with working(library):
        browser.until(lambda: state(browser) == "Running", "a task that runs")
        first = browser.until(lambda: counted(browser), "a number")
        looked[0].set()
        second = browser.until(lambda: counted(browser) > first and counted(browser), "a number that grew")
        shot(browser, "task-running")
        looked[1].set()
        browser.until(lambda: state(browser) == "Done", "a task that is done")
    assert browser.script("return document.querySelector('#told').textContent") == "Done"
    assert 0 < first < second < 900
    assert browser.all("h1[data-same]")
    assert "900" in browser.one(".facts").text
    shot(browser, "task-done")
    browser.one(".button.second").click()
    assert "900" in browser.one(".bar .total").text
    assert browser.one(".hits h3").text.startswith("letter")


def test_pages_of_tasks_and_folders_have_nothing_grave_for_who_can_not_see_them(
    library: Library, site: str, browser: Browser, tmp_path: Path
) -> None:
    """The pages that stand for one task or one folder each."""
    script = axe.source()
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.7 nothing")
    numbers = [
        tasks.ask(library, "add", {"paths": [str(folder(tmp_path, 3))], "collection": "letters"}),
        tasks.ask(library, "add", {"paths": [str(tmp_path / "torn.pdf")]}),
        tasks.ask(library, "add", {"paths": ["nowhere"]}),
    ]
    work(library.folder, library.settings, until_empty=True)
    numbers.append(tasks.ask(library, "check", {}))
    addresses = [*(f"admin/tasks/{number}" for number in numbers), "admin/tasks", "admin/collections"]
    addresses.append(f"admin/collections/folders?path={tmp_path / 'trip'}")
    for width, colours, language in ((1280, "light", "en"), (320, "dark", "zh")):
        browser.size(width)
        for address in addresses:
            browser.open(f"{site}{address}{'&' if '?' in address else '?'}lang={language}&theme={colours}")
            assert axe.findings(browser, script) == [], address
            assert browser.script("return document.documentElement.scrollWidth") <= width, address


def counted(browser: Browser) -> int:
    """How many of the 900 the page says are done; 0 before it says so."""
    shown = browser.script("return document.querySelector('.counted')?.textContent.trim()")
    done, _, total = str(shown or "").partition(" / ")
    return int(done) if total == "900" else 0


def test_without_scripts_the_page_of_a_task_asks_again_by_itself(
    library: Library, site: str, browser: Browser, tmp_path: Path
) -> None:
    browser.scripts(on=False)
    browser.open(f"{site}admin/collections?lang=en&theme=light")
    browser.one("#deposit input[type=file]:not([webkitdirectory])").type(str(folder(tmp_path, 1) / "far/letter 0.txt"))
    browser.one("#deposit button[type=submit]").click()
    browser.until(lambda: "/admin/tasks/1" in browser.address, "the page of the task")
    with working(library):
        browser.until(lambda: state(browser) == "Done", "a task that is done")
    browser.open(f"{site}admin/collections")
    assert "main" in browser.one("tbody").text
    browser.size(320)
    assert browser.script("return document.documentElement.scrollWidth") in (320, None)


def test_a_file_that_is_refused_is_told_in_its_place(library: Library, site: str, browser: Browser) -> None:
    browser.open(f"{site}admin/collections?lang=en&theme=dark")
    browser.one("#deposit button[type=submit]").click()
    browser.until(lambda: "No file was chosen" in browser.one("#sent span").text, "what was wrong")
    assert [one for one in browser.complaints if "422" not in one] == []
