"""Every page as those need it who see little, press keys, read from right to left, or have a small window."""

from __future__ import annotations

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from pinakes.web.app import routes
from tests.web import axe
from tests.web.browser import NEEDS_BROWSER, TAB, Browser

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]

_SEARCHES = (
    "?q=boat",
    "?q=2:boat+-+fog+creator:Ilse&view=list&mode=quick",
    "?q=zzxqy&where=type%3Dpicture",
    "?q=%22open",
)
_WORKS = ("red boat.png", "bell.wav", "film.mp4", "pages.pdf", "book.epub", "letter.txt")


@pytest.fixture(scope="module")
def script() -> str:
    """The checker."""
    return axe.source()


@pytest.fixture(scope="module")
def addresses(client: TestClient, item: dict[str, int]) -> list[str]:
    """Every page: all routes without a place in their path, and examples of the others."""
    plain = [route.path for route in routes() if isinstance(route, Route) and "GET" in (route.methods or ())]
    found = []
    for path in plain:
        if "{" not in path:
            answer = client.get(path)
            if answer.status_code == 200 and answer.headers.get("content-type", "").startswith("text/html"):
                found.append(path.lstrip("/"))
    assert "api" in found
    return [
        *found,
        *_SEARCHES,
        "nowhere",
        *(f"items/{item[name]}?q=boat" for name in _WORKS),
        f"items/{item['book.epub']}/edit",
    ]


@pytest.mark.reliability
@pytest.mark.parametrize(
    ("colours", "language", "width"),
    [("light", "en", 1280), ("dark", "zh", 320), ("dark", "en", 1280), ("light", "zh", 320)],
)
def test_axe_finds_nothing_serious_on_any_page(
    browser: Browser, site: str, addresses: list[str], script: str, colours: str, language: str, width: int
) -> None:
    """I2: names, roles, labels, contrast, in light and dark, in both languages, large and small."""
    browser.size(width, 700)
    browser.prefer(prefers_color_scheme=colours)
    grave = {}
    for address in addresses:
        browser.open(f"{site}{address}{'&' if '?' in address else '?'}lang={language}")
        wide = browser.script("return document.documentElement.scrollWidth")
        found = axe.findings(browser, script) + ([f"{wide} pixels wide"] if wide > width else [])
        if found:
            grave[address] = found
    # Pages of what can not be read or is not there are among them, and the browser says so.
    assert [one for one in browser.complaints if "status of 40" not in one] == []
    browser.open(f"{site}?lang=en")
    assert not grave, "\n".join(f"{address}: {found}" for address, found in grave.items())


@pytest.mark.parametrize("width", [1280, 320])
def test_read_from_right_to_left_nothing_is_cut_off_or_turned_over(
    browser: Browser, site: str, item: dict[str, int], width: int
) -> None:
    browser.size(width, 700)
    for address in (
        "",
        "?q=boat",
        "?q=boat&view=list",
        f"items/{item['film.mp4']}",
        f"items/{item['pages.pdf']}?q=boat",
    ):
        browser.open(site + address)
        before = browser.script(_BOXES)
        browser.script("document.documentElement.dir = 'rtl'")
        assert browser.script("return document.documentElement.scrollWidth") <= width, address
        after = browser.script(_BOXES)
        wide = browser.script("return document.documentElement.clientWidth")
        # The same boxes, mirrored: what began at one edge ends at the other.
        for name, (left, right) in before.items():
            assert after[name] == pytest.approx([wide - right, wide - left], abs=3), (address, name)


_BOXES = """
const found = {};
for (const name of ['.brand', '.box .go', '.facets', '.columns .found', '.viewer', '.about', '.hits > li', '.foot']) {
  const one = document.querySelector(name);
  if (!one || !one.offsetParent) continue;
  const box = one.getBoundingClientRect();
  found[name] = [box.left, box.right];
}
return found;
"""


def test_a_reader_without_a_mouse_searches_narrows_down_opens_and_comes_back(browser: Browser, site: str) -> None:
    def tab_to(wanted: str) -> None:
        for _ in range(80):
            if browser.script("return document.activeElement.matches(arguments[0])", wanted):
                return
            browser.press(TAB)
        raise AssertionError(f"the keyboard never came to {wanted}")

    browser.one("#q").type("boat\ue007")
    browser.until(lambda: "q=boat" in browser.address, "the results")
    tab_to(".facets li a")
    browser.press("\ue007")
    browser.until(lambda: "where=" in browser.address, "fewer results")
    tab_to("h3 a")
    browser.press("\ue007")
    browser.until(lambda: "/items/" in browser.address, "the item")
    tab_to(".back a")
    browser.press("\ue007")
    browser.until(lambda: "/items/" not in browser.address and "where=" in browser.address, "the results again")
    tab_to("#hand summary")
    browser.press("\ue007")
    tab_to("[data-record=sound]")
    tab_to("#hand-form textarea")


@pytest.mark.reliability
def test_without_scripts_one_narrows_down_by_date_pages_through_parts_and_saves(
    browser: Browser, site: str, item: dict[str, int]
) -> None:
    """I1: more of what works without scripts."""
    browser.scripts(on=False)
    browser.open(f"{site}?q=boat")
    browser.one(".dates [name=from]").type("1900")
    browser.one(".dates button").click()
    browser.until(lambda: "from=1900" in browser.address, "the dates")
    assert browser.one(".dates [name=from]").attribute("value") == "1900"
    assert browser.one(".saving a").attribute("href").startswith("/results/csv?")  # type: ignore[union-attr]
    browser.open(f"{site}items/{item['film.mp4']}")
    browser.all(".leaves a")[1].click()
    browser.until(lambda: "part=" in browser.address, "the shot")
    assert browser.one(".leaves [aria-current]").attribute("href").rpartition("=")[2] in browser.address  # type: ignore[union-attr]
    assert browser.all("[data-record]")[0].attribute("data-record") == "sound"
    assert not browser.script("return document.querySelector('#record').offsetParent")
    assert browser.all("#hand-form [capture]")
