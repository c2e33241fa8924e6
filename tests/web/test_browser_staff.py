"""A training begun from its form, watched and stopped in a real browser; answers graded by keys at the desk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pinakes.errors import DiskFull
from pinakes.library import Library, runs
from pinakes.web.pages import desk
from tests.library.test_runs import squares
from tests.web.browser import NEEDS_BROWSER, Browser, browsing
from tests.web.serving import served
from tests.web.shots import shot

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture
def library(tmp_path: Path, classical_alone: None) -> Iterator[Library]:
    """A few dark and light squares."""
    with Library.open(tmp_path / "library", create=True, settings={"decoders": 1, "threads": 1}) as made:
        assert made.add(squares(tmp_path / "squares")).failed == 0
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


@contextmanager
def working(library: Library) -> Iterator[None]:
    """A worker in a process of its own, as a server starts one."""
    command = [sys.executable, "-m", "pinakes", "worker", "--library", str(library.folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def fill(browser: Browser, **told: str) -> None:
    """Write into fields; their names have dots, written here as two underscores."""
    for name, value in told.items():
        field = browser.one(f"[name='{name.replace('__', '.')}']")
        browser.script("arguments[0].closest('details')?.setAttribute('open', '')", field)
        browser.script("arguments[0].value = ''", field)
        field.type(value)


def test_a_training_begins_from_its_form_shows_its_curve_and_is_stopped(
    library: Library, site: str, browser: Browser
) -> None:
    browser.open(f"{site}admin/training/new?method=dcmh&lang=en&theme=light")
    assert browser.script("return document.querySelector('[name=\"text.used\"]').checked")
    fill(browser, name="tiny", image__side="16", image__width="0.25", text__least="1", method__bits="8")
    fill(browser, train__epochs="2000", train__batch="8", train__threads="1", split__validation="0.2")
    shot(browser, "training-new")
    with working(library):
        browser.one("form.knobs > button").click()
        browser.until(lambda: browser.address.endswith("/admin/training/tiny"), "the page of the run")
        # What changes is shown without loading the page: this would be gone.
        browser.script("document.body.dataset.same = '1'")
        # Where the machine is busy, loading torch takes longer than any page.
        for _ in range(6):
            with suppress(AssertionError):
                browser.until(lambda: len(browser.all(".chart polyline")) >= 2, "the curves")
                break
        assert browser.all(".chart polyline"), browser.one(".live").text
        assert browser.script("return document.body.dataset.same") == "1"
        shot(browser, "training-curve")
        browser.one("form[action$='/stop'] button").click()
        browser.until(lambda: browser.all(".errand.paused"), "that it is stopped")
        assert browser.until(lambda: browser.all("form[action$='/go-on']"), "that it can go on")
    stopped = runs.run(library, "tiny")
    assert 0 < len(stopped.figures) < 2000 and stopped.usable and stopped.result is None


def test_a_judge_grades_by_keys_without_loading_the_page(library: Library, site: str, browser: Browser) -> None:
    browser.open(f"{site}admin/desk?q=dark&lang=en")
    browser.script("document.body.dataset.same = '1'")
    items = [int(str(one.attribute("id")).removeprefix("item-")) for one in browser.all("#pool li")]
    assert len(items) > 3
    browser.press("3")
    browser.until(
        lambda: browser.focused and browser.script("return document.activeElement.id") == f"item-{items[1]}", "the next"
    )
    browser.press("0")
    browser.until(lambda: f"{len(items) - 2} of {len(items)}" in browser.one("#left").text, "what is left")
    shot(browser, "desk")
    assert browser.script("return document.body.dataset.same") == "1"
    graded = {one.item: one.grade for one in library.desk.judgements()}
    assert graded == {items[0]: 3, items[1]: 0}
    # The same without scripts, by a button.
    browser.scripts(on=False)
    browser.open(f"{site}admin/desk?q=dark")
    browser.one(f"#item-{items[2]} button[value='2']").click()
    browser.until(lambda: len(library.desk.judgements()) == 3, "the judgement")


def test_a_judge_is_told_of_a_grade_that_was_not_kept(
    library: Library, site: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open(f"{site}admin/desk?q=dark&lang=en")
    browser.devtools("Network.enable")
    whole = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.devtools("Network.emulateNetworkConditions", offline=True, **whole)
    browser.press("3")
    assert "was not kept" in browser.one("#pool li .notice").text
    browser.devtools("Network.emulateNetworkConditions", offline=False, **whole)

    def full(*_: object) -> None:
        raise DiskFull("No space is left for the grade.")

    monkeypatch.setattr(desk, "judge", full)
    browser.one("#pool li button[value='3']").click()
    browser.until(
        lambda: browser.one("#pool li .notice").text.startswith("No space is left for the grade. Free some"),
        "the other reason",
    )
    assert not browser.all("#pool [aria-pressed=true]")
    monkeypatch.undo()
    browser.one("#pool li button[value='3']").click()
    browser.until(lambda: browser.all("#pool [aria-pressed=true]"), "the grade")
    assert not browser.all("#pool .notice")
    assert len(library.desk.judgements()) == 1
    # The console says once more what the page says.
    assert all("Failed to load resource" in one for one in browser.complaints)
