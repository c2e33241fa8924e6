"""Keywords and spelling are weighed against the library, also for the first works that it gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.library import Library
from pinakes.settings import Settings

SCAN = "The keeper of the lighthousc wrote about the harhour wall."


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Iterator[Library]:
    """A new library on each of the two databases."""
    with Library.open(tmp_path / "library", create=True, settings={"catalogue": settings.catalogue}) as opened:
        yield opened
        assert not opened.check()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Texts about a harbour, one of them a scan with two words misread."""
    place = tmp_path / "media"
    place.mkdir()
    told = "The lighthouse stands at the harbour wall. The keeper of the lighthouse painted the lighthouse and harbour."
    for number, thing in enumerate(("a lantern", "a storm", "an anchor", "a ferry")):
        (place / f"{number}.txt").write_text(f"{told} {told} Then there was {thing}, {thing} and {thing} again.")
    (place / "scan.txt").write_text(SCAN)
    return place


def note(library: Library, words: str) -> str:
    """What the spelling step says of the one text with these words."""
    (hit,) = library.search(f'"{words}"')
    (part,) = library.parts(hit.item)
    (said,) = [note for note in part.cleaning if note["step"] == "spelling"]
    assert not said["applied"]
    assert part.text == SCAN
    return str(said["detail"])


def test_misread_words_are_suggested_from_texts_that_came_in_the_same_run(library: Library, folder: Path) -> None:
    library.add(folder, cleaning=("spelling",))
    assert note(library, "wrote about") == "lighthousc -> lighthouse; harhour -> harbour"
    assert library.add(folder).unchanged == 5


def test_keywords_leave_out_what_all_texts_of_the_run_have(library: Library, folder: Path) -> None:
    library.add(folder, cleaning=("keywords",))
    (hit,) = library.search("lantern")
    found = library.item(hit.item).fields["keywords_found"]
    assert found[0] == "lantern"
    assert "the" not in found
    assert [hit.item for hit in library.search("keywords_found:lantern")] == [hit.item]
    assert library.add(folder).unchanged == 5


def test_a_changed_text_gets_other_keywords(library: Library, folder: Path) -> None:
    library.add(folder, cleaning=("keywords", "spelling"))
    (folder / "0.txt").write_text("A windmill, a windmill and the lighthouse.")
    library.add(folder)
    (hit,) = library.search("windmill")
    assert library.item(hit.item).fields["keywords_found"][0] == "windmill"
    assert len(library.parts(hit.item)) == 1
