"""The pages in a real browser: what only that can tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.library.test_adding import RED, picture
from tests.web.browser import ENTER, ESCAPE, NEEDS_BROWSER, TAB, Browser

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@contextmanager
def changed(browser: Browser) -> Iterator[None]:
    """Waits for the results to be others afterwards."""
    browser.script("document.querySelector('#results > *').dataset.old = '1'")
    yield
    browser.until(
        lambda: not browser.all("#results [data-old]") and not browser.all("#results[aria-busy=true]"), "new results"
    )


def titles(browser: Browser) -> list[str]:
    """The titles of the hits, all at once: the next results may take the place of these at any time."""
    found: list[str] = browser.script("return [...document.querySelectorAll('.hits h3')].map((one) => one.innerText)")
    return found


def test_results_come_while_one_types_and_the_address_follows(browser: Browser, site: str) -> None:
    with changed(browser):
        browser.one("#q").type("red boat")
    browser.until(lambda: browser.address == f"{site}?q=red+boat", "the address")
    browser.until(lambda: "A red boat" in titles(browser)[:2], "the red boat")
    said = browser.script("return document.querySelector('#said').textContent")
    assert said.endswith("works found")
    assert browser.focused == "q"


def test_words_are_offered_in_the_browsers_own_list(browser: Browser) -> None:
    browser.one("#q").type("red lig")
    browser.until(lambda: browser.all("#suggestions option"), "suggestions")
    offered = browser.script("return [...document.querySelectorAll('#suggestions option')].map((one) => one.value)")
    assert "red lighthouse" in offered


def test_a_dropped_picture_becomes_a_chip_and_finds_what_looks_like_it(
    browser: Browser, site: str, tmp_path: Path
) -> None:
    path = picture(tmp_path / "mine.png", RED, seed=3)
    browser.one("#q").type("boat")
    browser.drop("body", path, "image/png")
    browser.until(lambda: "with=upload" in browser.address, "the search")
    assert "q=boat" in browser.address
    chip = browser.one(".chip.upload")
    assert "mine.png" in chip.text
    assert browser.script("return document.querySelector('.chip.upload img').naturalWidth") > 0
    assert titles(browser)[0] == "A red boat"
    browser.one(".chip.upload .remove").click()
    browser.until(lambda: not browser.all(".chip.upload"), "the chip is gone")


def test_a_chosen_file_goes_without_a_further_click(browser: Browser, tmp_path: Path) -> None:
    path = picture(tmp_path / "chosen.png", RED, seed=4)
    browser.one("#hand summary").click()
    browser.one("#hand input[type=file]").type(str(path))
    browser.until(lambda: "with=upload" in browser.address, "the search")
    assert "chosen.png" in browser.one(".chip.upload").text


def test_a_chip_and_a_facet_and_a_list_are_a_click_each(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=boat")
    browser.one('.chip a[aria-label^="Search away"]').click()
    browser.until(lambda: browser.all(".chip.away"), "the turned chip")
    browser.open(f"{site}?q=boat")
    before = browser.one(".bar .total").text
    next(one for one in browser.all(".facets li a") if "Ilse Maravant" in one.text).click()
    browser.until(lambda: browser.one(".bar .total").text != before, "fewer results")
    next(one for one in browser.all(".bar .switch a") if one.text == "List").click()
    browser.until(lambda: browser.all(".hits.list"), "the list")
    browser.one(".why summary").click()
    assert str(browser.one(".why meter").attribute("aria-label")).endswith("% of the score")


def test_a_picture_is_come_nearer_to_by_buttons_and_keys(browser: Browser, site: str, item: dict[str, int]) -> None:
    browser.open(f"{site}items/{item['red boat.png']}?q=boat")
    browser.until(lambda: browser.script("return document.querySelector('.zoom img').naturalWidth"), "the picture")
    browser.one(".zoom button[data-by='1.5']").click()
    scale = "return new DOMMatrix(getComputedStyle(document.querySelector('.zoom img')).transform).a"
    assert browser.script(scale) == pytest.approx(1.5)
    browser.script("document.querySelector('.zoom .frame').focus()")
    browser.press("+")
    assert browser.script(scale) == pytest.approx(2.25)
    browser.one(".zoom button[data-by='0']").click()
    assert browser.script(scale) == pytest.approx(1)


def test_a_film_plays_from_the_second_of_its_shot(browser: Browser, site: str, item: dict[str, int]) -> None:
    browser.open(f"{site}items/{item['film.mp4']}")
    ready = "return document.querySelector('#player').readyState"
    error = "return document.querySelector('#player').error?.code ?? 0"
    browser.until(lambda: browser.script(ready) >= 1 or browser.script(error), "the film")
    shots = browser.all(".leaves a[data-second]")
    later = next(one for one in shots if float(one.attribute("data-second") or 0) > 0)
    later.click()
    assert later.attribute("aria-current") == "true"
    assert f"part={later.attribute('href').partition('part=')[2]}" in browser.address  # type: ignore[union-attr]


def test_a_sound_is_played_by_the_browser(browser: Browser, site: str, item: dict[str, int]) -> None:
    browser.open(f"{site}items/{item['bell.wav']}")
    seconds = "return document.querySelector('#player').duration || 0"
    assert browser.until(lambda: browser.script(seconds), "its length") == pytest.approx(3.0, abs=0.1)


@pytest.mark.reliability
def test_everything_works_without_scripts(browser: Browser, site: str, tmp_path: Path) -> None:
    """I1: search, upload, look."""
    browser.scripts(on=False)
    browser.open(site)
    browser.one("#q").type("red boat" + ENTER)
    browser.until(lambda: "q=red+boat" in browser.address, "the search")
    assert "A red boat" in titles(browser)[:2]
    browser.one("#hand summary").click()
    browser.one("#hand input[type=file]").type(str(picture(tmp_path / "still.png", RED, seed=6)))
    browser.one("#hand-form > button").click()
    browser.until(lambda: "with=upload" in browser.address, "the search with a picture")
    assert "q=red+boat" in browser.address
    assert len(browser.all(".chip")) == 2
    title = titles(browser)[0]
    browser.one(".hits h3 a").click()
    browser.until(lambda: "/items/" in browser.address, "the item")
    assert browser.one("h1").text == title


def test_the_keyboard_alone_reaches_everything(browser: Browser, site: str) -> None:
    browser.open(f"{site}?q=boat")
    browser.press(TAB)
    assert browser.focused == "Skip to the results"
    browser.press(TAB)
    assert browser.focused.startswith("Pinakes")
    outline = "const at = getComputedStyle(document.activeElement); return at.outlineStyle + at.outlineWidth"
    assert browser.script(outline) == "solid3px"
    browser.press("/")
    assert browser.focused == "q"
    browser.press(ESCAPE)
    browser.press("j")
    browser.press("j")
    assert browser.focused == titles(browser)[1]
    browser.press("?")
    assert browser.script("return document.querySelector('#keys').open")
    browser.press(ESCAPE)
    browser.script("document.querySelectorAll('.hits h3 a')[0].focus()")
    browser.press(ENTER)
    browser.until(lambda: "/items/" in browser.address, "the item")


def test_keys_can_be_switched_off(browser: Browser, site: str) -> None:
    browser.press(ESCAPE)
    browser.script("document.activeElement.blur()")
    browser.press("?")
    browser.one("#use-keys").click()
    browser.press(ESCAPE)
    browser.press("?")
    assert not browser.script("return document.querySelector('#keys').open")
    browser.script("localStorage.clear()")


@pytest.mark.parametrize("address", ["", "?q=2:boat+-+fog+creator:Ilse&view=list", "items/{item}?q=boat", "api"])
def test_nothing_is_cut_off_at_320_pixels(browser: Browser, site: str, item: dict[str, int], address: str) -> None:
    browser.size(320, 700)
    browser.open(site + address.format(item=item["pages.pdf"]))
    assert browser.script("return document.documentElement.scrollWidth") <= 320
    small = browser.script(_SMALL)
    assert small == []


# WCAG 2.2, 2.5.8: what is pressed is 24 pixels high and wide, but for links within sentences and the browser's own.
_SMALL = """
return [...document.querySelectorAll('button, .knob, .switch a, .facets li a, summary, .turn a, .like, .pages a')]
  .filter((one) => one.offsetParent && (one.offsetHeight < 24 || one.offsetWidth < 24))
  .map((one) => one.outerHTML.slice(0, 80));
"""


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_words_can_be_read_in_light_and_dark(browser: Browser, site: str, item: dict[str, int], colours: str) -> None:
    browser.prefer(prefers_color_scheme=colours)
    for address in ("", "?q=boat+-+fog&where=modality%3D%22text%22", f"items/{item['pages.pdf']}?q=boat", "nowhere"):
        browser.open(site + address)
        dark = browser.script("return matchMedia('(prefers-color-scheme: dark)').matches")
        assert dark == (colours == "dark")
        assert browser.script(_FAINT) == []


# Text whose contrast with its ground is below 4.5:1, as WCAG 2.2 reckons it.
_FAINT = """
const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
  willReadFrequently: true,
});
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const light = (colour) => {
  const straight = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = colour.map((one) => straight(one / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = rgba(getComputedStyle(at).backgroundColor);
    if (colour[3] > 200) return colour;
  }
  return rgba(getComputedStyle(document.documentElement).backgroundColor);
};
const faint = [];
for (const element of document.querySelectorAll('body *')) {
  const said = [...element.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  if (!said || !element.offsetParent || element.closest('.unseen, dialog, meter, .skip')) continue;
  const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) faint.push(`${element.outerHTML.slice(0, 90)} ${contrast.toFixed(2)}`);
}
return faint;
"""


def test_a_link_chooses_chinese_and_the_browser_remembers(browser: Browser, site: str) -> None:
    next(one for one in browser.all(".foot a") if one.text == "中文").click()
    browser.until(lambda: browser.script("return document.documentElement.lang") == "zh", "Chinese")
    browser.open(f"{site}?q=boat")
    assert browser.script("return document.documentElement.lang") == "zh"
    assert "找到" in browser.one(".bar .total").text
