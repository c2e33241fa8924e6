"""What stands in two sets that must have nothing in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.collections import ensure
from pinakes.catalogue.records import NewFile, NewWork
from pinakes.errors import NotFound
from pinakes.evaluate.leaks import Leak, between, marks
from pinakes.settings import Settings
from tests.makers import fill, text_part, work


def made(place: Path, works: Mapping[str, str], **fields: str) -> Catalogue:
    """A catalogue of texts."""
    catalogue = Catalogue.open(place, Settings(), create=True)
    fill(catalogue, [work(name, text_part(text), fields=fields) for name, text in works.items()])
    return catalogue


def leaks(first: Catalogue, second: Catalogue) -> list[Leak]:
    """What two catalogues share."""
    with first.reading() as one, second.reading() as other:
        return between(marks(one), marks(other))


@pytest.mark.reliability
def test_sets_without_anything_in_common_are_clean_and_a_planted_duplicate_is_reported(tmp_path: Path) -> None:
    """H5."""
    train = made(tmp_path / "train", {"a": "a boat", "b": "a house"})
    clean = made(tmp_path / "clean", {"c": "a tree", "d": "a bell"})
    assert leaks(train, clean) == []
    # The very bytes of b, under another name.
    planted = NewWork(b"/elsewhere/e", 1, None, NewFile(b"/elsewhere/e", 10, 1, sha256="sum of b"), (), ())
    fill(clean, [planted])
    assert leaks(train, clean) == [Leak("bytes", 2, 3, "sum of b")]
    for catalogue in (train, clean):
        catalogue.close()


def test_the_same_text_and_the_same_identifier_are_leaks_too(tmp_path: Path) -> None:
    one = made(tmp_path / "one", {"a": "A  red boat\n"}, identifier="ISBN 1")
    two = made(tmp_path / "two", {"b": "a red Boat"})
    three = made(tmp_path / "three", {"c": "a bell"}, identifier="isbn 1")
    assert [leak.kind for leak in leaks(one, two)] == ["text"]
    assert [(leak.kind, leak.shared) for leak in leaks(one, three)] == [("identifier", "isbn 1")]
    assert leaks(two, three) == []
    for catalogue in (one, two, three):
        catalogue.close()


def test_two_collections_of_one_library_can_be_compared(embedded: Catalogue) -> None:
    with embedded.writing() as connection:
        first, second = (ensure(connection, name, None, ()) for name in ("train", "test"))
    fill(embedded, [work("a", text_part("a boat"), collection=first.id), work("b", text_part("a bell"))])
    fill(embedded, [work("c", text_part("A boat"), collection=second.id)])
    with embedded.reading() as connection:
        assert [leak.kind for leak in between(marks(connection, "train"), marks(connection, "test"))] == ["text"]
        with pytest.raises(NotFound, match="no collection dev"):
            marks(connection, "dev")
