"""What a hit shows of its text."""

from __future__ import annotations

import pytest

from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.search.explain import snippet
from pinakes.search.results import MatchedWord
from pinakes.types import Place


def shown(text: str, word: str, description: str = "") -> str:
    """The snippet of a part with a text, in which a word matched."""
    start = text.find(word)
    matched = [MatchedWord(word, "text", start, start + len(word))] if start >= 0 else []
    fields = {"description": (description,)} if description else {}
    item = ItemEntry(1, "", "en", "ready", "main", fields, (), 0.0, 0.0)
    part = PartEntry(
        id=1, item_id=1, file_id=1, position=0, modality="text", place=Place(), language="en", text=text,
        signature=None, flags=(), cleaning=(),
    )  # fmt: skip
    return snippet(item, part, matched)


LONG = " ".join(f"word{number}" for number in range(200))


@pytest.mark.parametrize("word", ["word0", "word7", "word100", "word199"])
def test_a_snippet_begins_and_ends_with_whole_words(word: str) -> None:
    stretch = shown(LONG, word)
    assert word in stretch.strip("…").split()
    assert set(stretch.strip("…").split()) <= set(LONG.split())
    assert len(stretch) <= 202
    assert stretch.startswith("…") == (word in ("word100", "word199"))
    assert stretch.endswith("…") == (word != "word199")


def test_a_text_without_spaces_is_cut_where_it_must_be() -> None:
    text = "海上停着一艘红色的小船" * 40
    stretch = shown(text, "红色")
    assert stretch.endswith("…")
    assert 180 < len(stretch) <= 202


def test_a_short_text_is_shown_whole_and_a_picture_by_its_description() -> None:
    assert shown("A red\n boat.", "red") == "A red boat."
    assert shown("", "red", "A red boat.") == "A red boat."
    assert shown("", "red", LONG).endswith("…")
