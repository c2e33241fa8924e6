import csv
import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import BadTable, NoContent
from pinakes.limits import Limits
from pinakes.sources.base import Candidate, Refused
from pinakes.sources.cells import neutralise, restore
from pinakes.sources.columns import ADDRESS, ID, IGNORED, PATH, WORK, guess, mapping
from pinakes.sources.table import read_table


class Read:
    """The offers of a table, sorted."""

    def __init__(self, path, *arguments, **options):
        self.all = list(read_table(path, *arguments, **options))
        self.candidates = [one for one in self.all if isinstance(one, Candidate)]
        self.errors = [str(one.error) for one in self.all if isinstance(one, Refused)]
        self.codes = [one.error.code for one in self.all if isinstance(one, Refused)]
        self.names = [one.path.name for one in self.candidates]


@pytest.fixture
def table(tmp_path):
    """Writes a table with that content beside some files."""
    for name in ("a.jpg", "b.jpg", "c.jpg", "a.txt", "sub/d.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)

    def write(content, name="works.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_csv_table_gives_files_with_fields(table):
    read = Read(table("file,Title,Author,year,tags\na.jpg,A boat,Anna; Ben,1912,red|sea\nsub/d.jpg,Deep,,,\n"))
    assert read.errors == []
    assert read.names == ["a.jpg", "d.jpg"]
    assert read.candidates[0].fields == {
        "title": ("A boat",),
        "creator": ("Anna", "Ben"),
        "date": ("1912",),
        "labels": ("red", "sea"),
    }
    assert read.candidates[0].size == 5
    assert read.candidates[0].key == os.fsencode(os.path.realpath(table("").with_name("a.jpg")))
    assert read.candidates[0].work == ""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found(table, delimiter, encoding):
    lines = [["path", "title", "creator"], ["a.jpg", "Die schöne Straße", "Jürgen Groß"], ["b.jpg", "Übung, Öl", "ä"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines * 1)
    read = Read(table(text.getvalue().encode(encoding)))
    assert [one.fields["title"] for one in read.candidates] == [("Die schöne Straße",), ("Übung, Öl",)]
    assert read.candidates[0].fields["creator"] == ("Jürgen Groß",)


def test_json_lines_are_read(table):
    rows = [
        {"image": "a.jpg", "title": "One; not two", "labels": ["red", "sea"], "nested": {"depth": 3}},
        {"image": "b.jpg", "caption": "Two"},
    ]
    read = Read(table("\n".join(map(json.dumps, rows)) + "\n\n", "works.jsonl"))
    assert read.errors == []
    assert read.candidates[0].fields == {
        "title": ("One; not two",),
        "labels": ("red", "sea"),
        "nested_depth": ("3",),
    }
    assert read.candidates[1].fields == {"description": ("Two",)}


def test_parquet_is_read(table, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"path": ["a.jpg", "gone.jpg"], "title": ["A", "B"], "tags": [["x", "y"], None], "raw": [b"1", b"2"]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "works.parquet")
    read = Read(tmp_path / "works.parquet")
    assert read.candidates[0].fields == {"title": ("A",), "labels": ("x", "y")}
    assert "works.parquet, row 2: gone.jpg is not there" in read.errors[0]


def test_no_row_of_a_long_table_is_lost(table, tmp_path):
    titles = [f"Work {number}" for number in range(250)]
    rows = [{"path": f"{number}.txt", "title": title} for number, title in enumerate(titles)]
    for row in rows:
        (tmp_path / row["path"]).write_text("words")
    lines = "\n".join(map(json.dumps, rows))
    cells = "\n".join(["path,title", *(",".join(row.values()) for row in rows)])
    for content, name in ((lines, "works.jsonl"), (cells, "works.csv")):
        assert [one.fields["title"] for one in Read(table(content, name)).candidates] == [(title,) for title in titles]


def test_no_row_of_a_long_parquet_table_is_lost(table, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    titles = [f"Work {number}" for number in range(600)]
    parquet.write_table(pyarrow.table({"title": titles}), tmp_path / "works.parquet")
    assert [one.fields["title"] for one in Read(tmp_path / "works.parquet").candidates] == [(t,) for t in titles]


def test_parquet_without_its_extra_says_what_to_install(table, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Exception, match=r"pip install 'pinakes\[parquet\]'"):
        Read(table("PAR1", "works.parquet"))


def test_a_damaged_parquet_file_is_told(table):
    pytest.importorskip("pyarrow")
    with pytest.raises(BadTable, match="no Parquet file"):
        Read(table("PAR1 and nothing else", "works.parquet"))


def test_a_json_list_in_a_cell_is_several_values(table):
    read = Read(table('path,creator,title\na.jpg,"[""Anna"", ""Ben""]","[not a list"\n'))
    assert read.candidates[0].fields == {"creator": ("Anna", "Ben"), "title": ("[not a list",)}


def test_semicolons_in_titles_and_descriptions_stay(table):
    read = Read(table("path,title,description\na.jpg,War; and Peace,long; with | signs\n"))
    assert read.candidates[0].fields == {"title": ("War; and Peace",), "description": ("long; with | signs",)}


def test_several_files_in_one_row_are_one_work(table):
    read = Read(table("image,text_file,title\na.jpg,a.txt,A boat\n"))
    assert read.names == ["a.jpg", "a.txt"]
    assert len({one.work for one in read.candidates}) == 1
    assert read.candidates[0].work.endswith("works.csv#a.jpg")
    assert all(one.fields == {"title": ("A boat",)} for one in read.candidates)


def test_several_files_in_one_cell_are_one_work(table):
    read = Read(table("path,title\na.jpg; b.jpg,Both\n"))
    assert read.names == ["a.jpg", "b.jpg"]
    assert read.candidates[0].work == read.candidates[1].work != ""


def test_rows_with_the_same_work_are_one_work(table):
    read = Read(table("work,path,title\nw1,a.jpg,A\nw1,a.txt,Also\nw2,b.jpg,B\nw1,c.jpg,Later\n"))
    works = {one.path.name: one.work for one in read.candidates}
    assert works["a.jpg"] == works["a.txt"] == works["c.jpg"]
    assert works["b.jpg"] not in (works["a.jpg"], "")
    assert read.candidates[0].fields["title"] == ("A", "Also")


def test_captions_of_one_picture_on_neighbouring_rows_are_one_item(table):
    read = Read(table("image,caption\na.jpg,A boat\na.jpg,The sea\nb.jpg,A tree\n"))
    assert read.errors == []
    assert [one.fields["description"] for one in read.candidates] == [("A boat", "The sea"), ("A tree",)]


def test_a_row_without_a_file_is_a_work_of_metadata_alone(table):
    read = Read(table("id,path,title\nx1,,A lost book\nx2,a.jpg,A boat\n"))
    lost, boat = read.candidates
    assert lost.metadata_only
    assert lost.fields == {"title": ("A lost book",)}
    assert lost.size == 0
    assert lost.key.endswith(b"works.csv#x1")
    assert not boat.metadata_only


@pytest.mark.reliability
def test_addresses_are_kept_as_metadata_and_never_fetched(table, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "socket", None)
    read = Read(table("image,url,title\nhttp://example.org/a.jpg,https://example.org/b,A\na.jpg,,B\n"))
    first = read.candidates[0]
    assert first.metadata_only
    assert first.fields["address"] == ("http://example.org/a.jpg", "https://example.org/b")
    assert read.names[1] == "a.jpg"


@pytest.mark.reliability
@pytest.mark.parametrize("path", ["../out.jpg", "/etc/passwd", "sub/../../out.jpg", "link.jpg"])
def test_paths_out_of_the_tables_folder_are_refused(table, tmp_path, path):
    """B2."""
    (tmp_path.parent / "out.jpg").write_text("out")
    if path == "link.jpg":
        (tmp_path / "link.jpg").symlink_to(tmp_path.parent / "out.jpg")
    read = Read(table(f"path,title\n{path},A\na.jpg,B\n"))
    assert read.codes == ["unsafe-path"]
    assert "line 2" in read.errors[0]
    assert read.names == ["a.jpg"]


def test_paths_anywhere_are_allowed_where_that_is_wanted(table, tmp_path):
    out = tmp_path.parent / "elsewhere.jpg"
    out.write_text("out")
    read = Read(table(f"path\n../elsewhere.jpg\n{tmp_path / 'a.jpg'}\n"), anywhere=True)
    assert read.names == ["elsewhere.jpg", "a.jpg"]


def test_paths_written_on_windows_are_understood(table):
    assert Read(table("path,title\nsub\\d.jpg,A\n")).names == ["d.jpg"]


@pytest.mark.reliability
def test_every_bad_row_is_told_with_its_line_and_the_rest_goes_on(table):
    """C5."""
    long = "x" * 70_000
    read = Read(
        table(
            "id,path,title\n"
            "1,a.jpg,A\n"
            "2,b.jpg\n"
            "3,b.jpg,B,too,many\n"
            "1,c.jpg,again\n"
            f"4,c.jpg,{long}\n"
            "5,gone.jpg,gone\n"
            "6,a.jpg,twice\n"
            "7,sub,a folder\n"
            "8,,\n"
            "\n"
            '9,c.jpg,"over two\nlines"\n'
            "10,b.jpg,last\n"
        )
    )
    assert read.names == ["a.jpg", "c.jpg", "b.jpg"]
    assert read.candidates[1].fields["title"] == ("over two\nlines",)
    expected = [
        "line 3 has 2 cells; there are 3 columns",
        "line 4 has 5 cells; there are 3 columns",
        "line 5 has the id 1, which a line before it has too",
        "line 6 has a value of 70,000 characters in title; the limit is 65,536",
        "line 7: gone.jpg is not there",
        "line 8 names a.jpg, which a line before it names too",
        "line 9: sub is a folder, not a regular file",
        "line 10 says nothing",
    ]
    assert len(read.errors) == len(expected)
    for error, words in zip(read.errors, expected, strict=True):
        assert words in error
        assert "works.csv" in error
    assert set(read.codes) == {"bad-table", "not-found", "unreadable"}


@pytest.mark.reliability
def test_a_field_of_a_million_characters_costs_one_line(table):
    """C5."""
    read = Read(table(f"path,title\na.jpg,{'x' * 10**6}\nb.jpg,B\n"))
    assert read.names == ["b.jpg"]
    assert "line 2 can not be read" in read.errors[0]


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize("name", ["works.csv", "works.jsonl"])
def test_the_length_of_a_line_is_limited(table, more, fits, name):
    limits = Limits(max_line_bytes=200)
    head, line = ("path,title\n", "b.jpg,{}\n") if name == "works.csv" else ("", '{{"path": "b.jpg", "title": "{}"}}\n')
    line = line.format("x" * (200 - len(line.format("")) + more))
    assert len(line) == 200 + more
    good = "a.jpg,A\n" if name == "works.csv" else '{"path": "a.jpg"}\n'
    read = Read(table(head + line + good, name), limits=limits)
    assert read.names == (["b.jpg", "a.jpg"] if fits else ["a.jpg"])
    assert len(read.errors) == (0 if fits else 1)
    if not fits:
        assert "max_line_bytes" in read.errors[0]


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_the_length_of_a_field_is_limited(table, more, fits):
    read = Read(table(f"path,title\na.jpg,{'x' * (50 + more)}\n"), limits=Limits(max_field_chars=50))
    assert bool(read.names) == fits


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_the_number_of_values_is_limited(table, more, fits):
    read = Read(table(f"path,tags\na.jpg,{';'.join(map(str, range(10 + more)))}\n"), limits=Limits(max_fields=10))
    assert bool(read.names) == fits


BAD_JSON = ['{"path": ', '["a.jpg"]', "null", "[" * 100_000, '{"path": 5}']


def test_bad_json_lines_are_told_with_their_number(table):
    read = Read(table("\n".join([*BAD_JSON, '{"path": "a.jpg"}']), "works.jsonl"))
    assert read.names == ["a.jpg"]
    assert [f"line {n}" in error for n, error in enumerate(read.errors, 1)] == [True] * 5


def test_an_unclosed_quote_costs_no_more_than_its_rows(table):
    rows = "".join(f"a{n}.jpg,title {n}\n" for n in range(20_000))
    read = Read(table('path,title\nb.jpg,"never closed\n' + rows + "c.jpg,C\n"))
    assert read.names == ["c.jpg"]


def test_a_chosen_column_that_is_not_there_stops_everything(table):
    with pytest.raises(BadTable, match=r"no column named Titel.*Did you mean Title"):
        Read(table("path,Title\na.jpg,A\n"), {"title": "Titel"})
    with pytest.raises(BadTable, match="no column named bild"):
        Read(table('{"path": "a.jpg"}\n', "works.jsonl"), {"path": "bild"})


def test_chosen_columns_go_before_guesses(table):
    content = "path,scan,name,Bemerkung,secret\nx,a.jpg,Anna,a note,s\n"
    chosen = {"path": "scan", "creator": "name", "ignore": "path; secret", "Provenance": "Bemerkung"}
    read = Read(table(content), chosen)
    assert read.names == ["a.jpg"]
    assert read.candidates[0].fields == {"creator": ("Anna",), "provenance": ("a note",)}


def test_columns_are_guessed_from_their_names():
    for names, role in (
        (("path", "File", "file_name", "Image Path", "文件"), PATH),
        (("id", "record_id"), ID),
        (("work", "Group-ID"), WORK),
        (("URL", "href"), ADDRESS),
        (("", "  "), IGNORED),
        (("Title", "dc:title", "题名"), "title"),
        (("Author", "photographer"), "creator"),
        (("Shelf mark",), "shelf_mark"),
    ):
        assert {guess(name) for name in names} == {role}, names


def test_a_mapping_is_read_role_by_role():
    columns = mapping({"path": "a; b", "author": "c", "ignore": "d"})
    assert [columns.role(name) for name in "abcd"] == [PATH, PATH, "creator", IGNORED]


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ("", NoContent, "is empty"),
        ("\n\n", BadTable, "is empty"),
        ("path,path\na.jpg,b.jpg\n", BadTable, "two columns named path"),
    ],
)
def test_a_table_without_a_usable_header_is_refused(table, content, kind, words):
    with pytest.raises(kind, match=words):
        Read(table(content))


def test_a_file_that_is_no_table_is_refused(table):
    with pytest.raises(BadTable, match=r"\.csv, \.tsv"):
        Read(table("x", "works.xlsx"))


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="names that are no text")
def test_names_that_are_no_text_are_found_in_a_table(table, tmp_path):
    with open(os.path.join(os.fsencode(tmp_path), b"\xff.jpg"), "wb"):
        pass
    read = Read(table(b"path,title\n" + b"a.jpg,A\n" * 1 + b"\xff.jpg,B\n" + "ü.jpg,ü\n".encode() * 9))
    assert read.candidates[1].key.endswith(b"/\xff.jpg")


def test_a_table_is_read_as_a_stream(table):
    reading = read_table(table("path,title\na.jpg,A\n" + "b.jpg,B\n" * 100_000 + "c.jpg,C\n"))
    assert next(reading).path.name == "a.jpg"
    reading.close()


FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+x", "＝1"]


@pytest.mark.reliability
@pytest.mark.parametrize("cell", FORMULAS)
def test_formulas_are_neutralised_and_restored(cell):
    """C5."""
    assert neutralise(cell) == "'" + cell
    assert restore(neutralise(cell)) == cell


@given(st.text(alphabet=st.sampled_from("'=+-@\t\ra b") | st.characters(codec="utf-8"), max_size=8))
def test_restoring_is_the_inverse_of_neutralising(cell):
    assert restore(neutralise(cell)) == cell
    assert not neutralise(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_exported_formula_is_read_back_as_it_was(table):
    text = io.StringIO()
    csv.writer(text).writerows([["path", "title"], ["a.jpg", neutralise("=1+1")]])
    assert Read(table(text.getvalue())).candidates[0].fields == {"title": ("=1+1",)}
