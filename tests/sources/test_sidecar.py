import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import BadInput, BadMedia, TooLarge
from pinakes.limits import Limits
from pinakes.sources.sidecar import find_sidecars, flat, merged_sidecars, read_sidecar, stem_of

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">A red boat</rdf:li></rdf:Alt></dc:title>
<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>ship</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_sidecars_are_found_by_the_whole_name_and_by_the_stem():
    names = ["a.jpg", "a.jpg.json", "a.xmp", "b.jpg", "b.txt", "b.json", "c.json", "d.tar.gz", "d.tar.gz.xmp"]
    assert find_sidecars(names) == {"a.jpg": ("a.jpg.json", "a.xmp"), "d.tar.gz": ("d.tar.gz.xmp",)}


def test_a_json_file_without_a_medium_is_no_sidecar():
    assert find_sidecars(["data.json", "more.json"]) == {}


@given(
    st.lists(st.text(alphabet="ab.", min_size=1, max_size=5).map(lambda s: s + ".json") | st.sampled_from(["a.b", "b"]))
)
def test_no_sidecar_has_two_owners(names):
    names = sorted(set(names))
    found = [sidecar for sidecars in find_sidecars(names).values() for sidecar in sidecars]
    assert len(found) == len(set(found))


def test_the_stem_of_a_name():
    assert [stem_of(name) for name in ("a.jpg", "a", ".hidden", "a.b.c")] == ["a", "a", ".hidden", "a.b"]


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_json_fields_are_read_under_their_canonical_names(tmp_path):
    found = {
        "Title": "A boat",
        "author": ["Anna", "Ben"],
        "year": 1912,
        "camera": {"make": "Leica", "lens": {"mm": 50}},
        "nothing": None,
        "shown": True,
    }
    path = write(tmp_path / "a.json", json.dumps(found))
    assert read_sidecar(path, Limits()) == {
        "title": ("A boat",),
        "creator": ("Anna", "Ben"),
        "date": ("1912",),
        "camera_make": ("Leica",),
        "camera_lens_mm": ("50",),
        "shown": ("true",),
    }


def test_xmp_is_read(tmp_path):
    fields = read_sidecar(write(tmp_path / "a.xmp", XMP), Limits())
    assert fields["title"] == ("A red boat",)
    assert fields["subjects"] == ("sea", "ship")


def test_an_empty_sidecar_says_nothing(tmp_path):
    assert read_sidecar(write(tmp_path / "a.json", ""), Limits()) == {}


BROKEN = [
    (b'{"title": "A', BadInput, "is no JSON"),
    (b'["a list"]', BadInput, "no JSON object"),
    (b'{"title": "\xff"}', BadInput, "not in UTF-8"),
    (b"[" * 100_000, BadInput, "nested too deeply"),
]


@pytest.mark.parametrize(("content", "kind", "words"), BROKEN)
def test_a_broken_json_sidecar_is_told(tmp_path, content, kind, words):
    with pytest.raises(kind, match=words):
        read_sidecar(write(tmp_path / "a.json", content), Limits())


def test_xmp_with_a_document_type_is_refused(tmp_path):
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(BadMedia, match="can not be used"):
        read_sidecar(write(tmp_path / "a.xmp", bomb), Limits())


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_the_size_of_a_sidecar_is_limited(tmp_path, more, fits):
    content = '{"title": "' + "x" * (100 - 13 + more) + '"}'
    path, limits = write(tmp_path / "a.json", content), Limits(max_metadata_bytes=100)
    assert path.stat().st_size == 100 + more
    if fits:
        assert read_sidecar(path, limits)
    else:
        with pytest.raises(TooLarge, match="max_metadata_bytes"):
            read_sidecar(path, limits)


def test_deep_objects_and_lists_are_flattened_to_a_bound():
    assert flat({"a": {"b": {"c": {"d": {"e": 1}}}}}) == {}
    assert flat({"a": [[1, [2]], {"b": 3}]}) == {"a": [1, 2], "a_b": [3]}


def test_of_several_sidecars_the_more_particular_wins(tmp_path):
    first = write(tmp_path / "a.jpg.json", '{"title": "particular"}')
    second = write(tmp_path / "a.json", '{"title": "general", "date": "1900"}')
    broken = write(tmp_path / "a.xmp", "<")
    fields, failures = merged_sidecars([first, second, broken], Limits())
    assert fields == {"title": ("particular",), "date": ("1900",)}
    assert [path for path, _ in failures] == [broken]
