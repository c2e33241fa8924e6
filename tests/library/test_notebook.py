"""What a notebook shows of results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pinakes.library import Library
from tests.library.test_adding import RED, picture


class Page(HTMLParser):
    """The elements of a page, with a count of those that are still open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open = 0
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it, unless it has no end."""
        self.open += tag not in ("img", "br", "hr")
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Count it off."""
        self.open -= 1

    def handle_data(self, data: str) -> None:
        """Collect the words."""
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for found, attributes in self.seen if found == tag]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A picture and a letter whose title would be markup."""
    place = tmp_path_factory.mktemp("notebook")
    media = place / "media"
    media.mkdir()
    picture(media / "red boat.png", RED)
    (media / "<b>letter & co.txt").write_text("The keeper of the lighthouse wrote <i>this</i> about a boat & a net.")
    with Library.open(place / "library", create=True) as opened:
        opened.add(media)
        yield opened


def test_a_card_for_each_hit_holds_its_picture_or_its_words(library: Library) -> None:
    page = Page(library.search("boat")._repr_html_())
    assert page.open == 0
    assert len(page.all("b")) == 2
    (image,) = page.all("img")
    assert str(image["src"]).startswith("data:image/jpeg;base64,")
    assert image["alt"] == "red boat"
    assert "of the lighthouse wrote" in page.words
    assert "2 hits." in page.words


def test_what_comes_from_files_is_shown_as_it_is_and_is_never_markup(library: Library) -> None:
    page = Page(library.search("keeper")._repr_html_())
    assert "<b>letter & co" in page.words
    assert "wrote <i>this</i> about a boat & a net" in page.words
    assert not page.all("i")


def test_words_that_were_asked_for_are_marked(library: Library) -> None:
    html = library.search("lighthouse boat")._repr_html_()
    marked = re.findall(r"<mark[^>]*>([^<]+)</mark>", html)
    assert {"lighthouse", "boat"} <= set(marked)


def test_the_bar_is_as_long_as_the_score_and_cut_by_shares(library: Library, tmp_path: Path) -> None:
    (hit, *_) = library.search(image=picture(tmp_path / "asked.png", RED, seed=3))
    page = Page(hit._repr_html_())
    widths = [float(found[1]) for one in page.all("span") if (found := re.match(r"width:([\d.]+)%", str(one["style"])))]
    assert len(widths) == len(hit.why.spaces) == 4
    assert sum(widths) == pytest.approx(100 * hit.score, abs=0.2)


def test_nothing_found_is_a_sentence_with_a_suggestion(library: Library) -> None:
    page = Page(library.search("lighthuose")._repr_html_())
    assert page.words == "Nothing found. Did you mean lighthouse?"
