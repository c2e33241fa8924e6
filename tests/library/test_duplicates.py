"""Near-duplicates of a whole library: texts of which a word was changed, and texts that are not the same."""

from __future__ import annotations

from pathlib import Path
from random import Random

from pinakes.library import Library

_WORDS = [f"{a}{b}" for a in ("bel", "kor", "min", "sal", "tur", "vel", "zan", "rim") for b in ("do", "ka", "li", "mo")]


def abstract(random: Random) -> list[str]:
    """A text of about the length of a passage."""
    return [random.choice(_WORDS) + str(random.randint(0, 40)) for _ in range(110)]


def test_most_texts_with_one_changed_word_are_groups_and_no_others(tmp_path: Path) -> None:
    random = Random(5)
    for number in range(20):
        words = abstract(random)
        (tmp_path / "texts").mkdir(exist_ok=True)
        (tmp_path / "texts" / f"{number}-a.txt").write_text(" ".join(words))
        words[random.randrange(len(words))] = "changed"
        (tmp_path / "texts" / f"{number}-b.txt").write_text(" ".join(words))
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(tmp_path / "texts")
        groups = [{library.item(part.item_id).title.split("-")[0] for part in group} for group in library.duplicates()]
        narrow = library.duplicates(within_bits=3)
    assert all(len(group) == 1 for group in groups)
    assert 14 <= len(groups) <= 20
    assert len(narrow) < len(groups)
