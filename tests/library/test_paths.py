"""Names of files and folders: by them works are found whose titles say something else."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinakes.catalogue.naming import path_below
from pinakes.errors import BadQuery
from pinakes.library import Library
from pinakes.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A letter and a map in folders, and a note beside these; all have titles but the note."""
    place = tmp_path / "media"
    (place / "Crete 2019" / "old").mkdir(parents=True)
    (place / "Crete 2019" / "knossos_west.md").write_text("# A letter\n\nWe saw the harbour and the ships.")
    (place / "Crete 2019" / "old" / "IMG_0042.md").write_text("# A map\n\nThe harbour lies to the north.")
    (place / "shopping.txt").write_text("Bread, olives and a lamp.")
    return place


@pytest.fixture
def library(tmp_path: Path, settings: Settings, folder: Path) -> Iterator[Library]:
    """A library of them on each of the two databases."""
    with Library.open(tmp_path / "library", create=True, settings={"catalogue": settings.catalogue}) as opened:
        opened.add(folder)
        yield opened


def found(library: Library, query: str) -> set[str]:
    """The titles that a query finds."""
    return {hit.title for hit in library.search(query)}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("knossos", {"A letter"}),
        ("IMG_0042", {"A map"}),
        ("0042", {"A map"}),
        ('"IMG_0042.md"', {"A map"}),
        ('path:"IMG_0042.MD"', {"A map"}),
        ('path:"old/IMG_0042.md"', {"A map"}),
        ("crete", {"A letter", "A map"}),
        ('"crete 2019"', {"A letter", "A map"}),
        ("path:crete", {"A letter", "A map"}),
        ("path:harbour", set()),
        ("path:shop*", {"shopping"}),
        ("harbour knossos", {"A letter", "A map"}),
        ("harbour - knossos", {"A map"}),
        ('harbour path="crete 2019/OLD"', {"A map"}),
        ('path="Crete 2019"', {"A letter", "A map"}),
        ('path="Crete 2019/old/"', {"A map"}),
        ('harbour - path="Crete 2019/old"', {"A letter"}),
        ("media", set()),
        ('"shopping.txt"', {"shopping"}),
        ('"IMG_0042.md"', {"A map"}),
        ('path:"IMG_0042.md"', {"A map"}),
        ("path:txt", {"shopping"}),
    ],
)
def test_a_work_is_found_by_the_names_of_its_file_and_folders(library: Library, query: str, titles: set[str]) -> None:
    assert found(library, query) == titles


def test_what_has_all_words_in_text_and_path_comes_first(library: Library) -> None:
    first, second = library.search("harbour knossos")
    assert (first.title, second.title) == ("A letter", "A map")
    assert {word.word: word.field for word in first.why.words} == {"harbour": "text", "knossos": "path"}


def test_a_path_is_told_for_what_stands_nowhere_else(library: Library) -> None:
    note = library.search("shopping olives")[0]
    assert {word.word: word.field for word in note.why.words} == {"shopping": "title", "olives": "text"}


def test_a_path_does_not_make_a_text_longer_and_does_not_repeat_its_words(tmp_path: Path) -> None:
    scores = {}
    for name in ("a", "olives/lamps and bread"):
        place = tmp_path / name.replace("/", " ") / f"{name}.md"
        place.parent.mkdir(parents=True)
        place.write_text("# Bread\n\nBread, olives and a lamp.")
        with Library.open(tmp_path / f"library {len(scores)}", create=True) as library:
            library.add(tmp_path / name.replace("/", " "))
            hit = library.search("bread olive lamp")[0]
            scores[name] = [reason.raw for reason in hit.why.spaces if reason.space == "words"]
    assert scores["a"] == scores["olives/lamps and bread"] != []


def test_a_folder_that_no_work_lies_in_is_told(library: Library, tmp_path: Path) -> None:
    assert found(library, "path=Rhodes") == set()
    with Library.open(tmp_path / "flat", create=True) as flat:
        (tmp_path / "note.txt").write_text("A note.")
        flat.add(tmp_path / "note.txt")
        assert found(flat, "path:note") == {"note"}
        with pytest.raises(BadQuery, match="named path"):
            flat.search("path=Rhodes")


def test_a_folder_with_a_long_path_can_be_named(tmp_path: Path) -> None:
    deep = "/".join(f"A folder of letters, number {number}" for number in range(12))
    for name, within in (("one", ""), ("two", "/Below"), ("three", "/Beside")):
        (tmp_path / f"media/{deep}{within}").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"media/{deep}{within}/{name}.txt").write_text(f"A letter about {name}.")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(tmp_path / "media")
        assert found(library, f'path="{deep}"') == {"one", "two", "three"}
        assert found(library, f'path="{deep}/below/"') == {"two"}
        assert found(library, f'letter - path="{deep}/Beside"') == {"one", "two"}
        assert found(library, f'path="{deep}/Nothing"') == set()
        # As a facet has them, which are no longer than other values, they can be asked for again.
        facets = library.search("modality=text", facets=["path"]).facets["path"]
        assert max(map(len, facets)) <= 200
        assert {len(found(library, f'path="{value}"')) for value in facets} == {1, 3}


def test_a_renamed_file_is_found_by_its_new_name_and_called_so(library: Library, folder: Path) -> None:
    (folder / "shopping.txt").rename(folder / "market.txt")
    (folder / "Crete 2019" / "knossos_west.md").rename(folder / "Crete 2019" / "phaistos.md")
    assert library.add(folder).moved == 2
    assert (found(library, "market"), found(library, "shopping")) == ({"market"}, set())
    assert (found(library, "phaistos"), found(library, "knossos")) == ({"A letter"}, set())


def test_a_folder_that_moves_as_a_whole_keeps_the_folders_in_it(library: Library, folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    assert library.add(folder.with_name("elsewhere")).moved == 3
    assert found(library, "crete") == {"A letter", "A map"}
    assert found(library, "elsewhere") == set()
    assert not library.check()


def test_a_file_that_moves_to_a_source_of_another_collection_is_found_by_its_folders_there(
    library: Library, folder: Path
) -> None:
    (folder.with_name("other") / "Naxos").mkdir(parents=True)
    (folder / "shopping.txt").rename(folder.with_name("other") / "Naxos" / "shopping.txt")
    assert library.add(folder.with_name("other"), collection="other").moved == 1
    assert found(library, "path=Naxos") == {"shopping"}
    assert not library.check()


def test_files_of_archives_and_tables_are_found_by_their_folders(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "drawings.zip", "w") as archive:
        archive.writestr("ships/plate1.md", "# A drawing\n\nOf a ship.")
    (tmp_path / "scans" / "Naxos").mkdir(parents=True)
    (tmp_path / "scans" / "Naxos" / "p7.md").write_text("# Untold")
    (tmp_path / "works.csv").write_text("path,title\nscans/Naxos/p7.md,A view\n")
    library.add(tmp_path / "drawings.zip")
    library.add(tmp_path / "works.csv")
    assert (found(library, "plate1"), found(library, "path=ships")) == ({"A drawing"}, {"A drawing"})
    assert (found(library, "naxos"), found(library, "path=scans/Naxos")) == ({"A view"}, {"A view"})


def test_a_field_of_that_name_is_kept(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "walk.md").write_text("# Walk\n\nA walk.")
    (tmp_path / "one" / "walk.md.json").write_text('{"path": "through the woods"}')
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(tmp_path / "one")
        hit = library.search("path:woods")[0]
        assert [(word.word, word.field) for word in hit.why.words] == [("woods", "path")]


@pytest.mark.parametrize(
    ("path", "added", "below"),
    [
        ("/data/media/a/b.txt", "/data/media", "a/b.txt"),
        ("/data/media/a/b.txt", "/data/media/", "a/b.txt"),
        ("/data/media/a/b.txt", "/data/media/a/b.txt", "b.txt"),
        ("/data/media/a.zip!/x/y.txt", "/data/media", "a.zip/x/y.txt"),
        ("/data/media/a.zip!/x/y.txt", "/data/media/a.zip", "x/y.txt"),
        ("/data/media/x/y.txt", "/data/media/works.csv", "x/y.txt"),
        ("/else/x/y.txt", "/data/media", "y.txt"),
        ("/data/mediation/y.txt", "/data/media", "mediation/y.txt"),
        ("/x/y.txt", "/", "x/y.txt"),
        ("/x/.hidden", None, ".hidden"),
    ],
)
def test_the_path_below_what_was_added(path: str, added: str | None, below: str) -> None:
    assert path_below(os.fsencode(path), None if added is None else os.fsencode(added)) == below
