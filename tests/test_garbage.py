"""How often garbage is looked for while works are added, and that it is looked for as before afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.garbage import looked_for_seldom
from pinakes.library import Library


@pytest.fixture(autouse=True)
def _chosen() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(1_234, 5, 6)
    yield
    gc.set_threshold(*usual)


def test_what_was_chosen_comes_back_when_the_last_of_several_ends() -> None:
    first, second = looked_for_seldom(), looked_for_seldom()
    with first:
        seldom = gc.get_threshold()
        assert seldom[0] > 10_000
        second.__enter__()
    assert gc.get_threshold() == seldom
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (1_234, 5, 6)


def test_it_comes_back_from_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), looked_for_seldom():
        raise ValueError("broken")
    assert gc.get_threshold() == (1_234, 5, 6)


def test_while_works_are_added_and_not_after(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"a text of its own, number {number}")
    with Library.open(tmp_path / "library", create=True) as library:
        with library.adding(folder) as run:
            next(run)
            assert gc.get_threshold()[0] > 10_000
        assert gc.get_threshold() == (1_234, 5, 6)
