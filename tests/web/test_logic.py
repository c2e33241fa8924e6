"""The business logic by itself, without HTTP."""

from __future__ import annotations

import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.catalogue.records import FileEntry, ItemEntry
from pinakes.errors import BadMedia, NoContent, NotFound, TooLarge
from pinakes.library import Library, uploads
from pinakes.library.reading import completions
from pinakes.limits import Limits
from pinakes.web.logic.asked import Asked, asked_of, query_of
from pinakes.web.logic.citing import bibtex, dublin_core, ris
from pinakes.web.logic.showing import by_places, by_words

_TEXT = st.text(max_size=20)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Asked,
        words=_TEXT.filter(lambda text: text.strip() or not text),
        media=st.lists(_TEXT.filter(str.strip), max_size=3, unique=True).map(tuple),
        filters=st.lists(_TEXT.filter(str.strip), max_size=3, unique=True).map(tuple),
        mode=st.sampled_from(("quick", "precise")),
        view=st.sampled_from(("grid", "list")),
        unlikely=st.booleans(),
        page=_TEXT.filter(lambda text: text.strip() or not text),
    )
)
def test_the_address_holds_the_whole_search(asked: Asked) -> None:
    assert asked_of(asked.pairs()) == asked


def test_a_query_is_made_of_the_box_and_of_what_stands_beside_it() -> None:
    query = query_of(Asked("boat - fog date>=1900", ("2:item:3", "-upload:ab"), ('type="picture"',)), Limits())
    assert [term.weight for term in query.terms] == [1, -1, 2, -1]
    assert [condition.field for condition in query.filters] == ["date", "type"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab c-", max_size=30), st.lists(st.text(alphabet="ab", min_size=1, max_size=3), max_size=3))
def test_marking_takes_nothing_away(text: str, words: list[str]) -> None:
    assert "".join(piece.text for piece in by_words(text, words)) == text
    places = [range(1, 3), range(2, 4), range(6, 8)]
    assert "".join(piece.text for piece in by_places("0123456789", places)) == "0123456789"


def entry(**fields: str | tuple[str, ...]) -> ItemEntry:
    """An item with some metadata."""
    told = {name: (value,) if isinstance(value, str) else value for name, value in fields.items()}
    file = FileEntry(1, b"/x", "main", "image/png", 1, "", "here", {}, ())
    return ItemEntry(7, told.get("title", ("",))[0], "", "here", "main", told, (file,), 0.0, 0.0)


SPITE = "50% {of} $it_all\\ & <more> #1~^\n}, evil = {"


def test_a_bibtex_entry_can_not_be_left_by_what_stands_in_it() -> None:
    cited = bibtex(entry(title=SPITE, creator=("A B", "C D"), date="1902-03"), "http://x/items/7")
    assert cited.startswith("@misc{pinakes-7,\n")
    assert "author = {A B and C D}" in cited
    assert "year = {1902}" in cited
    plain = cited.replace("\\textbackslash{}", "").replace("\\textasciitilde{}", "").replace("\\textasciicircum{}", "")
    depth = 0
    for place, letter in enumerate(plain):
        if plain[place - 1] != "\\":
            depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert len(cited.splitlines()) == 7


def test_a_ris_record_has_one_line_for_each_value() -> None:
    cited = ris(entry(title=SPITE, subjects=("sea", "ER  - \r\nTY  - JOUR")), "http://x/items/7")
    assert [line[:5] for line in cited.splitlines()] == ["TY  -", "ID  -", "TI  -", "KW  -", "KW  -", "UR  -", "ER  -"]


@pytest.mark.parametrize(
    ("date", "year", "day"),
    [
        ("1902-03-04", "1902", "1902/03/04"),
        ("1902-03-04T10:00:00Z", "1902", "1902/03/04"),
        ("ca. 1850-1860", "1850", "1850///ca. 1850-1860"),
        ("spring 1902-03", "1902", "1902/03//spring 1902-03"),
        ("undated", "", "undated"),
    ],
)
def test_a_citation_tells_the_year_of_an_uncertain_date(date: str, year: str, day: str) -> None:
    lines = ris(entry(date=date), "http://x/items/7").splitlines()
    assert [line for line in lines if line.startswith(("PY", "DA"))] == [
        *([f"PY  - {year}"] if year else []),
        f"DA  - {day}",
    ]
    assert ("year = {" + year in bibtex(entry(date=date), "http://x/items/7")) == bool(year)


def test_dublin_core_is_xml_with_its_elements_in_order() -> None:
    cited = dublin_core(entry(title=SPITE, labels="x", rights="CC0", unknown="y"), "http://x/items/7")
    names = [one.tag.rpartition("}")[2] for one in ElementTree.fromstring(cited)]
    assert names == ["title", "subject", "format", "identifier", "rights"]
    assert ElementTree.fromstring(cited)[0].text == SPITE


def test_what_is_begun_goes_on_with_the_most_frequent_word_first(library: Library) -> None:
    # No text has the second: it is what a file is called.
    assert completions(library, "bo", 2) == ["boat", "book"]
    assert completions(library, "Lighth", 9) == ["lighthouse"]
    assert completions(library, "b", 9) == []
    assert completions(library, "红", 9) == ["红色"]
    assert completions(library, "zzz", 9) == []


def test_a_medium_is_kept_under_the_hash_of_its_bytes_and_found_again(library: Library) -> None:
    first = uploads.keep(library, io.BytesIO(b"A text about a lighthouse."), "notes.txt")
    again = uploads.keep(library, io.BytesIO(b"A text about a lighthouse."), "other.txt")
    assert first == again == uploads.find(library, first.name)
    assert (first.title, first.modality, first.beginning) == ("notes.txt", "text", "A text about a lighthouse.")
    with pytest.raises(NotFound):
        uploads.find(library, "0" * 64)


@pytest.mark.parametrize(
    ("data", "error"), [(b"", NoContent), (b"\x89PNG\r\n\x1a\nbroken", BadMedia), (b"x" * 2_000, TooLarge)]
)
def test_what_is_refused_leaves_nothing(
    library: Library, data: bytes, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(library.settings.limits, max_upload_bytes=1_000)
    monkeypatch.setattr(library._catalogue, "settings", replace(library.settings, limits=limits))
    folder = library.folder / uploads.FOLDER
    before = set(folder.iterdir()) if folder.exists() else set()
    with pytest.raises(error, match=r"mine|empty|more than"):
        uploads.keep(library, io.BytesIO(data), "mine.png")
    assert set(folder.iterdir()) == before
