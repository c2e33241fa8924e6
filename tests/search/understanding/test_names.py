"""In which ways a name of the lists may be written."""

from __future__ import annotations

import pytest

from pinakes.search.understanding.atoms import key
from pinakes.search.understanding.names import person, thing, title


@pytest.mark.parametrize(
    ("written", "whole", "parts"),
    [
        ("Klee, Paul", {"klee paul", "paul klee", "p klee"}, {"klee"}),
        ("Paul Klee", {"paul klee", "klee paul", "p klee"}, {"klee"}),
        ("Klee, Paul, 1879-1940", {"klee paul", "paul klee", "p klee"}, {"klee"}),
        ("Rose, Ellen (b. 1880)", {"rose ellen", "ellen rose", "e rose"}, {"rose"}),
        ("Joos van der Meulen", {"joos van der meulen", "van der meulen joos", "j van der meulen"}, {"van der meulen"}),
        ("Tessalòri, Brúna", {"tessalori bruna", "bruna tessalori", "b tessalori"}, {"tessalori"}),
        ("伊尔丝·马拉万", {"伊尔丝马拉万"}, {"马拉万"}),
        ("沈砚秋", {"沈砚秋"}, set()),
        ("Anonymous", set(), set()),
        ("佚名", set(), set()),
        ("", set(), set()),
    ],
)
def test_people_are_known_by_their_names_in_either_order(written: str, whole: set[str], parts: set[str]) -> None:
    found = set(person(written))
    assert {name for name, is_whole in found if is_whole} >= whole
    assert {name for name, is_whole in found if not is_whole} == parts
    assert len({name for name, is_whole in found if is_whole} - whole) <= 1


def test_other_names_are_known_as_they_stand() -> None:
    assert list(thing("Hot-air balloons")) == [("hot air balloons", True)]
    assert not list(thing("1912"))


def test_a_short_title_is_told_from_nothing() -> None:
    assert list(title("The Book of Small Boats")) == [("book of small boats", True)]
    assert not list(title("Red Boat"))


def test_names_are_compared_without_case_accents_and_dots() -> None:
    assert key("Hélène-Marie  O'Neill") == "helene marie o neill"
    assert key("伊尔丝 · 马拉万") == key("伊尔丝·马拉万")
