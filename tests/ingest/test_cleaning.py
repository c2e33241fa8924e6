"""Cleaning steps that a collection turns on, and what each leaves on record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.errors import UnknownName
from pinakes.ingest.annotate import KEYWORDS_FIELD
from pinakes.ingest.run import spec_for
from pinakes.library import Library
from pinakes.settings import Settings


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A new library."""
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Letters about the sea."""
    place = tmp_path / "texts"
    place.mkdir()
    for number in range(8):
        (place / f"{number}.txt").write_text(f"The boat number {number} came into the harbour at night.")
    return place


def test_every_step_leaves_its_note_and_spelling_is_never_applied(
    library: Library, texts: Path, tmp_path: Path
) -> None:
    library.add(texts)
    scan = tmp_path / "scan.txt"
    scan.write_text("The light-\nhouse keeper wrote to FranÃ§ois about the harbuor and the gramophone.")
    steps = ("mojibake", "hyphenation", "spelling", "keywords")
    assert library.add(scan, collection="scans", cleaning=steps).added == 1
    (hit,) = library.search("gramophone")
    (part,) = library.parts(hit.item)
    assert "lighthouse keeper wrote to François about the harbuor" in part.text
    notes = {note["step"]: note for note in part.cleaning}
    assert set(notes) == {"mojibake", "hyphenation", "spelling"}
    assert notes["mojibake"]["applied"]
    assert notes["hyphenation"]["applied"]
    assert "harbuor -> harbour" in notes["spelling"]["detail"]
    assert not notes["spelling"]["applied"]
    found = library.item(hit.item).fields[KEYWORDS_FIELD]
    assert "gramophone" in found
    assert "the" not in found
    assert library.search(f"{KEYWORDS_FIELD}:gramophone")[0].item == hit.item


def test_steps_that_need_the_library_are_not_asked_of_the_decoders() -> None:
    assert spec_for(Settings(), (), ("mojibake", "keywords", "ocr")).cleaning == ("mojibake",)


def test_a_step_that_there_is_not_is_refused_before_anything_is_read(library: Library, texts: Path) -> None:
    with pytest.raises(UnknownName, match="spelling"):
        library.add(texts, cleaning=("speling",))
    assert library.status()["items"] == 0
